# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from typing import Any

from azext_safeguards.check.policies.pod_security.selinux import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
FIELD = ("securityContext", "seLinuxOptions")
ALLOWED = (
    'Allowed options: [{"type": "container_t"}, {"type": "container_init_t"}, {"type": "container_kvm_t"}, '
    '{"type": "container_engine_t"}]'
)
OF_POD = f"SELinux options is not allowed, pod: p. {ALLOWED}"
OF_CONTAINER = f"SELinux options is not allowed, pod: p, container c0. {ALLOWED}"


def options(**values: str) -> dict[str, Any]:
    """A security context with SELinux options."""
    return {"securityContext": {"seLinuxOptions": values}}


test_selinux = table(
    POLICY,
    [
        Case("nothing said", containers({})),
        Case("a type of containers", containers(options(type="container_t", level="s0:c1")), [], {}),
        Case("empty", containers(options(type="", user="", role=""))),
        Case("other type", containers(options(type="spc_t")), [(OF_CONTAINER, (*C0, *FIELD, "type"))]),
        Case("user", containers(options(type="container_t", user="u")), [(OF_CONTAINER, (*C0, *FIELD, "user"))]),
        Case("role of the Pod", containers({}, **options(role="r")), [(OF_POD, ("spec", *FIELD, "role"))]),
        Case(
            "both",
            containers(options(user="u"), **options(type="x")),
            [(OF_POD, ("spec", *FIELD, "type")), (OF_CONTAINER, (*C0, *FIELD, "user"))],
        ),
        Case("excluded image", containers(options(user="u")), [], {"excludedImages": ["i"]}),
        Case("Windows", containers(options(user="u"), **WINDOWS)),
    ],
)
