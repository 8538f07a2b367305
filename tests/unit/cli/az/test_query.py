# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""--query chooses from a result; beside what has a command give a text it would choose from nothing, in silence."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from azure.cli.core.azclierror import MutuallyExclusiveArgumentError
from azure.cli.core.mock import DummyCli
from knack.invocation import CommandInvoker

from azext_safeguards.cli.compliance.handlers import compliance_show
from azext_safeguards.cli.export.handlers import export
from azext_safeguards.cli.manifests.check import check
from azext_safeguards.cli.manifests.explain import explain
from azext_safeguards.cli.profile.handlers import profile_list


@pytest.fixture
def cmd():
    cli = DummyCli()
    cli.only_show_errors = False
    cli.invocation = CommandInvoker(cli_ctx=cli, initial_data={"output": "json", "query_active": True})
    return SimpleNamespace(cli_ctx=cli, name="aks safeguards")


@pytest.mark.parametrize(
    ("run", "option"),
    [
        (lambda cmd: export(cmd, "rg", "c1", "bicep"), "--format bicep"),
        (lambda cmd: export(cmd, "rg", "c1", "arm", output_file="a.json"), "--format arm"),
        (lambda cmd: explain(cmd, ["probes"], output_format="patch"), "--format patch"),
        (lambda cmd: compliance_show(cmd, "rg", "c1", report_format="html", report_file="a.html"), "--format html"),
        (lambda cmd: profile_list(cmd, report_format="html", report_file="a.html"), "--format html"),
    ],
)
def test_it_is_refused_before_anything_is_asked(cmd, run, option):
    with pytest.raises(MutuallyExclusiveArgumentError) as refused:
        run(cmd)
    assert str(refused.value) == f"--query chooses from a JSON result, and with {option} there is none, but a text."
    assert refused.value.recommendations


def test_check_ends_with_the_code_of_wrong_usage(cmd, capsys, caplog):
    with pytest.raises(SystemExit) as ended:
        check(cmd, ["a.yaml"], report_format=["sarif"])
    assert ended.value.code == 2
    assert "with --format sarif there is none" in "".join(record.getMessage() for record in caplog.records)


def test_what_has_a_result_takes_it(cmd):
    assert explain(cmd, ["probes"])[0]["policy"] == "probes"
