# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What can happen to a request, by name, for the fault matrix."""

from __future__ import annotations

from typing import Any

from sandbox import Sandbox
from sandbox.core.faults import Fault

# What goes away by itself: every request must survive it.
PASSING: dict[str, dict[str, Any]] = {
    "429 once": {"status": 429, "headers": {"Retry-After": "1"}},
    "500 once": {"status": 500},
    "502 once": {"status": 502},
    "503 once": {"status": 503, "headers": {"Retry-After": "2"}},
    "504 once": {"status": 504},
    "dropped before once": {"drop": "before"},
    "dropped after once": {"drop": "after"},
    "401 once": {"status": 401},
    "slow": {"latency": 0.4},
}
# What stays as it is, however often one asks.
LASTING: dict[str, dict[str, Any]] = {
    "429 for an hour": {"status": 429, "headers": {"Retry-After": "3600"}},
    "429 always": {"status": 429, "headers": {"Retry-After": "5"}},
    "500 always": {"status": 500},
    "503 always": {"status": 503},
    "dropped before always": {"drop": "before"},
    "dropped after always": {"drop": "after"},
    "401 always": {"status": 401},
    "403": {"status": 403},
    "404": {"status": 404},
    "409 always": {"status": 409},
    "412 always": {"status": 412},
    "no JSON": {"answer": "page"},
}
# A write may meet another write, and then be done again.
CONFLICTS: dict[str, dict[str, Any]] = {"409 once": {"status": 409}, "412 once": {"status": 412}}


def strike(box: Sandbox, name: str, method: str, path: str) -> Fault:
    """Has a fault befall a request and returns it."""
    options = {**PASSING, **LASTING, **CONFLICTS}[name]
    times = None if name in LASTING else 1
    return box.faults.add(method, path, times=times, **options)
