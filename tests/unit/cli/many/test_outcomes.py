# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is said of a command that changed several clusters."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
import yaml
from azure.cli.core.azclierror import ForbiddenError, ValidationError
from azure.cli.core.mock import DummyCli
from azure.core.exceptions import ResourceNotFoundError
from knack.events import EVENT_CLI_SUCCESSFUL_EXECUTE
from knack.util import CLIError

from azext_safeguards.cli.az.plans import RUN_AGAIN
from azext_safeguards.cli.many import outcomes as _outcomes
from azext_safeguards.cli.many.chosen import repeated
from azext_safeguards.cli.many.outcomes import Done
from azext_safeguards.cli.profile.delete import _question
from azext_safeguards.domain.assignment.differences import Difference
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import PreflightError
from azext_safeguards.domain.remedies import Note, remedy
from azext_safeguards.services.many import NotAwaitedError, NotBegunError, Outcome
from tests.unit.bodies import SUBSCRIPTION

OTHER = "5a4dbc00-2222-4000-8000-000000000000"
CLUSTERS = [ClusterRef(SUBSCRIPTION, "rg", f"c{number}") for number in range(20)]
REPEAT = repeated("aks safeguards suspend", {})


@pytest.fixture
def cli(monkeypatch):
    made = DummyCli()
    made.only_show_errors = False
    monkeypatch.setattr(
        _outcomes, "clients_for", lambda _cli, clusters: {c.subscription: c.subscription for c in clusters}
    )
    return made


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.WARNING)
    logging.getLogger("cli").propagate = True
    yield lambda: [record.getMessage() for record in caplog.records]
    logging.getLogger("cli").propagate = False


def failure(cli):
    with pytest.raises(ValidationError) as raised:
        cli.raise_event(EVENT_CLI_SUCCESSFUL_EXECUTE)
    return raised.value


def summarize(cli, outcomes, **more):
    return _outcomes.summarize(cli, outcomes, lambda result: {"result": result}, REPEAT, **more)


def test_the_summary_names_each_failure_and_the_ways_on(cli):
    refused = Outcome(
        CLUSTERS[1],
        error=PreflightError("not\n ready", [remedy("paste", text="az mend"), remedy("paste", text=RUN_AGAIN)]),
    )
    forbidden = ForbiddenError("No.", recommendation=["az aks safeguards suspend -g rg -n c2", "Ask for it"])
    missing = Outcome(CLUSTERS[3], error=ResourceNotFoundError("gone"))
    missing.error.status_code = 404
    outcomes = [
        Outcome(CLUSTERS[0], "Changed"), refused, Outcome(CLUSTERS[2], error=forbidden), missing,
        Outcome(CLUSTERS[4], "Unchanged"),
    ]  # fmt: skip
    found = summarize(cli, outcomes)
    assert [item["result"] for item in found] == ["Changed", "Failed", "Failed", "Failed", "Unchanged"]
    assert [item["error"] for item in found] == [None, "not ready", "No.", "gone", None]
    assert found[2]["todo"] == forbidden.recommendations
    assert [item["id"] for item in found] == [cluster.id for cluster in CLUSTERS[:5]]
    error = failure(cli)
    assert str(error) == (
        "1 of 5 clusters changed, 1 needed no change, 3 failed:\n  c1: not ready\n  c2: No.\n  c3: gone"
    )
    assert error.recommendations == [
        "az mend",
        "Ask for it",
        f"az aks list --subscription {SUBSCRIPTION} -o table",
        REPEAT(CLUSTERS[1:4]),
    ]


def test_many_failures_are_counted(cli):
    summarize(
        cli,
        [
            Outcome(cluster, error=PreflightError("no", [remedy("paste", text=f"az {cluster.name}")]))
            for cluster in CLUSTERS
        ],
    )
    error = failure(cli)
    assert str(error).startswith("0 of 20 clusters changed, 20 failed:")
    assert str(error).splitlines()[-2:] == ["  c9: no", "  and 10 more, which the output has"]
    assert len(error.recommendations) == 11


