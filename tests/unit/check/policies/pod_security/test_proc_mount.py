# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.proc_mount import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

test_proc_mount = table(
    POLICY,
    [
        Case("nothing said", containers({})),
        Case("default", containers({"securityContext": {"procMount": "Default"}})),
        Case("default without case", containers({"securityContext": {"procMount": "default"}})),
        Case(
            "unmasked",
            containers({"securityContext": {"procMount": "Unmasked"}}),
            [
                (
                    "ProcMount type is not allowed, container: c0. Allowed procMount types: default",
                    (*C0, "securityContext", "procMount"),
                )
            ],
        ),
        Case(
            "excluded by name",
            containers({"securityContext": {"procMount": "Unmasked"}}),
            [],
            {"excludedContainers": ["c0"]},
        ),
        Case(
            "excluded by image",
            containers({"securityContext": {"procMount": "Unmasked"}}),
            [],
            {"excludedImages": ["i"]},
        ),
    ],
)
