# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.sysctls import POLICY
from tests.unit.check.policies.pod_security.cases import Case, containers, table

test_sysctls = table(
    POLICY,
    [
        Case("none", containers({})),
        Case("safe", {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]}}),
        Case(
            "second is not",
            {"securityContext": {"sysctls": [{"name": "a"}, {"name": "kernel.msgmax"}, {"name": "net.core.b"}]}},
            [
                (
                    'The sysctl kernel.msgmax is not explicitly allowed, pod: p. Allowed sysctls: ["a", "net.*"]',
                    ("spec", "securityContext", "sysctls", 1, "name"),
                )
            ],
            {"allowedSysctls": ["a", "net.*"]},
        ),
        Case("all", {"securityContext": {"sysctls": [{"name": "kernel.msgmax"}]}}, [], {"allowedSysctls": ["*"]}),
        Case(
            "an empty list allows none",
            {"securityContext": {"sysctls": [{"name": "a"}]}},
            [
                (
                    "The sysctl a is not explicitly allowed, pod: p. Allowed sysctls: []",
                    ("spec", "securityContext", "sysctls", 0, "name"),
                )
            ],
            {"allowedSysctls": []},
        ),
    ],
)
