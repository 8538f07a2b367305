# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writes whose answer is missing or none: what is there is looked up before anything is said."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.read import Read
from azext_safeguards.services import resources
from azext_safeguards.services.answers import UnusableAnswerError
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.snapshot import outcome, says_absent

# A write may still be under way when its answer is given up; the second look comes this much later.
_PAUSE_SECONDS = 1.0

Sleep = Callable[[float], None]


class NotDoneError(HttpResponseError):
    """A write without an answer that counts, of which nothing is there.

    :param reason: why there was no answer.
    """

    def __init__(self, reason: Any) -> None:
        super().__init__(message=str(getattr(reason, "message", None) or reason))
        self.reason = reason
        self.status_code = getattr(reason, "status_code", None)
        self.error = getattr(reason, "error", None)


class NotKnownError(HttpResponseError):
    """A write without an answer that counts, and what is there can't be read either.

    :param reason: why there was no answer.
    :param unread: why it could not be looked up.
    """

    def __init__(self, reason: Any, unread: str) -> None:
        super().__init__(message=str(getattr(reason, "message", None) or reason))
        self.reason, self.unread = reason, unread
        self.status_code = getattr(reason, "status_code", None)
        self.error = getattr(reason, "error", None)


def is_refusal(error: Any) -> bool:
    """Whether the service itself said no, so that nothing was written: an error of its own of 400 to 499."""
    if isinstance(error, UnusableAnswerError):
        return False
    status = getattr(error, "status_code", None)
    return status is not None and 400 <= status < 500 and status != 408


def looked_up(
    arm: ArmClient,
    cluster: ClusterRef,
    error: AzureError,
    is_done: Callable[[Mapping[str, Any] | None], bool],
    sleep: Sleep | None = None,
) -> Mapping[str, Any] | None:
    """The assignment as it is after a write without an answer that counts, if the write was taken all the same.

    :param error: what came instead of an answer.
    :param is_done: whether the assignment (None: there is none) is as the write leaves it.
    :raises NotDoneError: when it is not.
    :raises NotKnownError: when it can't be read.
    """
    for attempt in range(2):
        if attempt:
            (sleep or time.sleep)(_PAUSE_SECONDS)
        read: Read[Mapping[str, Any]] = outcome(lambda: resources.get_assignment(arm, cluster))
        is_known = read.value is not None or says_absent(read.raised)
        if is_known and is_done(read.value):
            return read.value
        if not is_known:
            raise NotKnownError(error, read.error) from error
    raise NotDoneError(error) from error


def delete_assignment(arm: ArmClient, cluster: ClusterRef) -> None:
    """Deletes the safeguards assignment; does nothing where there is none.

    :raises azure.core.exceptions.AzureError: when it is still there.
    :raises NotKnownError: when nobody can say.
    """
    try:
        resources.delete_assignment(arm, cluster)
    except AzureError as error:
        if is_refusal(error):
            raise
        looked_up(arm, cluster, error, lambda found: found is None)
