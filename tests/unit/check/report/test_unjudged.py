# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A policy that could not be judged is in every report, and none of them calls the run a success."""

from __future__ import annotations

import json

import pytest

from azext_safeguards.check.findings import Report, UnjudgedPolicy
from azext_safeguards.check.report import FormatName

REPORT = Report(files=1, objects=1, unjudged=[UnjudgedPolicy("newMember", "not known here")])
SUMMARY = "Nothing would be denied or warned of, in 1 object (1 file); 1 policy could not be judged"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("text", "  newMember: not known here"),
        ("github", "::error title=Could not be judged::newMember: not known here"),
        ("azuredevops", "##vso[task.logissue type=error;]Could not be judged: newMember: not known here"),
        ("markdown", "| newMember | <code>not known here</code> |"),
    ],
)
def test_it_has_a_line_of_its_own_and_is_in_the_summary(name: str, line: str):
    lines = FormatName(name).to_format().render(REPORT, {}).splitlines()
    assert line in lines
    assert SUMMARY in lines


def test_to_junit_it_is_an_error_in_place_of_the_suite_that_passes():
    text = FormatName("junit").to_format().render(REPORT, {})
    assert '<testsuites name="az aks safeguards check" tests="1" failures="0" errors="1">' in text
    assert text.count("<testcase") == 1
    assert '<error type="unjudged" message="not known here"/>' in text


def test_to_sarif_the_run_did_not_succeed():
    (run,) = json.loads(FormatName("sarif").to_format().render(REPORT, {}))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert (notification["level"], notification["message"]["text"]) == (
        "error",
        "newMember could not be judged: not known here",
    )
