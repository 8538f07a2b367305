# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.pod_security.windows_no_admin import POLICY
from tests.unit.check.policies.pod_security.cases import C0, Case, containers, table

WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
USER = ("securityContext", "windowsOptions", "runAsUserName")
TEXT = 'Container <c0> has disallowed runAsUsername. Disallowed users are ["ContainerAdministrator"]'


def user(name: str) -> dict[str, dict[str, str]]:
    """A security context with this Windows user."""
    return {"windowsOptions": {"runAsUserName": name}}


test_windows_no_admin = table(
    POLICY,
    [
        Case("nobody named", containers({}, **WINDOWS)),
        Case("another user", containers({"securityContext": user("ContainerUser")}, **WINDOWS)),
        Case(
            "administrator",
            containers({"securityContext": user("containeradministrator")}, **WINDOWS),
            [(TEXT, (*C0, *USER))],
        ),
        Case(
            "of the Pod",
            containers({}, securityContext=user("ContainerAdministrator"), **WINDOWS),
            [(TEXT, ("spec", *USER))],
        ),
        Case(
            "own user wins over the Pod's",
            containers({"securityContext": user("app")}, securityContext=user("ContainerAdministrator"), **WINDOWS),
        ),
        Case("not on Windows", containers({"securityContext": user("ContainerAdministrator")})),
        Case(
            "excluded image",
            containers({"securityContext": user("ContainerAdministrator")}, **WINDOWS),
            [],
            {"excludedImages": ["i"]},
        ),
        Case(
            "names are not excluded",
            containers({"securityContext": user("ContainerAdministrator")}, **WINDOWS),
            [(TEXT, (*C0, *USER))],
            {"excludedContainers": ["c0"]},
        ),
    ],
)
