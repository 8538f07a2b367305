# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The bar while many clusters are worked on."""

from __future__ import annotations

import io
import sys

import pytest
from azure.cli.core.mock import DummyCli

from azext_safeguards.cli.az import progress as _progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def cli():
    made = DummyCli()
    made.only_show_errors = False
    return made


def _shown(cli, stream, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("azure.cli.core.commands.progress.get_progress_view.__defaults__", (False, stream, None))
    with _progress.progress_bar(cli, "Clusters") as tell:
        tell("Clusters", 1000, 2000)
        tell("Listed", 7, 0)
        tell("Clusters", 2000, 2000)
    return stream.getvalue()


def test_a_bar_on_a_terminal(cli, monkeypatch):
    shown = _shown(cli, Terminal(), monkeypatch)
    assert "Clusters: 1000[" in shown
    assert "50.0000%" in shown
    assert "100.0000%" in shown
    assert "Listed: 7" in shown


def test_no_bar_elsewhere(cli, monkeypatch):
    assert _shown(cli, io.StringIO(), monkeypatch) == ""
    cli.only_show_errors = True
    assert _shown(cli, Terminal(), monkeypatch) == ""
