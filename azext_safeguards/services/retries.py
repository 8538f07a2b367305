# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""When a request is sent again, and how long that is waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from azure.core.pipeline.policies import RetryPolicy

from azext_safeguards.services.answers import pause_of

# A request that keeps failing is given up after about 10 seconds of waiting, unless the service names a time itself.
RETRIES = 4
BACKOFF_SECONDS = 0.6
LONGEST_WAIT_SECONDS = 60
# Whoever waits longer than this is told why.
_LONG_SECONDS = 3.0
# POST, too: what we post registers or queries, and may be said twice.
_REPEATED = frozenset({"GET", "PUT", "DELETE", "POST"})
_PASSING = frozenset({408, 429, 500, 502, 503, 504})

Waiting = Callable[[float, int], None]
"""Is told how many seconds are waited and the status that asked for it."""


class BoundedRetryPolicy(RetryPolicy):
    """Retries as azure-core does, but also what is posted, never a refusal, and never longer than a minute a time.

    :param waiting: is told of a wait that somebody would wonder about; once for those that go on at the same time.
    """

    def __init__(self, waiting: Waiting | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._waiting = waiting
        self._told_until = 0.0
        self._lock = threading.Lock()

    def configure_retries(self, options: dict[str, Any]) -> dict[str, Any]:
        """The settings of one request; azure-core takes methods from there alone."""
        options.setdefault("retry_on_methods", _REPEATED)
        settings: dict[str, Any] = super().configure_retries(options)
        return settings

    def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
        """Whether to try again; a Retry-After beyond the bound means no, and one beside a refusal changes nothing."""
        if response.http_response.status_code not in _PASSING:
            return False
        wait = self.get_retry_after(response)
        if wait is not None and wait > LONGEST_WAIT_SECONDS:
            return False
        return bool(super().is_retry(settings, response))

    def get_retry_after(self, response: Any) -> float | None:
        """The seconds of a Retry-After; None for one that is no time (`soon`), on which azure-core would fail."""
        return pause_of(response.http_response.headers)

    def sleep(self, settings: dict[str, Any], transport: Any, response: Any = None) -> None:
        """Waits, and says so where it is long."""
        wait = self.get_retry_after(response) if response is not None else None
        if wait is not None and wait > _LONG_SECONDS and self._waiting and self._is_first(wait):
            self._waiting(wait, int(response.http_response.status_code))
        super().sleep(settings, transport, response)

    def _is_first(self, wait: float) -> bool:
        with self._lock:
            now = time.monotonic()
            if now < self._told_until:
                return False
            self._told_until = now + wait
            return True
