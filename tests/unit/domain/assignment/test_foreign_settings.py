# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What somebody else put on the assignment, and what becomes of it through our updates."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.errors import TooManyOverridesError
from azext_safeguards.domain.level import Level
from tests.published_lists import FIRST_LIST, V2_VALIDATORS
from tests.unit.bodies import SYSTEM, effect_override, profile, rendered, stored, updated
from tests.unit.recorded_definitions import definition, effects_of

WARNING, ENFORCEMENT, OFF = Change(Level.WARNING), Change(Level.ENFORCEMENT), Change(Level.OFF)
COMMON = [
    name for name in V2_VALIDATORS if name in {m["referenceId"] for m in definition("3.0.0")["policyDefinitions"]}
]
EVERY_CHANGE = [
    WARNING,
    ENFORCEMENT,
    OFF,
    Change(version="v1.0.0"),
    Change(version="v3.0.0"),
    Change(excluded_namespaces=("other",)),
    Change(Level.ENFORCEMENT, "v3.0.0", ()),
]

LOCATIONS = {"kind": "resourceLocation", "in": ["westeurope"]}
OVERRIDES = {
    "in": effect_override("Audit", "uniqueServiceSelectors"),
    "in, in another case": effect_override("Audit", "UNIQUESERVICESELECTORS"),
    "not in": {
        "kind": "policyEffect",
        "value": "Audit",
        "selectors": [{"kind": "policyDefinitionReferenceId", "notIn": ["uniqueServiceSelectors"]}],
    },
    "no selector": {"kind": "policyEffect", "value": "Disabled"},
    "empty selectors": {"kind": "policyEffect", "value": "Disabled", "selectors": []},
    "location": {"kind": "policyEffect", "value": "Disabled", "selectors": [LOCATIONS]},
    "in and location": {
        "kind": "policyEffect",
        "value": "Deny",
        "selectors": [{"kind": "policyDefinitionReferenceId", "in": ["ensureCsiDriverStorageClass"]}, LOCATIONS],
    },
    "a member's version": {
        "kind": "definitionVersion",
        "value": "1.0.*",
        "selectors": [{"kind": "policyDefinitionReferenceId", "in": ["uniqueServiceSelectors"]}],
    },
    "a kind of tomorrow": {"kind": "somethingNew", "value": {"x": 1}, "selectors": [{"kind": "moon", "in": ["full"]}]},
    "a member of tomorrow": {**effect_override("Audit", "imagesDoNotUseLatest"), "note": "mine"},
}
PROPERTIES = {
    "displayName": "Somebody's own title",
    "description": "Somebody's own text",
    "notScopes": ["/subscriptions/x/resourceGroups/y"],
    "resourceSelectors": [{"name": "canary", "selectors": [LOCATIONS]}],
    "nonComplianceMessages": [
        {"message": "Ask the platform team."},
        {"message": "No probes.", "policyDefinitionReferenceId": "ensureProbesConfiguredInKubernetesCluster"},
    ],
    "assignmentType": "Custom",
    "somethingOfTomorrow": {"deep": [1, {"er": None}]},
}
TOP = {
    "location": "westeurope",
    "identity": {"type": "SystemAssigned", "principalId": "p", "tenantId": "t"},
    "somethingOfTomorrow": ["x"],
}
METADATA = {"assignedBy": "Terraform", "parameterScopes": {"a": "b"}, "ticket": 42}
PARAMETERS = {
    "LABELS": {"value": ["example.com"]},
    "allowedContainerImagesRegex": {"value": "^example.azurecr.io/"},
    "requiredProbes": {"value": ["livenessProbe"]},
    "SOURCE": {"value": "Original"},
}


def decorated(body, overrides=()):
    body = copy.deepcopy(body)
    properties = body["properties"]
    properties.update(copy.deepcopy(PROPERTIES))
    body.update(copy.deepcopy(TOP))
    properties["metadata"].update(copy.deepcopy(METADATA))
    given_lower = {name.lower() for name in PARAMETERS}
    properties["parameters"] = {
        name: value for name, value in properties["parameters"].items() if name.lower() not in given_lower
    } | copy.deepcopy(PARAMETERS)
    properties["overrides"] = [*properties.get("overrides", []), *copy.deepcopy(list(overrides))]
    return body


def assert_survived(sent, overrides=()):
    properties = sent["properties"]
    for name, value in PROPERTIES.items():
        assert properties[name] == value
    for name, value in TOP.items():
        assert sent[name] == value
    for name, value in METADATA.items():
        assert properties["metadata"][name] == value
    for name, value in PARAMETERS.items():
        assert properties["parameters"][name] == value
    lowered = [name.lower() for name in properties["parameters"]]
    assert len(lowered) == len(set(lowered)), "no parameter twice in two spellings"
    for override in overrides:
        assert override in properties["overrides"]


