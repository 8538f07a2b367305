# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""No policy is left out in silence: what cannot be judged is named, what a pattern of a cluster does is told."""

from __future__ import annotations

from typing import Any

import pytest

from azext_safeguards.check.judging.against import without
from azext_safeguards.check.judging.judgeable import judgeable
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.workers.run import check

IMAGES = {"allowedContainerImagesRegex": r"^a\.io/"}


def test_what_is_known_is_judged():
    settings = Settings({"allowed-images": "deny", "probes": "warn"}, ("mutate-cpu-limits",), IMAGES)
    assert judgeable(settings) == (settings, [])


def test_a_member_of_a_newer_initiative_is_named_and_the_others_are_judged():
    settings = Settings({"newMember": "deny", "probes": "warn"}, ("newMutation", "mutate-cpu-limits"))
    left, unjudged = judgeable(settings)
    assert (dict(left.effects), left.mutations) == ({"probes": "warn"}, ("mutate-cpu-limits",))
    assert [one.policy for one in unjudged] == ["newMember", "newMutation"]
    assert all("does not know" in one.reason for one in unjudged)


def test_it_can_be_skipped_by_the_name_that_the_report_gives_it():
    settings = without(Settings({"newMember": "deny"}, ("newMutation",)), ["newMember", "newMutation"])
    assert judgeable(settings) == (settings, [])


@pytest.mark.parametrize(
    ("short", "parameters"),
    [
        ("allowed-images", {"allowedContainerImagesRegex": r"^\p{Letter}+"}),
        ("no-aks-labels", {"labels": ["fine", r"\p{greek}"]}),
        ("reserved-taints", {"reservedTaints": [r"[\p{Cn}]"]}),
    ],
)
def test_a_pattern_that_depends_on_the_gatekeeper_is_not_judged(short: str, parameters: dict[str, Any]):
    report = check([], Settings({short: "deny"}, parameters=parameters))
    assert [one.policy for one in report.unjudged] == [short]
    assert "depends on the version of Gatekeeper" in report.unjudged[0].reason
    assert report.notes == []


@pytest.mark.parametrize(
    ("short", "parameters", "effect"),
    [
        ("allowed-images", {"allowedContainerImagesRegex": "^(?!evil)"}, "no image is allowed"),
        ("no-aks-labels", {"labels": ["fine", r"\C"]}, "it finds nothing"),
        ("reserved-taints", {"reservedTaints": ["a++"]}, "it finds nothing"),
    ],
)
def test_a_pattern_that_every_cluster_refuses_is_told_with_what_it_does(
    short: str, parameters: dict[str, Any], effect: str
):
    report = check([], Settings({short: "deny"}, parameters=parameters))
    (note,) = report.notes
    assert note.startswith(f"{short}: a cluster refuses its pattern ")
    assert effect in note
    assert report.unjudged == []
