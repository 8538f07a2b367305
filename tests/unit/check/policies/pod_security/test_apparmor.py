# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from typing import Any

from azext_safeguards.check.policies.pod_security.apparmor import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
TEXT = 'AppArmor profile is not allowed, pod: p, container: c0. Allowed profiles: ["runtime/default"]'
ALL = 'AppArmor profile is not allowed, pod: p, container: c0. Allowed profiles: ["localhost/*"]'
FIELD = ("securityContext", "appArmorProfile", "type")
PLACE = (*C0, *FIELD)
KEY = "container.apparmor.security.beta.kubernetes.io/c0"


def profile(kind: str, **more: str) -> dict[str, Any]:
    """A security context with an AppArmor profile."""
    return {"securityContext": {"appArmorProfile": {"type": kind, **more}}}


test_apparmor = table(
    POLICY,
    [
        Case("nothing said", containers({})),
        Case("default", containers(profile("RuntimeDefault"))),
        Case("unconfined", containers(profile("Unconfined")), [(TEXT, PLACE)]),
        Case("unconfined Pod", containers({}, **profile("Unconfined")), [(TEXT, ("spec", *FIELD))]),
        Case("own profile wins over the Pod's", containers(profile("RuntimeDefault"), **profile("Unconfined"))),
        Case("annotation", containers({}), [(TEXT, ("metadata", "annotations", KEY))], annotations={KEY: "unconfined"}),
        Case(
            "annotation wins over the Pod",
            containers({}, **profile("Unconfined")),
            annotations={KEY: "runtime/default"},
        ),
        Case("no profile", containers(profile("Other")), [(TEXT, PLACE)]),
        Case("localhost", containers(profile("Localhost", localhostProfile="a")), [(TEXT, PLACE)]),
        Case(
            "localhost without a file",
            containers(profile("Localhost")),
            [(ALL, PLACE)],
            {"allowedAppArmorProfiles": ["localhost/*"]},
        ),
        Case(
            "this file",
            containers(profile("Localhost", localhostProfile="a")),
            [],
            {"allowedAppArmorProfiles": ["localhost/a"]},
        ),
        Case(
            "any file",
            containers(profile("Localhost", localhostProfile="a")),
            [],
            {"allowedAppArmorProfiles": ["localhost/*"]},
        ),
        Case("excluded by name", containers(profile("Unconfined")), [], {"excludedContainers": ["c0"]}),
        Case("excluded by image", containers(profile("Unconfined")), [], {"excludedImages": ["i"]}),
        Case("Windows", containers(profile("Unconfined"), **WINDOWS)),
    ],
)
