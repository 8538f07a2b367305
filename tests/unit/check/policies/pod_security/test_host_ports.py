# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.host_ports import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

TEXT = "The specified hostNetwork and hostPort are not allowed, pod: p. Allowed values: "
NONE = TEXT + '{"allowHostNetwork": false, "allowedHostPorts": [], "excludedImages": []}'
SOME = TEXT + '{"allowHostNetwork": false, "allowedHostPorts": ["80", "3000-5000"], "excludedImages": []}'
LIST = {"allowedHostPorts": ["80", "3000-5000"]}
PORT = (*C0, "ports", 1, "hostPort")

test_host_ports = table(
    POLICY,
    [
        Case("container port only", containers({"ports": [{"containerPort": 80}]})),
        Case(
            "host network",
            containers({"ports": [{"hostPort": 80}]}, hostNetwork=True),
            [(NONE, ("spec", "hostNetwork"))],
        ),
        Case("host network is not allowed by ports", {"hostNetwork": True}, [(SOME, ("spec", "hostNetwork"))], LIST),
        Case("second port", containers({"ports": [{"hostPort": 0}, {"hostPort": 443}]}), [(NONE, PORT)]),
        Case(
            "one message for a Pod",
            containers({"ports": [{}, {"hostPort": 1}]}, {"ports": [{"hostPort": 2}]}),
            [(NONE, PORT)],
        ),
        Case("allowed", containers({"ports": [{"hostPort": 80}, {"hostPort": 3000}, {"hostPort": 5000}]}), [], LIST),
        Case("beside the range", containers({"ports": [{"hostPort": 80}, {"hostPort": 5001}]}), [(SOME, PORT)], LIST),
        Case("no number", containers({"ports": [{}, {"hostPort": "80"}]}), [(SOME, PORT)], LIST),
        Case(
            "init container",
            {"initContainers": [{"name": "i", "ports": [{"hostPort": 9}]}]},
            [(NONE, ("spec", "initContainers", 0, "ports", 0, "hostPort"))],
        ),
    ],
)
