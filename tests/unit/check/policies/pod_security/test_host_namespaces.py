# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.host_namespaces import POLICY
from tests.unit.check.policies.pod_security.cases import Case, containers, table

TEXT = "Sharing the host namespace is not allowed: p"

test_host_namespaces = table(
    POLICY,
    [
        Case("none", containers({})),
        Case("both are one message", {"hostPID": True, "hostIPC": True}, [(TEXT, ("spec", "hostPID"))]),
        Case("ipc", {"hostPID": False, "hostIPC": True}, [(TEXT, ("spec", "hostIPC"))]),
        Case("false", {"hostPID": False, "hostIPC": False}),
        Case("network is another policy's", {"hostNetwork": True}),
    ],
)
