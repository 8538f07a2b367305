# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a move between owners makes of Pod Security, and what it tells of AKS's mutators and admission policies."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.choices.changing import PodSecuritySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.choices.pod_security import PodSecurity
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.migration import Target
from azext_safeguards.services.apply import apply_plan
from azext_safeguards.services.migration import make_move, plan_move
from azext_safeguards.services.planning import plan_change, read_profile
from azext_safeguards.services.snapshot import take_snapshot
from sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("no_waiting")


@pytest.fixture
def box():
    made = Sandbox()
    made.features.set_state("SafeguardsPreview", "Registered")
    made.add_cluster("rg", "c1")
    return made


def change(arm, ref, wanted):
    apply_plan(arm, ref, plan_change(arm, ref, take_snapshot(arm, ref), wanted))


def move(arm, ref, target):
    plan = plan_move(arm, ref, target)
    return plan, make_move(arm, ref, plan)


@pytest.mark.parametrize("level", ["Baseline", "Restricted"])
@pytest.mark.parametrize(("wide", "ours"), [("Enforce", Level.ENFORCEMENT), ("Warn", Level.WARNING)])
def test_pod_security_goes_there_and_back(box, arm, ref, level, wide, ours):
    box.add_deployment_safeguards(ref.id, wide, [], level)
    there, _ = move(arm, ref, Target.ASSIGNMENT)
    assert there.lost == ()
    assert "The assignment gets v3.0.0, the only version that has Pod Security." in there.warnings
    assert any("AKS's mutators" in text for text in there.warnings) is (wide == "Enforce")
    assert any("AKS's admission policies" in text for text in there.warnings)
    profile, _ = read_profile(arm, ref)
    assert (profile.level, profile.version, profile.drift) == (ours, "v3.0.0", ())
    assert str(profile.choices.pod_security) == level
    denying = {name for name, effect in profile.effects.items() if effect == "Deny"}
    assert ("privileged" in denying) is (wide == "Enforce")
    assert ("users-groups" in denying) is (wide == "Enforce" and level == "Restricted")
    again = plan_move(arm, ref, Target.ASSIGNMENT)
    assert (again.steps, again.warnings) == ([], ())
    back, _ = move(arm, ref, Target.MANAGED)
    assert back.lost == ("the version (v3.0.0)",)
    assert len(box.assignments) == 0
    (found,) = box.deployment_safeguards.values()
    assert (found["properties"]["level"], found["properties"]["podSecurityStandardsLevel"]) == (wide, level)


@pytest.mark.parametrize("present", ["Privileged", None])
def test_without_pod_security_the_version_stays_and_nothing_is_turned_on(box, arm, ref, present):
    box.add_deployment_safeguards(ref.id, "Enforce", [], present or "")
    there, _ = move(arm, ref, Target.ASSIGNMENT)
    assert there.lost == ()
    profile, _ = read_profile(arm, ref)
    assert (profile.version, profile.choices.pod_security) == ("v2.0.0", None)
    back, _ = move(arm, ref, Target.MANAGED)
    assert "v2.0.0 has no policy for resource-requests." in there.warnings
    assert any("mutate-cpu-limits" in text for text in back.warnings)
    (missing,) = [text for text in back.warnings if text.startswith("AKS has no policy for ")]
    assert "resource-limits" in missing
    assert "probes" not in missing
    (found,) = box.deployment_safeguards.values()
    assert found["properties"].get("podSecurityStandardsLevel") is None


@pytest.mark.parametrize(
    ("level", "effect", "carried", "lost"),
    [
        (Level.ENFORCEMENT, None, "Restricted", None),
        (Level.ENFORCEMENT, Choice.DENY, "Restricted", None),
        (Level.ENFORCEMENT, Choice.WARN, None, "the Pod Security level (Restricted:Warn), which AKS's would deny by"),
        (Level.WARNING, Choice.WARN, "Restricted", None),
        (Level.WARNING, Choice.DENY, "Restricted", "that Pod Security denies (Restricted:Deny), where AKS's warns"),
    ],
)
def test_a_switch_with_an_effect_never_makes_aks_deny_what_passed(box, arm, ref, level, effect, carried, lost):
    change(arm, ref, Change(level, "v3.0.0"))
    change(arm, ref, Change(policies=PodSecuritySet(PodSecurity("Restricted", effect))))
    plan, _ = move(arm, ref, Target.MANAGED)
    assert plan.lost == ("the version (v3.0.0)", *([lost] if lost else []))
    (found,) = box.deployment_safeguards.values()
    assert found["properties"].get("podSecurityStandardsLevel") == carried


def test_a_switch_that_waits_for_another_version_is_named(box, arm, ref):
    change(arm, ref, Change(Level.ENFORCEMENT, "v3.0.0"))
    change(arm, ref, Change(policies=PodSecuritySet(PodSecurity("Baseline"))))
    change(arm, ref, Change(version="v2.0.0"))
    plan = plan_move(arm, ref, Target.MANAGED)
    assert plan.lost[1:] == ("what you chose for another version (pod-security=Baseline)",)
    assert plan.settings is not None
    assert plan.settings.pod_security == ""
