# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Ids of several clusters, the summary of what came of them, and the bar while they are worked on."""

from __future__ import annotations

import io
import json
import sys

import pytest
from azure.cli.core.azclierror import ValidationError
from azure.cli.core.mock import DummyCli
from knack.events import EVENT_CLI_SUCCESSFUL_EXECUTE

from azext_safeguards import _many, _progress
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import InvalidValueError, PreflightError
from azext_safeguards.services.many import Outcome

from .bodies import SUBSCRIPTION

CLUSTERS = [ClusterRef(SUBSCRIPTION, "rg", f"c{number}") for number in range(9)]
IDS = [cluster.id for cluster in CLUSTERS]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def cli():
    made = DummyCli()
    made.only_show_errors = False
    return made


@pytest.mark.parametrize(
    "texts",
    [
        IDS,
        ["\n".join(IDS)],
        [json.dumps(IDS)],
        [json.dumps([{"id": identifier, "name": "x"} for identifier in IDS])],
        [*IDS, *(identifier.upper() for identifier in IDS)],
    ],
    ids=["several", "lines", "json", "list", "twice"],
)
def test_ids(texts):
    assert [cluster.id for cluster in _many.clusters_of(texts)] == IDS


@pytest.mark.parametrize("texts", [[], ["  "], ["[]"], ["[not json"], ["c1"], [IDS[0] + "/x"], ['[{"name": "c1"}]']])
def test_ids_that_are_none(texts):
    with pytest.raises(InvalidValueError):
        _many.clusters_of(texts)


def test_summary(cli):
    refusal = PreflightError("not ready", ["az mend"])
    outcomes = [Outcome(cluster, error=refusal) for cluster in CLUSTERS[:7]] + [Outcome(CLUSTERS[7], "done")]
    found = _many.summarize(cli, outcomes, lambda result: {"result": result}, lambda left: f"az again {len(left)}")
    assert [item["result"] for item in found] == ["Failed"] * 7 + ["done"]
    assert [item["error"] for item in found] == ["not ready"] * 7 + [None]
    with pytest.raises(
        ValidationError, match=r"7 of 8 clusters failed, 1 did not. c0: not ready; .*; and 2 more"
    ) as raised:
        cli.raise_event(EVENT_CLI_SUCCESSFUL_EXECUTE)
    assert raised.value.recommendations == ["az mend", "az again 7"]


def test_summary_without_failures_raises_nothing(cli):
    _many.summarize(cli, [Outcome(CLUSTERS[0], "done")], lambda result: {"result": result}, str)
    cli.raise_event(EVENT_CLI_SUCCESSFUL_EXECUTE)


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
