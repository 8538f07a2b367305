# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One sandbox for all tests of this folder, fresh for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox import Sandbox
from tests.e2e.azcli import AzCli
from tests.e2e.warm_az import WarmAz

Json = dict[str, Any]
ARM = "https://management.azure.com"
INITIATIVE = "/providers/Microsoft.Authorization/policySetDefinitions/c047ea8e-9c78-49b2-958b-37e56d291a44"


@pytest.fixture(scope="session")
def _running() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def box(_running: Sandbox) -> Iterator[Sandbox]:
    _running.reset()
    yield _running
    assert _running.crashes == []


@pytest.fixture(scope="session")
def _session(_running: Sandbox) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"http": _running.proxy_url, "https": _running.proxy_url}
        session.verify = str(_running.ca_bundle)
        session.headers["Authorization"] = f"Bearer {_running.token()}"
        yield session


Send = Callable[..., requests.Response]


@pytest.fixture
def send(box: Sandbox, _session: requests.Session) -> Send:
    """Send a request: send("PUT", path, body, api="2023-04-01", **query)."""

    def call(method: str, path: str, body: Any = None, api: str | None = "2023-04-01", **options: Any) -> Any:
        query = dict(options.pop("query", {}))
        if api:
            query["api-version"] = api
        return _session.request(method, ARM + path, params=query, json=body, timeout=10, **options)

    return call


@pytest.fixture
def cluster(box: Sandbox) -> str:
    return box.add_cluster("rg", "c1")


@pytest.fixture
def path(cluster: str) -> str:
    return f"{cluster}/providers/Microsoft.Authorization/policyAssignments/mine"


@pytest.fixture
def parameters() -> Json:
    """What initiative 2.1.1 demands."""
    values: Json = {
        "allowedUsers": [],
        "allowedGroups": ["system:node"],
        "cpuLimit": "5",
        "memoryLimit": "5Gi",
        "labels": ["kubernetes.azure.com"],
        "allowedContainerImagesRegex": ".*",
        "reservedTaints": ["CriticalAddonsOnly"],
    }
    return {name: {"value": value} for name, value in values.items()}


@pytest.fixture
def body(parameters: Json) -> Json:
    """An assignment that the service takes."""
    properties = {"policyDefinitionId": INITIATIVE, "definitionVersion": "2.1.*", "parameters": parameters}
    return {"properties": properties}


@pytest.fixture
def refused(send: Send, path: str) -> Callable[..., str]:
    """Send an assignment that must be refused with 400 and this code; return the message."""

    def call(sent: Any, code: str, api: str = "2025-03-01") -> str:
        answer = send("PUT", path, sent, api=api)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code), answer.text
        assert send("GET", path).status_code == 404
        return str(answer.json()["error"]["message"])

    return call


@pytest.fixture(scope="session")
def _az(_running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmAz]:
    folder = tmp_path_factory.mktemp("az")
    (folder / "cliextensions").mkdir()
    with WarmAz(AzCli(_running, folder, folder / "cliextensions")) as az:
        yield az


@pytest.fixture
def az(_az: WarmAz, box: Sandbox) -> WarmAz:
    """Run the real az, without an extension and logged in: az("group list")."""
    return _az
