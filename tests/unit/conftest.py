# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Marks the unit tests as such, so that the gate can measure the branches of those that are quick to measure."""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker("unit")
