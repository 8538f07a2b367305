# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.privileged import POLICY
from tests.unit.check.policies.pod_security.cases import Case, containers, table

test_privileged = table(
    POLICY,
    [
        Case("nothing said", containers({})),
        Case("false", containers({"securityContext": {"privileged": False}})),
        Case("null is nothing", containers({"securityContext": {"privileged": None}})),
        Case(
            "true, with the whole context in the message",
            containers({}, {"securityContext": {"runAsUser": 0, "privileged": True}}),
            [
                (
                    'Privileged container is not allowed: c1, securityContext: {"privileged": true, "runAsUser": 0}',
                    ("spec", "containers", 1, "securityContext", "privileged"),
                )
            ],
        ),
        Case(
            "ephemeral",
            {"ephemeralContainers": [{"name": "e", "securityContext": {"privileged": True}}]},
            [
                (
                    'Privileged container is not allowed: e, securityContext: {"privileged": true}',
                    ("spec", "ephemeralContainers", 0, "securityContext", "privileged"),
                )
            ],
        ),
        Case(
            "excluded by name",
            containers({"securityContext": {"privileged": True}}),
            [],
            {"excludedContainers": ["c0"]},
        ),
        Case("excluded by image", containers({"securityContext": {"privileged": True}}), [], {"excludedImages": ["i"]}),
    ],
)
