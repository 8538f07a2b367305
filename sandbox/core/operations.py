# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Long-running operations, which advance by being asked about.

Recorded: Azure/azure-cli-extensions test_aks_create_with_safeguards: the status URL answers 200 with
``{name, status, startTime[, endTime]}``, InProgress several times and then the final status.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.core.clock import Clock
from sandbox.core.faults import Fault
from sandbox.core.ids import fold

#: Azure sends no Retry-After on these answers (recorded) and az then sleeps 30 s between polls. This header is the
#: one deliberate deviation: azure-core's pollers honour it, in milliseconds, and ignore zero.
POLL_DELAY = {"retry-after-ms": "10"}

Finish = Callable[[bool], None]


@dataclass
class Operation:
    """One operation on one resource."""

    name: str
    resource_id: str
    polls_left: int
    finish: Finish
    """Called once, with True when the operation succeeded."""
    started: str
    verdict: str = "Succeeded"
    error: dict[str, Any] | None = None
    ended: str | None = None

    @property
    def done(self) -> bool:
        """Whether the final status has been reached."""
        return self.ended is not None

    def status(self) -> dict[str, Any]:
        """Return the body of the status URL."""
        body: dict[str, Any] = {
            "name": self.name,
            "status": self.verdict if self.done else "InProgress",
            "startTime": self.started,
        }
        if self.ended:
            body["endTime"] = self.ended
            if self.error:
                body["error"] = self.error
        return body


class Operations:
    """All operations, running and finished."""

    def __init__(self, clock: Clock) -> None:
        self.polls = 3
        self.doom: Fault | None = None
        """Set while a request is handled that a fault has marked: what it starts ends as the fault says."""
        self._clock = clock
        self._all: dict[str, Operation] = {}

    def begin(self, resource_id: str, finish: Finish) -> Operation:
        """Start an operation. It takes ``polls`` status reads, the last of which tells the final status."""
        operation = Operation(str(uuid.uuid4()), resource_id, max(1, self.polls), finish, self._clock.stamp())
        if self.doom is not None and self.doom.operation:
            # The body of a failed AKS operation is not recorded: Resource Manager's common shape.
            operation.verdict = self.doom.operation
            operation.error = {
                "code": self.doom.code or "InternalOperationError",
                "message": self.doom.message or "The operation failed: internal error.",
            }
        self._all[operation.name] = operation
        return operation

    def poll(self, name: str) -> Operation | None:
        """Advance an operation by one read and return it; None when there is none of that name."""
        operation = self._all.get(name.lower())
        if operation is not None and not operation.done:
            operation.polls_left -= 1
            if operation.polls_left <= 0:
                operation.ended = self._clock.stamp()
                operation.finish(operation.verdict == "Succeeded")
        return operation

    def touch(self, resource_id: str) -> None:
        """Advance what runs on a resource: with --no-wait a client watches the resource, not the status URL."""
        operation = self.running(resource_id)
        if operation is not None:
            self.poll(operation.name)

    def running(self, resource_id: str) -> Operation | None:
        """Return the operation under way on a resource, or None."""
        folded = fold(resource_id)
        for operation in self._all.values():
            if not operation.done and fold(operation.resource_id) == folded:
                return operation
        return None
