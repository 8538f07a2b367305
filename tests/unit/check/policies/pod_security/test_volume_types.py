# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.volume_types import POLICY
from tests.unit.check.policies.pod_security.cases import Case, containers, table

MOUNTED = {"volumeMounts": [{"name": "u"}, {"name": "v"}, {"name": "w"}]}


def text(kind: str, allowed: str) -> str:
    """The message about a type."""
    return f"The volume type {kind} is not allowed, pod: p. Allowed volume types: {allowed}"


test_volume_types = table(
    POLICY,
    [
        Case("none", containers({})),
        Case("not mounted", containers({}, volumes=[{"name": "v", "emptyDir": {}}])),
        Case(
            "every type by default",
            containers(MOUNTED, volumes=[{"name": "v", "emptyDir": {}}]),
            [(text("emptyDir", "[]"), ("spec", "volumes", 0, "emptyDir"))],
        ),
        Case(
            "each type once",
            containers(
                MOUNTED,
                volumes=[{"name": "w", "emptyDir": {}}, {"name": "v", "emptyDir": {}}, {"name": "u", "nfs": {}}],
            ),
            [
                (text("emptyDir", '["secret"]'), ("spec", "volumes", 0, "emptyDir")),
                (text("nfs", '["secret"]'), ("spec", "volumes", 2, "nfs")),
            ],
            {"allowedVolumeTypes": ["secret"]},
        ),
        Case(
            "allowed",
            containers(MOUNTED, volumes=[{"name": "v", "emptyDir": {}}]),
            [],
            {"allowedVolumeTypes": ["emptyDir"]},
        ),
        Case("all", containers(MOUNTED, volumes=[{"name": "v", "nfs": {}}]), [], {"allowedVolumeTypes": ["*"]}),
        Case(
            "only an excluded image mounts it",
            containers(MOUNTED, volumes=[{"name": "v", "nfs": {}}]),
            [],
            {"excludedImages": ["i"]},
        ),
    ],
)
