# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Marks the unit tests as such, so that the gate can measure the branches of those that are quick to measure.

What a test has had said to a user as a way on must be one that a shell takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.cli.core.azclierror import AzCLIError

from azext_safeguards.cli.az import remedies
from tests.pasting import assert_pasteable

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker("unit")


# Some tests make up thousands of values.
_MOST_A_TEST = 50
_told: set[str] = set()


@pytest.fixture(scope="session", autouse=True)
def _collecting() -> Iterator[None]:
    """Notes all that az's errors and the front end tell a user to paste."""
    set_recommendation, command = AzCLIError.set_recommendation, remedies.command

    def noting(error: Any, recommendation: Any = None) -> None:
        _told.update([recommendation] if isinstance(recommendation, str) else recommendation or ())
        set_recommendation(error, recommendation)

    def noting_command(way: Any) -> str:
        text = command(way)
        _told.add(text)
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AzCLIError, "set_recommendation", noting)
        patch.setattr(remedies, "command", noting_command)
        yield


@pytest.fixture(autouse=True)
def _pasteable(_collecting: None) -> Iterator[None]:
    """Whatever a test has had printed as a way on, a shell takes."""
    _told.clear()
    yield
    assert_pasteable(*sorted(_told)[:_MOST_A_TEST])
