# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from typing import Any

from azext_safeguards.check.policies.pod_security.host_paths import POLICY
from tests.unit.check.policies.pod_security.cases import Case, containers, table

WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
PLACE = ("spec", "volumes", 0, "hostPath")
LIST = '[{"pathPrefix": "/data", "readOnly": false}]'
READ_ONLY_LIST = '[{"pathPrefix": "/data", "readOnly": true}]'


def allowed(path: str, read_only: bool = False) -> dict[str, Any]:
    """The parameters that allow one path."""
    return {"allowedHostPaths": {"paths": [{"pathPrefix": path, "readOnly": read_only}]}}


def volumes(path: str, mount: dict[str, Any] | None = None) -> dict[str, Any]:
    """A spec with one hostPath volume, mounted by a container if asked for."""
    mounts = {} if mount is None else {"volumeMounts": [{"name": "v", **mount}]}
    return containers(mounts, volumes=[{"name": "v", "hostPath": {"path": path}}])


def text(path: str, paths: str) -> str:
    """The message about a path."""
    volume = f'{{"hostPath": {{"path": "{path}"}}, "name": "v"}}'
    return f"HostPath volume {volume} is not allowed, pod: p. Allowed path: {paths}"


DATA = allowed("/data")
READ_ONLY = allowed("/data", read_only=True)

test_host_paths = table(
    POLICY,
    [
        Case(
            "entries without a path allow nothing",
            volumes("/data"),
            [(text("/data", '[{"pathPrefix": 1}, "text"]'), PLACE)],
            {"allowedHostPaths": {"paths": [{"pathPrefix": 1}, "text"]}},
        ),
        Case("none", {"volumes": [{"name": "v", "emptyDir": {}}]}),
        Case("any path", volumes("/var/log"), [(text("/var/log", "[]"), PLACE)]),
        Case("the path itself", volumes("/data/"), [], DATA),
        Case("below it", volumes("/data/a"), [], DATA),
        Case("not a longer name", volumes("/data2"), [(text("/data2", LIST), PLACE)], DATA),
        Case("not above it", volumes("/"), [(text("/", LIST), PLACE)], DATA),
        Case("the root is above all", volumes("/x"), [], allowed("/")),
        Case("read-only and mounted so", volumes("/data", mount={"readOnly": True}), [], READ_ONLY),
        Case("read-only and not mounted", volumes("/data"), [], READ_ONLY),
        Case("read-only and writable", volumes("/data", mount={}), [(text("/data", READ_ONLY_LIST), PLACE)], READ_ONLY),
        Case(
            "excluded containers may write", volumes("/data", mount={}), [], {**READ_ONLY, "excludedContainers": ["c0"]}
        ),
        Case(
            "excluded containers mount no other path",
            volumes("/x", mount={}),
            [(text("/x", "[]"), PLACE)],
            {"excludedContainers": ["c0"]},
        ),
        Case("only excluded images mount it", volumes("/x", mount={}), [], {"excludedImages": ["i"]}),
        Case("nobody mounts it", volumes("/x"), [(text("/x", "[]"), PLACE)], {"excludedImages": ["i"]}),
        Case(
            "Windows has its own list",
            {**volumes("C:\\Logs\\a"), **WINDOWS},
            [],
            {"windowsAllowedHostPaths": {"paths": [{"pathPrefix": "c:/logs", "readOnly": False}]}},
        ),
        Case(
            "Windows does not take the other list",
            {**volumes("/data"), **WINDOWS},
            [(text("/data", "[]"), PLACE)],
            DATA,
        ),
    ],
)