@pytest.mark.parametrize("change", EVERY_CHANGE)
@pytest.mark.parametrize("start", [WARNING, ENFORCEMENT, OFF])
def test_properties_parameters_metadata_and_top_level_survive(start, change):
    assert_survived(rendered(decorated(updated(None, start)), change).body)


@pytest.mark.parametrize("change", EVERY_CHANGE)
@pytest.mark.parametrize("start", [WARNING, ENFORCEMENT, OFF])
@pytest.mark.parametrize("override", OVERRIDES.values(), ids=OVERRIDES)
def test_an_override_survives(override, start, change):
    assert_survived(rendered(decorated(updated(None, start), [override]), change).body, [override])


def test_all_overrides_survive_together_in_their_order():
    foreign = [item for name, item in OVERRIDES.items() if name not in ("in, in another case", "empty selectors")]
    body = updated(decorated(updated(None, WARNING), foreign), ENFORCEMENT, Change(version="v3.0.0"), OFF)
    assert body["properties"]["overrides"] == foreign


def test_a_foreign_setting_alone_is_no_change():
    body = decorated(updated(None, WARNING), OVERRIDES.values())
    assert not rendered(body, Change()).changes


def test_ours_leaves_out_the_member_that_a_foreign_override_names():
    body = rendered(decorated(updated(None, ENFORCEMENT), [OVERRIDES["in, in another case"]]), ENFORCEMENT).body
    ours, foreign = body["properties"]["overrides"]
    assert ours["selectors"][0]["in"] == [name for name in V2_VALIDATORS if name != "uniqueServiceSelectors"]
    assert foreign == OVERRIDES["in, in another case"]
    assert effects_of(body, "2.1.1")["uniqueServiceSelectors"] == "Audit"


def test_an_override_of_a_members_version_does_not_take_the_member_from_ours():
    body = rendered(decorated(updated(None, WARNING), [OVERRIDES["a member's version"]]), ENFORCEMENT).body
    assert effects_of(body, "2.1.1")["uniqueServiceSelectors"] == "Deny"


def test_a_foreign_effect_that_stays_is_told_by_short_name():
    warnings = rendered(decorated(updated(None, WARNING), [OVERRIDES["in"]]), ENFORCEMENT).warnings
    assert any("unique-selectors (Audit)" in text for text in warnings)


@pytest.mark.parametrize("name", ["not in", "no selector", "empty selectors", "location"])
def test_a_foreign_override_that_swallows_ours_is_told(name):
    warnings = rendered(decorated(updated(None, WARNING), [OVERRIDES[name]]), ENFORCEMENT).warnings
    assert any("without naming policies" in text for text in warnings)


def test_nothing_is_told_where_no_policy_is_to_act():
    body = decorated(updated(None, WARNING), OVERRIDES.values())
    assert rendered(body, OFF).warnings == ()


def test_a_foreign_deny_under_off_stays_and_cannot_deny():
    body = updated(decorated(updated(None, WARNING), [effect_override("Deny", "imagesDoNotUseLatest")]), OFF)
    assert effect_override("Deny", "imagesDoNotUseLatest") in body["properties"]["overrides"]
    assert body["properties"]["enforcementMode"] == "DoNotEnforce"


def test_a_parameter_of_ours_in_another_case_is_replaced_and_not_doubled():
    body = updated(None, WARNING)
    parameters = body["properties"]["parameters"]
    parameters["EFFECT"] = parameters.pop("effect")
    parameters["ExcludedNamespaces"] = parameters.pop("excludedNamespaces")
    after = rendered(body, Change(Level.OFF, None, ("a",))).body["properties"]["parameters"]
    lowered = [name.lower() for name in after]
    assert len(lowered) == len(set(lowered))
    values = {name.lower(): holder["value"] for name, holder in after.items()}
    assert (values["effect"], values["excludednamespaces"]) == ("Disabled", [*SYSTEM, "a"])


