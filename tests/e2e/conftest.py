# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One sandbox for each test process, fresh for each test, and az signed in to it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from sandbox import Sandbox

from .azcli import ASSIGNMENT, EXTENSIONS, AzCli
from .warm_az import WarmAz

# What azure-cli itself asks now and then, with or without an extension.
_AZURE_CLI_ASKS = {"azcliprod.blob.core.windows.net:443"}


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def box(running: Sandbox) -> Iterator[Sandbox]:
    """A sandbox whose subscription has the feature registered."""
    running.reset()
    running.features.set_state("SafeguardsPreview", "Registered")
    yield running
    assert running.crashes == []
    assert set(running.refused_hosts) <= _AZURE_CLI_ASKS


@pytest.fixture(scope="session")
def installed(running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AzCli:
    if not (EXTENSIONS / "safeguards").is_dir():
        pytest.fail("the extension is not installed: run `make setup` first")
    # A copy, so that installing a new wheel meanwhile does not pull it from under the tests.
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(EXTENSIONS, folder / "cliextensions")
    return AzCli(running, folder, folder / "cliextensions")


@pytest.fixture(scope="session")
def warm(installed: AzCli) -> Iterator[WarmAz]:
    """az with the wheel of this extension, forked from a process that has imported it; one for each test process."""
    with WarmAz(installed) as az:
        yield az


@pytest.fixture
def az(warm: WarmAz, box: Sandbox) -> WarmAz:
    """`warm` beside a fresh sandbox."""
    return warm


@pytest.fixture
def az_process(installed: AzCli, box: Sandbox) -> AzCli:
    """az with the wheel of this extension, in a process that imports everything, as at a prompt."""
    return installed


@pytest.fixture(scope="session")
def _without(running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmAz]:
    folder = tmp_path_factory.mktemp("without")
    (folder / "cliextensions").mkdir()
    with WarmAz(AzCli(running, folder, folder / "cliextensions")) as az:
        yield az


@pytest.fixture
def plain(_without: WarmAz, box: Sandbox) -> WarmAz:
    """az without any extension, forked as `az` is."""
    return _without


@pytest.fixture
def cluster(box: Sandbox) -> str:
    """The id of the cluster `c1` in `rg`, which has the azure-policy add-on."""
    return box.add_cluster("rg", "c1")


@pytest.fixture
def deploy(warm: WarmAz, box: Sandbox) -> Path:
    """An empty folder in az's own, named as a user would name it."""
    folder = warm.folder / "deploy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


Stored = Callable[..., Any]


@pytest.fixture
def stored(box: Sandbox) -> Stored:
    """The assignment that a cluster has, as the service holds it, or None."""

    def get(group: str = "rg", name: str = "c1") -> Any:
        owner = f"/resourceGroups/{group}/providers/Microsoft.ContainerService/managedClusters/{name}/".lower()
        found = [body for body in box.assignments.values() if owner in body["id"].lower()]
        assert all(body["name"] == ASSIGNMENT for body in found)
        assert len(found) <= 1
        return found[0] if found else None

    return get
