# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from typing import Any

from azext_safeguards.check.policies.pod_security.seccomp import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
FIELD = ("securityContext", "seccompProfile", "type")
PLACE = (*C0, *FIELD)
OF_POD = "seccomp.security.alpha.kubernetes.io/pod"
OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/c0"


def profile(kind: str, **more: str) -> dict[str, Any]:
    """A security context with a seccomp profile."""
    return {"securityContext": {"seccompProfile": {"type": kind, **more}}}


def text(what: str, where: str) -> str:
    """The message of the default parameters."""
    return (
        f"Seccomp profile {what} is not allowed for container 'c0'. Found at: {where}. "
        'Allowed profiles: {"Localhost", "RuntimeDefault", "docker/default", "runtime/default"}'
    )


test_seccomp = table(
    POLICY,
    [
        Case("nothing said", containers({}), [(text("'not configured'", "no explicit profile found"), PLACE)]),
        Case("default", containers(profile("RuntimeDefault"))),
        Case("of the Pod", containers({}, **profile("RuntimeDefault"))),
        Case(
            "own profile wins",
            containers(profile("Unconfined"), **profile("RuntimeDefault")),
            [(text("'Unconfined'", "container securityContext"), PLACE)],
        ),
        Case(
            "unconfined Pod",
            containers({}, **profile("Unconfined")),
            [(text("'Unconfined'", "pod securityContext"), ("spec", *FIELD))],
        ),
        Case(
            "a profile without type is none that the template sees",
            containers({"securityContext": {"seccompProfile": {}}}),
        ),
        Case(
            "Localhost alone allows no file",
            containers(profile("Localhost", localhostProfile="a.json")),
            [(text("'Localhost' with file 'a.json'", "container securityContext"), PLACE)],
        ),
        Case(
            "Localhost with this file",
            containers(profile("Localhost", localhostProfile="a.json")),
            [],
            {"allowedSeccompProfiles": ["localhost/a.json"]},
        ),
        Case(
            "Localhost with any file",
            containers(profile("Localhost", localhostProfile="a.json")),
            [],
            {"allowedSeccompProfiles": ["localhost/*"]},
        ),
        Case(
            "annotation of the container",
            containers({}),
            [(text("'unconfined'", f"annotation {OF_CONTAINER}"), ("metadata", "annotations", OF_CONTAINER))],
            annotations={OF_CONTAINER: "unconfined", OF_POD: "runtime/default"},
        ),
        Case(
            "annotation of the Pod",
            containers({}),
            [(text("'localhost/a'", f"annotation {OF_POD}"), ("metadata", "annotations", OF_POD))],
            annotations={OF_POD: "localhost/a"},
        ),
        Case("annotation that is allowed", containers({}), annotations={OF_POD: "docker/default"}),
        Case(
            "fields win over annotations",
            containers({}, **profile("RuntimeDefault")),
            annotations={OF_POD: "unconfined"},
        ),
        Case("any", containers({}), [], {"allowedSeccompProfiles": ["*"]}),
        Case(
            "none",
            containers(profile("X")),
            [
                (
                    "Seccomp profile 'X' is not allowed for container 'c0'. Found at: container securityContext. "
                    "Allowed profiles: set()",
                    PLACE,
                )
            ],
            {"allowedSeccompProfiles": []},
        ),
        Case("excluded by name", containers({}), [], {"excludedContainers": ["c0"]}),
        Case("excluded by image", containers({}), [], {"excludedImages": ["i"]}),
        Case("Windows", containers({}, **WINDOWS)),
    ],
)
