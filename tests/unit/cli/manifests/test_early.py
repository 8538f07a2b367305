# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Processes of a check start with its command line, and end with the check."""

from __future__ import annotations

import copy

import pytest
from azure.cli.core.mock import DummyCli

from azext_safeguards.check.workers import foreseen, worker
from azext_safeguards.cli.manifests.early import started
from azext_safeguards.loader import SafeguardsCommandsLoader


@pytest.fixture
def words(tmp_path, monkeypatch):
    """The command line of a check of many files, where there are two processors."""
    for number in range(foreseen.FEW):
        (tmp_path / f"{number}.yaml").touch()
    monkeypatch.setattr(foreseen, "processes", lambda: 2)
    return ["aks", "safeguards", "check", "-f", str(tmp_path)]


def test_a_check_of_many_has_a_process_before_its_command_line_is_read(words):
    cli = DummyCli()
    SafeguardsCommandsLoader(cli_ctx=cli).load_command_table(list(words))
    # az may load its commands a second time, where it does not find one.
    SafeguardsCommandsLoader(cli_ctx=cli).load_command_table(list(words))
    # az hands a command a copy of what it keeps.
    cli.data = copy.deepcopy(cli.data)
    with started(cli) as workers:
        assert workers is not None
        (one,) = workers.all
        assert one._process.poll() is None
    assert one._process.poll() is not None
    with started(cli) as workers:
        assert workers is None


@pytest.mark.parametrize("other", ["explain", "--help"])
def test_what_is_no_check_has_none(words, other, monkeypatch):
    monkeypatch.setattr(worker.subprocess, "Popen", None)
    cli = DummyCli()
    line = [other if word == "check" else word for word in words] if other == "explain" else [*words, other]
    SafeguardsCommandsLoader(cli_ctx=cli).load_command_table(line)
    SafeguardsCommandsLoader(cli_ctx=cli).load_command_table(None)
    with started(cli) as workers:
        assert workers is None


def test_a_process_that_hears_of_nothing_to_do_ends_by_itself(words):
    cli = DummyCli()
    SafeguardsCommandsLoader(cli_ctx=cli).load_command_table(list(words))
    with started(cli) as workers:
        (one,) = workers.all
        # As where az refuses the command line: its end closes the pipe.
        one._messages.put(None)
        one._threads[0].join(30)
        one._process.stdin.close()
        assert one._process.wait(30) == 0
