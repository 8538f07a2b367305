# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What reports say about a policy, and where a reader finds more."""

from __future__ import annotations

import json

import pytest

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.findings import Finding, Report
from azext_safeguards.check.report import FormatName
from azext_safeguards.check.report.prose import described
from tests.unit.test_docs import ROOT, anchors

PAGE = "https://github.com/owner/safeguards/blob/main/docs/policies.md"
FOUND = Finding("a.yaml", 4, 8, "Deployment", "w", "default", "mutate-cpu-limits", "no Pods", "deny", False)


def test_every_link_leads_to_an_anchor_that_is_there():
    there = anchors(ROOT / "docs" / "policies.md")
    for short, policy in described(PAGE).items():
        if short.startswith("aks-managed-"):
            assert policy == described()[short]
        else:
            assert policy.docs == f"{PAGE}#{short}"
            assert short in there


def test_without_an_address_it_is_what_others_say_about_the_subject():
    assert all(
        one.docs.startswith(("https://kubernetes.io/", "https://learn.microsoft.com/")) for one in described().values()
    )


@pytest.mark.parametrize(
    ("given", "link"),
    [
        ("https://docs.example.com/policies/", "https://docs.example.com/policies/#probes"),
        (" http://wiki:8080/p?id=3#old\r", "http://wiki:8080/p?id=3#probes"),
        ("https://example.com/a b(c)[d]<e>", "https://example.com/a%20b%28c%29%5Bd%5D%3Ce%3E#probes"),
        ("https://example.com/%41", "https://example.com/%41#probes"),
    ],
)
def test_an_address_can_stand_in_a_report(given, link):
    assert described(given)["probes"].docs == link


@pytest.mark.parametrize(
    "given", ["docs/policies.md", "javascript:alert(1)", "https://", "//example.com", "https:///p", "https://[x"]
)
def test_what_is_no_address_is_refused(given):
    with pytest.raises(CheckError, match="is not the address of a page"):
        described(given)


def test_pods_that_a_mutation_makes_invalid_are_told_with_their_fix():
    (run,) = json.loads(FormatName.SARIF.to_format().render(Report(findings=[FOUND]), described(PAGE)))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["name"] == "resourceCPULimits"
    assert "at least as high as its requests" in rule["help"]["text"]
    assert rule["helpUri"] == f"{PAGE}#mutate-cpu-limits"
