# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.users_groups import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
USER = (*C0, "securityContext", "runAsUser")
NON_ROOT = (*C0, "securityContext", "runAsNonRoot")
YES = {"runAsNonRoot": True}
MISSING = (
    "Container c0 is attempting to run without a required securityContext/runAsNonRoot "
    "or securityContext/runAsUser != 0"
)
ROOT = (
    "Container c0 is attempting to run as disallowed user 0. "
    'Allowed runAsUser: {"ranges": [], "rule": "MustRunAsNonRoot"}'
)
RANGE = {
    "runAsUserRule": "MustRunAs",
    "runAsUserRanges": {"ranges": [{"min": 5, "max": 10}, {"min": 100, "max": -1}]},
}
OUT = (
    "Container c0 is attempting to run as disallowed user 11. Allowed runAsUser: "
    '{"ranges": [{"max": 10, "min": 5}, {"max": -1, "min": 100}], "rule": "MustRunAs"}'
)

test_users_groups = table(
    POLICY,
    [
        Case("nothing said", containers({}), [(MISSING, NON_ROOT)]),
        Case("non-root of the Pod", containers({}, securityContext={"runAsNonRoot": True})),
        Case("user of the Pod", containers({}, securityContext={"runAsUser": 1000})),
        Case(
            "own false wins over the Pod",
            containers({"securityContext": {"runAsNonRoot": False}}, securityContext=YES),
            [(MISSING, NON_ROOT)],
        ),
        Case(
            "false of the Pod",
            containers({}, securityContext={"runAsNonRoot": False}),
            [(MISSING, ("spec", "securityContext", "runAsNonRoot"))],
        ),
        Case("root", containers({"securityContext": {"runAsUser": 0}}), [(ROOT, USER)]),
        Case(
            "root although non-root",
            containers({"securityContext": {"runAsUser": 0, "runAsNonRoot": True}}),
            [(ROOT, USER)],
        ),
        Case(
            "own user wins over root of the Pod",
            containers({"securityContext": {"runAsUser": 5}}, securityContext={"runAsUser": 0}),
        ),
        Case(
            "root of the Pod",
            containers({}, securityContext={"runAsUser": 0}),
            [(ROOT, ("spec", "securityContext", "runAsUser"))],
        ),
        Case("groups are free", containers({}, securityContext={"runAsUser": 1, "fsGroup": 0, "runAsGroup": 0})),
        Case(
            "init container",
            {"initContainers": [{"name": "c0"}]},
            [(MISSING, ("spec", "initContainers", 0, "securityContext", "runAsNonRoot"))],
        ),
        Case("any user", containers({}, securityContext={"runAsUser": 0}), [], {"runAsUserRule": "RunAsAny"}),
        Case("in range", containers({"securityContext": {"runAsUser": 7}}), [], RANGE),
        Case("in the open range", containers({"securityContext": {"runAsUser": 100}}), [], RANGE),
        Case("out of range", containers({"securityContext": {"runAsUser": 11}}), [(OUT, USER)], RANGE),
        Case(
            "range and nothing said",
            containers({}, securityContext=YES),
            [("Container c0 is attempting to run without a required securityContext/runAsUser", USER)],
            RANGE,
        ),
        Case("excluded by name", containers({}), [], {"excludedContainers": ["c0"]}),
        Case("excluded by image", containers({}), [], {"excludedImages": ["i*"]}),
        Case("Windows", containers({}, **WINDOWS)),
    ],
)
