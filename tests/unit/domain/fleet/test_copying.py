# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Another cluster's settings: choices are copied as they were made, and take the place of those that were there."""

from __future__ import annotations

import pytest

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.choices.changing import PolicyReplace, PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.choices.recorded import Choices, ChosenParameter, recorded_choices
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.fleet.copying import NothingToCopyError, change_of
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.suspension import Suspend, Suspension
from tests.unit.bodies import (
    CLUSTER_ID,
    effect_override,
    effect_parameters,
    foreign_assignment,
    profile,
    rendered,
    updated,
)

CHOSEN = (
    Change(policies=PolicySet(("probes",), Choice.WARN, {"requiredProbes": ["readinessProbe"]})),
    Change(policies=PolicySet(("unique-selectors",), Choice.OFF)),
)
SUSPEND = Change(suspension=Suspend(Suspension("me@example.com", "2026-01-02T03:04:05Z")))
TARGETS = [
    None,
    updated(None, Change(Level.WARNING, "v3.0.0", ("x",))),
    updated(
        None,
        Change(Level.ENFORCEMENT, "v1.0.0"),
        Change(policies=PolicySet(("allowed-images",), Choice.OFF, {"allowedContainerImagesRegex": "^a/.+$"})),
        SUSPEND,
    ),
]


def copied(source):
    return change_of(read_assignment(source, Definitions()), ClusterRef.from_id(CLUSTER_ID))


def ours(body):
    """What of a body a copy must make equal: all but who, when and texts."""
    properties = body["properties"]
    kept = ("definitionVersion", "parameters", "overrides", "enforcementMode")
    recorded = {key: value for key, value in properties["metadata"].items() if key.startswith("safeguards")}
    return {name: properties.get(name) for name in kept} | {"metadata": recorded}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("version", PROFILE_VERSIONS)
@pytest.mark.parametrize("level", list(Level))
def test_a_target_becomes_what_the_source_is(target, level, version):
    source = updated(None, Change(Level.ENFORCEMENT, version, ("a", "b")), *CHOSEN, Change(level))
    result = updated(target, copied(source))
    assert ours(result) == ours(source)
    assert profile(result).drift == ()
    assert not rendered(result, copied(source)).changes


def test_a_source_without_choices_takes_those_of_the_target_back():
    plain = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))
    target = updated(plain, *CHOSEN)
    assert updated(target, copied(plain)) == plain
    # A cluster whose assignment AKS made has a level, and never a choice.
    made_by_aks = foreign_assignment(parameters=effect_parameters("Audit", True), overrides=[])
    assert profile(updated(target, copied(made_by_aks))).choices == Choices()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("level", list(Level))
def test_what_the_version_lacks_is_copied_and_comes_back_with_a_version_that_has_it(target, level):
    limits = Change(policies=PolicySet(("resource-limits",), Choice.OFF, {"memoryLimit": "2Gi"}))
    source = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"), limits, Change(level, "v3.0.0"))
    rendering = rendered(target, copied(source))
    warned = [text for text in rendering.warnings if "stays recorded" in text]
    assert [name for text in warned for name in ("resource-limits (Off)", "memoryLimit") if name in text] == [
        "resource-limits (Off)",
        "memoryLimit",
    ]
    result = updated(target, copied(source), Change(Level.ENFORCEMENT, "v2.0.0"))
    assert profile(result).effects["resource-limits"] == "Disabled"
    assert result["properties"]["parameters"]["memoryLimit"] == {"value": "2Gi"}


def test_what_somebody_else_overrides_on_the_target_stays_and_decides():
    source = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"), *CHOSEN)
    target = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))
    theirs = effect_override("Disabled", "ensureProbesConfiguredInKubernetesCluster")
    target["properties"]["overrides"].append(theirs)
    target["properties"]["parameters"]["requiredProbes"] = {"value": ["livenessProbe"]}
    rendering = rendered(target, copied(source))
    assert theirs in rendering.body["properties"]["overrides"]
    assert any("overrides on the assignment decide: probes (Disabled)" in text for text in rendering.warnings)
    assert any("somebody else had set for requiredProbes is replaced" in text for text in rendering.warnings)
    assert rendering.body["properties"]["parameters"]["requiredProbes"] == {"value": ["readinessProbe"]}


def test_a_suspension_is_not_copied_and_ends_on_the_target():
    source = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"), *CHOSEN)
    assert updated(None, copied(updated(source, SUSPEND))) == updated(None, copied(source))
    rendering = rendered(updated(source, SUSPEND), copied(source))
    assert rendering.changes
    assert any("giving a level ends that" in text for text in rendering.warnings)


def test_a_record_that_somebody_edited_is_refused_before_it_is_sent():
    edited = Choices({}, {"memoryLimit": ChosenParameter("plenty", ("resource-limits",))})
    with pytest.raises(InvalidValueError, match="plenty"):
        rendered(None, Change(Level.WARNING, "v2.0.0", (), PolicyReplace(edited)))


def test_off_with_a_version_that_is_not_known_records_choices_all_the_same():
    body = foreign_assignment(pin="9.9.*", parameters=effect_parameters("Audit", True))
    source = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"), *CHOSEN)
    change = Change(Level.OFF, policies=copied(source).policies)
    metadata = rendered(body, change).body["properties"]["metadata"]
    assert recorded_choices(metadata) == copied(source).policies.choices


def test_what_to_paste_names_no_other_level_than_the_one_that_is_known():
    source = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))
    del source["properties"]["metadata"]["safeguardsVersion"]
    with pytest.raises(NothingToCopyError, match="no known version") as refused:
        copied(source)
    assert [command.partition(" --safeguards-")[2] for command in commands(refused.value.remedies)] == [
        "version v2.0.0"
    ]
