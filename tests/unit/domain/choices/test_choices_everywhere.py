# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Every choice for every policy at every level of every version, and what survives sequences of changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.choices.changing import PolicyReset, PolicySet
from azext_safeguards.domain.choices.choice import Choice, allowed_choices
from azext_safeguards.domain.errors import InvalidValueError, TooManyOverridesError
from azext_safeguards.domain.initiative.definition import from_bundle
from azext_safeguards.domain.initiative.names import SHORT_NAMES
from azext_safeguards.domain.level import Level
from tests.unit.bodies import effect_override, profile, rendered, stored, updated
from tests.unit.domain.assignment.tables import INITIATIVE_VERSION, LEVELS, TABLES, table
from tests.unit.domain.assignment.test_foreign_settings import CHANGES, COMMON, assert_survived, decorated
from tests.unit.recorded_definitions import definition, effects_of

pytestmark = pytest.mark.exhaustive

EFFECT = {Choice.DENY: "Deny", Choice.WARN: "Audit", Choice.OFF: "Disabled", Choice.MUTATE: "Mutate"}
POSSIBLE = [
    (version, member.reference_id, choice)
    for version, number in INITIATIVE_VERSION.items()
    for member in from_bundle(definition(number)).members
    for choice in allowed_choices(member.kind)
]
IMPOSSIBLE = [
    (version, member.reference_id, choice)
    for version, number in INITIATIVE_VERSION.items()
    for member in from_bundle(definition(number)).members
    for choice in Choice
    if choice not in allowed_choices(member.kind)
]


def choosing(*names, effect=None, **parameters):
    return Change(policies=PolicySet(tuple(names), effect, parameters))


def expected(level, version, chosen):
    effects = table(version, level)
    if level is not Level.OFF:
        effects.update({name: EFFECT[choice] for name, choice in chosen.items() if name in effects})
    return effects


def assert_right(body, level, version, chosen):
    assert effects_of(body, INITIATIVE_VERSION[version]) == expected(level, version, chosen)
    properties = body["properties"]
    assert properties["parameters"]["warn"]["value"] is (level is not Level.OFF)
    # printMutationsAnnotations takes this parameter, too, and refuses Deny.
    assert properties["parameters"]["effect"]["value"] in ("Audit", "Disabled")
    overrides = properties.get("overrides", [])
    assert len(overrides) <= 4
    named = [name for item in overrides for selector in item["selectors"] for name in selector["in"]]
    assert len(named) == len(set(named)), "two overrides name one policy"
    assert all(len(value) < 1024 for value in properties["metadata"].values())
    found = profile(body)
    assert (found.level, found.version, found.drift) == (level, version, ())
    assert found.choices.effects == {SHORT_NAMES[name]: choice for name, choice in chosen.items()}
    assert not rendered(body, Change()).changes


@pytest.mark.parametrize(("version", "reference", "choice"), POSSIBLE)
def test_each_choice_at_each_level(version, reference, choice):
    chosen = {reference: choice}
    set_it = choosing(SHORT_NAMES[reference], effect=choice)
    for level in LEVELS:
        plain = updated(None, Change(level, version))
        body = updated(plain, set_it)
        assert_right(body, level, version, chosen)
        for other in LEVELS:
            moved = updated(body, Change(other))
            assert_right(moved, other, version, chosen)
            assert updated(moved, Change(level)) == body
        assert updated(body, Change(policies=PolicyReset((SHORT_NAMES[reference],)))) == plain
        assert updated(body, Change(policies=PolicyReset())) == plain


@pytest.mark.parametrize(("version", "reference", "choice"), IMPOSSIBLE)
def test_an_effect_that_a_policy_cannot_have_is_refused_with_what_it_can(version, reference, choice):
    body = updated(None, Change(Level.WARNING, version))
    with pytest.raises(InvalidValueError, match=f"{choice.value} is not possible for {SHORT_NAMES[reference]}") as said:
        rendered(body, choosing(SHORT_NAMES[reference], effect=choice))
    assert "--effect " in commands(said.value.remedies)[0]
    assert choice.value not in commands(said.value.remedies)[0]


