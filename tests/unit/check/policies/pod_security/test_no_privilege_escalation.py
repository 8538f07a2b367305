# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.no_privilege_escalation import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
TEXT = "Privilege escalation container is not allowed: c0"
FIELD = ("securityContext", "allowPrivilegeEscalation")
PLACE = (*C0, *FIELD)
FORCED = {"forcePrivilegeEscalationToBeFalse": True}

test_no_privilege_escalation = table(
    POLICY,
    [
        Case("nothing said", containers({})),
        Case("false", containers({"securityContext": {"allowPrivilegeEscalation": False}}), [], FORCED),
        Case("true", containers({"securityContext": {"allowPrivilegeEscalation": True}}), [(TEXT, PLACE)]),
        Case("nothing said where it must be", containers({}), [(TEXT, PLACE)], FORCED),
        Case(
            "init and ephemeral",
            {
                "initContainers": [{"name": "c0", "securityContext": {"allowPrivilegeEscalation": True}}],
                "ephemeralContainers": [{"name": "c1", "securityContext": {"allowPrivilegeEscalation": True}}],
            },
            [
                (TEXT, ("spec", "initContainers", 0, *FIELD)),
                (TEXT.replace("c0", "c1"), ("spec", "ephemeralContainers", 0, *FIELD)),
            ],
        ),
        Case("excluded by name", containers({}), [], {**FORCED, "excludedContainers": ["c0"]}),
        Case("excluded by image", containers({}), [], {**FORCED, "excludedImages": ["*"]}),
        Case("Windows", containers({}, **WINDOWS), [], FORCED),
    ],
)
