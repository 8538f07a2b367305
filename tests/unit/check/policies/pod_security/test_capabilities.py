# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from typing import Any

from azext_safeguards.check.policies.pod_security.capabilities import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
FIELD = ("securityContext", "capabilities")
DROPPED = 'container <c0> is not dropping all required capabilities. Container must drop all of ["NET_RAW"] or "ALL"'


def caps(**lists: list[str]) -> dict[str, Any]:
    """A security context with these capabilities."""
    return {"securityContext": {"capabilities": lists}}


def added(allowed: str) -> str:
    """The message about an added capability."""
    return f"container <c0> has a disallowed capability. Allowed capabilities are {allowed}"


test_capabilities = table(
    POLICY,
    [
        Case("nothing said", containers({})),
        Case("every added one by default", containers(caps(add=["CHOWN"])), [(added("[]"), (*C0, *FIELD, "add", 0))]),
        Case(
            "second one",
            containers(caps(add=["chown", "SYS_ADMIN"])),
            [(added('["CHOWN"]'), (*C0, *FIELD, "add", 1))],
            {"allowedCapabilities": ["CHOWN"]},
        ),
        Case("any", containers(caps(add=["SYS_ADMIN"])), [], {"allowedCapabilities": ["*"]}),
        Case(
            "drops what it must",
            containers(caps(drop=["net_raw", "KILL"])),
            [],
            {"requiredDropCapabilities": ["NET_RAW"]},
        ),
        Case("drops all", containers(caps(drop=["all"])), [], {"requiredDropCapabilities": ["NET_RAW"]}),
        Case(
            "drops something else",
            containers(caps(drop=["KILL"])),
            [(DROPPED, (*C0, *FIELD, "drop"))],
            {"requiredDropCapabilities": ["NET_RAW"]},
        ),
        Case(
            "drops nothing",
            containers({}),
            [(DROPPED, (*C0, *FIELD, "drop"))],
            {"requiredDropCapabilities": ["NET_RAW"]},
        ),
        Case(
            "init containers are called the same",
            {"initContainers": [{"name": "c0", **caps(add=["X"])}]},
            [(added("[]"), ("spec", "initContainers", 0, *FIELD, "add", 0))],
        ),
        Case("excluded by name", containers(caps(add=["X"])), [], {"excludedContainers": ["c0"]}),
        Case("excluded by image", containers(caps(add=["X"])), [], {"excludedImages": ["i"]}),
        Case("Windows", containers(caps(add=["X"]), **WINDOWS)),
    ],
)
