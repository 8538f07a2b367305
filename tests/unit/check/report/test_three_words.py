# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is refused, what could not be read and what is odd are told apart in every format."""

from __future__ import annotations

import json

import pytest

from azext_safeguards.check.findings import OddPlace, Refused, Report, UnreadableFile
from azext_safeguards.check.report import FormatName
from azext_safeguards.cli.manifests._format import check_table

REPORT = Report(
    refused=[Refused("a.yaml", 7, 3, "Pod", "p", "team", "decode", "wrong type", "json: cannot unmarshal")],
    unreadable=[UnreadableFile("b.yaml", 2, 1, "no YAML")],
    odd=[
        OddPlace("c.yaml", 4, 1, "the key 'a' is given twice"),
        OddPlace("c.yaml", 9, 1, "the key 'b' is given twice"),
    ],
    files=3,
    objects=2,
)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "text",
            [
                "Refused before any policy",
                "Could not be read",
                "Odd, but read",
                "  c.yaml:4:1: the key 'a' is given twice",
            ],
        ),
        (
            "github",
            [
                "::error file=a.yaml,line=7,col=3,title=refused%3A Pod/p (team)::the API server refuses it: wrong type",
                "::error file=b.yaml,line=2,col=1,title=Could not be read::no YAML",
                "::warning file=c.yaml,line=4,col=1,title=Odd%2C but read::the key 'a' is given twice",
            ],
        ),
        (
            "azuredevops",
            [
                "##vso[task.logissue type=error;sourcepath=a.yaml;linenumber=7;columnnumber=3;code=refused;]"
                "Pod/p (team): the API server refuses it: wrong type",
                "##vso[task.logissue type=error;sourcepath=b.yaml;linenumber=2;columnnumber=1;]"
                "Could not be read: no YAML",
                "##vso[task.logissue type=warning;sourcepath=c.yaml;linenumber=4;columnnumber=1;]"
                "Odd, but read: the key 'a' is given twice",
            ],
        ),
        (
            "markdown",
            [
                "| Refused before any policy | Object | Reason |",
                "| Could not be read | Reason |",
                "| Odd, but read | Reason |",
                "| <code>c.yaml:4</code> | <code>the key 'a' is given twice</code> |",
            ],
        ),
        (
            "junit",
            [
                '<testsuites name="az aks safeguards check" tests="3" failures="1" errors="1">',
                '    <testcase classname="c.yaml" name="odd, but read" file="c.yaml" line="4">',
                "      <system-out>c.yaml:4:1: the key 'a' is given twice",
                "c.yaml:9:1: the key 'b' is given twice",
                '      <error type="unreadable" message="no YAML"/>',
                '    <testcase classname="a.yaml" name="Pod/p (team) refused" file="a.yaml" line="7">',
            ],
        ),
    ],
)
def test_a_format_has_a_word_for_each(name: str, lines: list[str]) -> None:
    written = FormatName(name).to_format().render(REPORT, {}).splitlines()
    assert [line for line in lines if line not in written] == []


def test_sarif_has_results_for_what_is_refused_and_notifications_for_the_others() -> None:
    (run,) = json.loads(FormatName("sarif").to_format().render(REPORT, {}))["runs"]
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [("refused", "error")]
    (invocation,) = run["invocations"]
    told = [(one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]]
    assert told[:2] == [
        ("error", "b.yaml could not be read: no YAML"),
        ("warning", "Odd, but read: the key 'a' is given twice"),
    ]


def test_the_table_has_a_row_for_each_the_worst_first() -> None:
    result = {
        "findings": [],
        "refused": [one._asdict() for one in REPORT.refused],
        "unreadable": [one._asdict() for one in REPORT.unreadable],
        "odd": [one._asdict() for one in REPORT.odd],
        "unjudged": [],
        "apiserverWarnings": [],
    }
    rows = [(row["File"], row["Effect"]) for row in check_table(result)]
    assert rows == [("a.yaml:7", "refused"), ("b.yaml:2", "unreadable"), ("c.yaml:4", "odd"), ("c.yaml:9", "odd")]