def test_without_failures_the_summary_is_a_line_and_no_warning(cli, said, capsys):
    summarize(cli, [Outcome(CLUSTERS[0], "Changed"), Outcome(CLUSTERS[1], "Unchanged")])
    summarize(cli, [Outcome(CLUSTERS[0], "WouldChange"), Outcome(CLUSTERS[1], "Unchanged")], dry_run=True)
    cli.raise_event(EVENT_CLI_SUCCESSFUL_EXECUTE)
    assert capsys.readouterr().err.splitlines() == [
        "1 of 2 clusters changed, 1 needed no change.",
        "1 of 2 clusters would change, 1 need no change.",
    ]
    assert said() == []
    cli.only_show_errors = True
    summarize(cli, [Outcome(CLUSTERS[0], "Changed")])
    assert capsys.readouterr().err == ""


def test_after_ctrl_c_it_says_what_was_done(cli):
    outcomes = [
        Outcome(CLUSTERS[0], "Changed"),
        Outcome(CLUSTERS[1], error=NotAwaitedError("?")),
        Outcome(CLUSTERS[2], error=NotBegunError("no")),
    ]
    found = summarize(cli, outcomes, stopped=True)
    assert [item["result"] for item in found] == ["Changed", "Unknown", "NotBegun"]
    error = failure(cli)
    assert str(error) == "Stopped by Ctrl-C: 1 of 3 clusters changed, 1 not begun, 1 not waited for."
    assert error.recommendations == [REPEAT(CLUSTERS[1:3])]


def test_ctrl_c_at_the_end_is_said_too(cli):
    summarize(cli, [Outcome(CLUSTERS[0], "Changed")], stopped=True)
    assert (str(failure(cli)), failure(cli).recommendations) == ("Stopped by Ctrl-C: 1 of 1 clusters changed.", [])


def test_clusters_of_one_name_are_told_apart():
    twins = [CLUSTERS[0], ClusterRef(OTHER, "rg", "C0"), CLUSTERS[1]]
    assert list(_outcomes.labels(twins).values()) == [twins[0].id, twins[1].id, "c1"]


def work(arm, cluster, warn):
    assert arm == cluster.subscription
    warn("same for all")
    if cluster.name == "c1":
        warn(Note("Nothing was to be done."))
    if cluster.name == "c2":
        raise CLIError("Please run az login.")
    plan = SimpleNamespace(differences=[Difference("level", "Warning", "Off")])
    return Done({"made": cluster.name}, cluster.name != "c1", plan)


def test_each_cluster_has_an_element(cli, said, capsys):
    cmd = SimpleNamespace(cli_ctx=cli)
    found = _outcomes.change_clusters(cmd, CLUSTERS[:8], work, REPEAT)
    assert [item["result"] for item in found] == ["Changed", "Unchanged", "Failed", *["Changed"] * 5]
    assert found[0]["changes"] == [{"field": "level", "before": "Warning", "after": "Off"}]
    assert (found[0]["made"], found[1]["changes"], found[0]["warnings"]) == ("c0", [], ["same for all"])
    assert said() == ["c0, c1, c2, c3, c4 and 3 more: same for all"]
    # What went well is told without a warning, and is there for a program all the same.
    assert capsys.readouterr().err == "c1: Nothing was to be done.\n"
    assert yaml.safe_load(yaml.safe_dump(found))[1]["warnings"] == ["same for all", "Nothing was to be done."]
    assert "c2: Please run az login." in str(failure(cli))


def test_one_cluster_is_as_if_there_were_no_list(cli, said):
    cmd = SimpleNamespace(cli_ctx=cli)
    assert _outcomes.change_clusters(cmd, CLUSTERS[:1], work, REPEAT) == {"made": "c0"}
    assert said() == ["same for all"]
    with pytest.raises(CLIError, match="az login"):
        _outcomes.change_clusters(cmd, CLUSTERS[2:3], work, REPEAT)
    cli.raise_event(EVENT_CLI_SUCCESSFUL_EXECUTE)


def test_the_question_before_a_deletion_names_the_clusters():
    assert "the safeguards assignment of the cluster with its" in _question([])
    assert "assignment of the cluster c1 with its" in _question(["c1"])
    assert "assignments of 2 clusters (c1, c2) with their" in _question(["c1", "c2"])
    many = _question([f"c{number}" for number in range(12)])
    assert "of 12 clusters (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more)" in many
    assert many.endswith("Delete them?")
