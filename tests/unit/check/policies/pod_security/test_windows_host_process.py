# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from typing import Any

from azext_safeguards.check.policies.pod_security.windows_host_process import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

FIELD = ("securityContext", "windowsOptions", "hostProcess")
OF_CONTAINER = "HostProcess container is not allowed: c0, securityContext.windowsOptions.hostProcess: true"


def process(value: bool) -> dict[str, Any]:
    """A security context with or without HostProcess."""
    return {"securityContext": {"windowsOptions": {"hostProcess": value}}}


test_windows_host_process = table(
    POLICY,
    [
        Case("nothing said", containers({})),
        Case("false", containers(process(False), **process(False))),
        Case(
            "Pod and container",
            containers(process(True), **process(True)),
            [
                ("HostProcess is not allowed at pod level: p", ("spec", *FIELD)),
                (OF_CONTAINER, (*C0, *FIELD)),
            ],
        ),
        Case("excluded image", containers(process(True)), [], {"excludedImages": ["i"]}),
        Case(
            "names are not excluded",
            containers(process(True)),
            [(OF_CONTAINER, (*C0, *FIELD))],
            {"excludedContainers": ["c0"]},
        ),
    ],
)