@pytest.mark.parametrize(("version", "reference", "choice"), POSSIBLE)
def test_a_choice_survives_another_version_and_is_named_where_it_has_no_place(version, reference, choice):
    chosen = {reference: choice}
    for level in (Level.WARNING, Level.ENFORCEMENT):
        body = updated(None, Change(level, version), choosing(reference, effect=choice))
        for other in TABLES:
            rendering = rendered(body, Change(version=other))
            moved = stored(rendering.body)
            assert_right(moved, level, other, chosen)
            has_it = reference in table(other, level)
            named = [text for text in rendering.warnings if f"has no policy {SHORT_NAMES[reference]} (" in text]
            assert bool(named) is not has_it
            assert updated(moved, Change(version=version)) == body


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", TABLES)
def test_everything_chosen_at_once(version, level):
    chosen: dict[str, Choice] = {}
    body = updated(None, Change(level, version))
    for index, member in enumerate(from_bundle(definition(INITIATIVE_VERSION[version])).members):
        choices = allowed_choices(member.kind)
        chosen[member.reference_id] = choices[index % len(choices)]
        body = updated(body, choosing(member.reference_id, effect=chosen[member.reference_id]))
    assert_right(body, level, version, chosen)


@pytest.mark.parametrize("choice", [Choice.WARN, Choice.OFF, Choice.DENY])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", TABLES)
def test_all_policies_that_check_chosen_alike(version, level, choice):
    references = [
        member.reference_id
        for member in from_bundle(definition(INITIATIVE_VERSION[version])).members
        if choice is not Choice.MUTATE and allowed_choices(member.kind)[0] is Choice.DENY
    ]
    body = updated(None, Change(level, version), choosing(*references, effect=choice))
    assert_right(body, level, version, dict.fromkeys(references, choice))


CHOSEN = st.sampled_from(COMMON[:6])
EFFECTS = st.sampled_from([Choice.DENY, Choice.WARN, Choice.OFF])
SETS = st.builds(
    lambda names, effect: choosing(*names, effect=effect), st.lists(CHOSEN, min_size=1, max_size=3), EFFECTS
)
RESETS = st.one_of(st.just(PolicyReset()), st.builds(lambda name: PolicyReset((name,)), CHOSEN)).map(
    lambda reset: Change(policies=reset)
)
# Somebody else's overrides name other policies than those that are chosen.
FOREIGN = st.lists(
    st.builds(effect_override, st.sampled_from(["Audit", "Deny", "Disabled"]), st.sampled_from(COMMON[6:])),
    max_size=2,
    unique_by=lambda item: item["selectors"][0]["in"][0],
)


@settings(max_examples=150, deadline=None)
@given(FOREIGN, st.lists(CHANGES | SETS | RESETS, min_size=2, max_size=8))
def test_any_sequence_ends_as_the_last_choices_do_and_keeps_foreign_settings(overrides, changes):
    level, version, chosen = Level.WARNING, "v2.0.0", {}
    body = decorated(updated(None, Change(level, version)), overrides)
    for change in changes:
        try:
            rendering = rendered(body, change)
        except TooManyOverridesError:
            continue
        level, version = change.level or level, change.version or version
        if isinstance(change.policies, PolicySet):
            chosen.update(dict.fromkeys(change.policies.policies, change.policies.effect))
        elif change.policies:
            for name in change.policies.policies or tuple(chosen):
                chosen.pop(name, None)
        assert_survived(rendering.body, overrides)
        body = stored(rendering.body)
        assert not rendered(body, change).changes, "the same again changes something"
    effects = expected(level, version, chosen)
    effects.update({item["selectors"][0]["in"][0]: item["value"] for item in overrides})
    assert effects_of(body, INITIATIVE_VERSION[version]) == effects
    found = profile(body)
    assert found.choices.effects == {SHORT_NAMES[name]: choice for name, choice in chosen.items()}
    assert found.drift == ()
    off_and_on = updated(updated(body, Change(Level.OFF)), Change(level))
    assert effects_of(off_and_on, INITIATIVE_VERSION[version]) == effects_of(body, INITIATIVE_VERSION[version])