class TestForeignOverridesOfManyMembers:
    """A foreign override may name more members than ours has left; it must not be taken for ours."""

    def test_warning_after_enforcement_denies_only_what_somebody_else_denies(self):
        theirs = FIRST_LIST[:8]
        body = updated(None, WARNING)
        body["properties"]["overrides"] = [effect_override("Deny", *theirs)]
        after = updated(body, ENFORCEMENT, WARNING)
        denied = {name for name, effect in effects_of(after, "2.1.1").items() if effect == "Deny"}
        assert denied == set(theirs)
        assert after["properties"]["overrides"] == [effect_override("Deny", *theirs)]

    def test_policies_that_somebody_disabled_stay_disabled_through_the_first_version(self):
        theirs = effect_override("Disabled", "imagesDoNotUseLatest", "containerEnforcePreStopHook")
        body = updated(None, WARNING)
        body["properties"]["overrides"] = [theirs]
        after = updated(body, Change(version="v1.0.0"), Change(version="v2.0.0"))
        assert after["properties"]["overrides"] == [theirs]

    def test_a_foreign_override_that_names_all_that_ours_would_is_still_foreign(self):
        theirs = effect_override("Deny", *V2_VALIDATORS)
        body = updated(None, WARNING)
        body["properties"]["overrides"] = [theirs]
        after = updated(body, ENFORCEMENT, WARNING)
        assert after["properties"]["overrides"] == [theirs]

    def test_a_foreign_override_that_disables_what_the_first_version_disables_is_still_foreign(self):
        theirs = effect_override(
            "Disabled", "imagesDoNotUseLatest", "containerEnforcePreStopHook", "printMutationsAnnotations"
        )
        body = updated(None, WARNING)
        body["properties"]["overrides"] = [theirs]
        after = updated(body, Change(Level.ENFORCEMENT, "v1.0.0"), Change(Level.WARNING, "v2.0.0"))
        assert after["properties"]["overrides"] == [theirs]


REFERENCES = st.builds(lambda names, count: names[:count], st.permutations(COMMON), st.integers(2, len(COMMON)))
EFFECTS = st.sampled_from(["Audit", "Deny", "Disabled"])
SMALL = st.builds(lambda value, name: effect_override(value, name), EFFECTS, st.sampled_from(COMMON))
LARGE = st.builds(lambda value, names: effect_override(value, *names), EFFECTS, REFERENCES)
OTHER = st.sampled_from(
    [OVERRIDES[name] for name in ("not in", "no selector", "in and location", "a member's version")]
)
NAMESPACES = st.lists(st.sampled_from(["a", "b-c", "team-*", "*-dev", "kube-system"]), max_size=3, unique=True).map(
    tuple
)
CHANGES = st.builds(
    Change,
    st.sampled_from([None, Level.OFF, Level.WARNING, Level.ENFORCEMENT]),
    st.sampled_from([None, "v1.0.0", "v2.0.0", "v3.0.0"]),
    st.none() | NAMESPACES,
)
SEQUENCES = st.lists(CHANGES, min_size=2, max_size=6)
PIN = {"v1.0.0": "2.1.1", "v2.0.0": "2.1.1", "v3.0.0": "3.0.0"}


def distinct(overrides):
    """Overrides that do not name the same member twice, as two such are not told apart by the service either."""
    seen, kept = set(), []
    for item in overrides:
        names = {name.lower() for selector in item.get("selectors", []) for name in selector.get("in", [])}
        if not names & seen:
            kept.append(item)
        seen |= names
    return kept


def assert_any_sequence_keeps(overrides, changes):
    body = decorated(updated(None, Change(Level.WARNING, "v2.0.0", ("start",))), overrides)
    start = copy.deepcopy(body)
    level, version, namespaces = Level.WARNING, "v2.0.0", ("start",)
    for change in changes:
        before = copy.deepcopy(body)
        try:
            rendering = rendered(body, change)
        except TooManyOverridesError:
            continue
        assert body == before, "the input was changed"
        level, version = change.level or level, change.version or version
        namespaces = namespaces if change.excluded_namespaces is None else change.excluded_namespaces
        assert_survived(rendering.body, overrides)
        body = stored(rendering.body)
        assert not rendered(body, change).changes, "the same again changes something"
        user = tuple(name for name in namespaces if name not in SYSTEM)
        assert body["properties"]["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, *user]
        assert body["properties"]["metadata"]["safeguardsLevel"] == level.value
        assert body["properties"]["metadata"]["safeguardsVersion"] == version
    direct = rendered(start, Change(level, version, namespaces)).body
    assert stored(direct) == body
    assert effects_of(direct, PIN[version]) == effects_of(body, PIN[version])
    return body, level, version, namespaces


@settings(max_examples=100, deadline=None)
@given(st.lists(SMALL | OTHER, max_size=3).map(distinct), SEQUENCES)
def test_any_sequence_keeps_foreign_settings_and_ends_as_the_last_intent_does(overrides, changes):
    assert_any_sequence_keeps(overrides, changes)


@settings(max_examples=100, deadline=None)
@given(st.lists(LARGE, min_size=1, max_size=2).map(distinct), SEQUENCES)
def test_any_sequence_keeps_foreign_overrides_of_many_members(overrides, changes):
    assert_any_sequence_keeps(overrides, changes)


@settings(max_examples=100, deadline=None)
@given(SEQUENCES)
def test_after_any_sequence_the_profile_is_what_was_asked_and_nothing_drifted(changes):
    body, level, version, namespaces = assert_any_sequence_keeps([], changes)
    found = profile(body)
    assert (found.level, found.version) == (level, version)
    assert found.excluded_namespaces == tuple(name for name in namespaces if name not in SYSTEM)
    assert found.drift == ()
