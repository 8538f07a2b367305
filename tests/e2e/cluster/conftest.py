# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One sandbox with one cluster for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox

from .tooling import Tools


@pytest.fixture(scope="module")
def cluster_box() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box
        assert box.crashes == []


@pytest.fixture(scope="module")
def tools(cluster_box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return Tools(cluster_box, Path(tmp_path_factory.mktemp("cluster")))
