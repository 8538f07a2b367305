# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whose an assignment is, and what is made of one that holds none of our metadata."""

import pytest

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change, Intent
from azext_safeguards.domain.assignment.reading import pins_to_know, read_assignment
from azext_safeguards.domain.errors import ForeignDefinitionError, LevelRequiredError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from tests.published_lists import FIRST_LIST, V2_VALIDATORS
from tests.unit.bodies import (
    INITIATIVE,
    SYSTEM,
    effect_override,
    effect_parameters,
    foreign_assignment,
    profile,
    rendered,
    updated,
)
from tests.unit.recorded_definitions import effects_of

V1_ENFORCED = [
    effect_override("Deny", *FIRST_LIST),
    effect_override("Disabled", "imagesDoNotUseLatest", "containerEnforcePreStopHook", "printMutationsAnnotations"),
]


def read(body):
    return read_assignment(body, Definitions())


class TestWhoseItIs:
    @pytest.mark.parametrize("definition", [INITIATIVE, INITIATIVE.upper(), INITIATIVE + "/", INITIATIVE.strip("/")])
    def test_our_initiative_is_known_in_any_case(self, definition):
        body = foreign_assignment(parameters=effect_parameters("Audit", True))
        body["properties"]["policyDefinitionId"] = definition
        assert read(body).intent.level is Level.WARNING

    @pytest.mark.parametrize(
        "definition",
        [
            "/providers/Microsoft.Authorization/policySetDefinitions/a8640138-9b0a-4a28-b8cb-1666c838647d",
            "/subscriptions/s" + INITIATIVE,
            INITIATIVE + "x",
            INITIATIVE + "/versions/2.1.1",
            "",
        ],
    )
    def test_an_assignment_of_that_name_on_another_definition_is_left_alone(self, definition):
        body = foreign_assignment(parameters=effect_parameters("Audit", True))
        body["properties"]["policyDefinitionId"] = definition
        with pytest.raises(ForeignDefinitionError) as refused:
            read(body)
        assert f"'{definition}'" in refused.value.message
        assert "az policy assignment show" in commands(refused.value.remedies)[0]

    def test_a_recorded_intent_is_read_as_ours(self):
        found = read(updated(None, Change(Level.ENFORCEMENT, "v1.0.0", ("a",))))
        assert found.is_recorded
        assert found.intent == Intent(Level.ENFORCEMENT, "v1.0.0")
        assert found.user_namespaces == ("a",)
        assert found.overrides.foreign == ()

    @pytest.mark.parametrize(
        ("body", "pins"),
        [
            (foreign_assignment(pin="1.7.*-preview"), ["1.7.*-preview"]),
            (foreign_assignment(pin=None), []),
            (
                foreign_assignment(pin="3.0.*", metadata={"safeguardsLevel": "Warning", "safeguardsVersion": "v2.0.0"}),
                ["3.0.*", "2.1.*"],
            ),
            (
                foreign_assignment(pin="2.1.*", metadata={"safeguardsLevel": "Warning", "safeguardsVersion": "v2.0.0"}),
                ["2.1.*"],
            ),
        ],
    )
    def test_the_pins_whose_definitions_it_takes_to_read_it(self, body, pins):
        assert pins_to_know(body) == pins


ADOPTED = [
    ("Warning on the default pin", "2.1.*", ("Audit", True, "Disabled"), [], Level.WARNING, "v2.0.0"),
    ("Warning on 3.0", "3.0.*", ("Audit", True, "Disabled"), None, None, "v3.0.0"),
    (
        "Enforcement by overrides",
        "2.1.*",
        ("Audit", True, "Mutate"),
        [effect_override("Deny", *V2_VALIDATORS)],
        Level.ENFORCEMENT,
        "v2.0.0",
    ),
    (
        "Enforcement by overrides in lower case",
        "2.1.*",
        ("audit", True, "Mutate"),
        [effect_override("deny", *(name.lower() for name in V2_VALIDATORS))],
        Level.ENFORCEMENT,
        "v2.0.0",
    ),
    (
        "Enforcement by several overrides",
        "2.1.*",
        ("Audit", True, "Mutate"),
        [effect_override("Deny", *V2_VALIDATORS[:6]), effect_override("Deny", *V2_VALIDATORS[6:])],
        Level.ENFORCEMENT,
        "v2.0.0",
    ),
    ("Enforcement by the parameter", "1.7.*-preview", ("Deny", False, "Mutate"), [], Level.ENFORCEMENT, None),
    ("Enforcement of an old version", "1.4.*-preview", ("Deny", False, None), [], Level.ENFORCEMENT, None),
    (
        "Enforcement of the first version",
        "2.1.*",
        ("Audit", True, "Disabled"),
        V1_ENFORCED,
        Level.ENFORCEMENT,
        "v1.0.0",
    ),
    ("Warning of an old version", "1.4.*-preview", ("Audit", True, None), [], Level.WARNING, None),
    ("Off", "2.1.*", ("Disabled", False, "Disabled"), [], Level.OFF, "v2.0.0"),
    ("Off that would warn", "2.1.*", ("Disabled", True, "Disabled"), [], Level.OFF, "v2.0.0"),
    ("a silent audit", "2.1.*", ("Audit", False, "Disabled"), [], None, "v2.0.0"),
    ("a warning that mutates", "2.1.*", ("Audit", True, "Mutate"), [], None, "v2.0.0"),
    (
        "a warning that denies one policy",
        "2.1.*",
        ("Audit", True, "Disabled"),
        [effect_override("Deny", "ensureProbesConfiguredInKubernetesCluster")],
        Level.WARNING,
        "v2.0.0",
    ),
    (
        "an enforcement that audits one policy",
        "2.1.*",
        ("Audit", True, "Mutate"),
        [
            effect_override("Deny", *(name for name in V2_VALIDATORS if name != "uniqueServiceSelectors")),
            effect_override("Audit", "uniqueServiceSelectors"),
        ],
        Level.ENFORCEMENT,
        "v2.0.0",
    ),
    ("an unknown pin", "9.9.*", ("Audit", True, "Disabled"), [], None, None),
    ("an exact pin", "2.1.1", ("Audit", True, "Disabled"), [], Level.WARNING, None),
    ("a wide pin", "2.*.*", ("Audit", True, "Disabled"), [], Level.WARNING, None),
]


def adopted(pin, parameters, overrides):
    body = foreign_assignment(
        pin=pin,
        parameters={**effect_parameters(*parameters), "excludedNamespaces": {"value": [*SYSTEM, "mine"]}},
        overrides=overrides,
    )
    if pin.startswith("3."):
        for name in ("cpuLimit", "memoryLimit"):
            del body["properties"]["parameters"][name]
    return body


def acting(body, version):
    """Effects less those of the notices, which only print what a mutation did."""
    effects = {name: effect.lower() for name, effect in effects_of(body, version).items()}
    effects.pop("printMutationsAnnotations", None)
    return effects


class TestAdoption:
    @pytest.mark.parametrize(
        ("pin", "parameters", "overrides", "level", "version"),
        [case[1:] for case in ADOPTED],
        ids=[case[0] for case in ADOPTED],
    )
    def test_a_level_is_inferred_only_where_it_does_what_the_body_does(
        self, pin, parameters, overrides, level, version
    ):
        found = read(adopted(pin, parameters, overrides))
        assert not found.is_recorded
        assert found.intent == Intent(level, version)

    @pytest.mark.parametrize(
        ("pin", "parameters", "overrides"), [case[1:4] for case in ADOPTED], ids=[case[0] for case in ADOPTED]
    )
    def test_an_edit_of_namespaces_changes_no_effect_and_no_pin(self, pin, parameters, overrides):
        body = adopted(pin, parameters, overrides)
        recorded = {"2.1.*": "2.1.1", "2.1.1": "2.1.1", "2.*.*": "2.1.1", "3.0.*": "3.0.0"}
        version = recorded.get(pin, {"1.4.*-preview": "1.4.1-preview"}.get(pin, "1.7.0-preview"))
        if pin == "9.9.*":
            after = rendered(body, Change(excluded_namespaces=("other",))).body
        else:
            after = updated(body, Change(excluded_namespaces=("x",)), Change(excluded_namespaces=("other",)))
        assert acting(after, version) == acting(body, version)
        properties = after["properties"]
        assert properties["definitionVersion"] == pin
        assert properties["enforcementMode"] == "Default"
        assert properties["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "other"]
        assert properties["displayName"] == "made elsewhere"
        assert "description" not in properties

    def test_one_denied_policy_never_becomes_enforcement(self):
        override = effect_override("Deny", "ensureProbesConfiguredInKubernetesCluster")
        body = adopted("2.1.*", ("Audit", True, "Disabled"), [override])
        after = updated(body, Change(excluded_namespaces=("a",)), Change(excluded_namespaces=("b",)))
        assert after["properties"]["metadata"]["safeguardsLevel"] == "Warning"
        assert after["properties"]["overrides"] == [override]
        assert profile(after).level is Level.WARNING

    @pytest.mark.parametrize("count", range(1, 13))
    def test_however_many_policies_somebody_denies_the_others_keep_warning(self, count):
        override = effect_override("Deny", *V2_VALIDATORS[:count])
        body = adopted("2.1.*", ("Audit", True, "Disabled"), [override])
        after = updated(body, Change(excluded_namespaces=("a",)), Change(Level.WARNING))
        assert effects_of(after, "2.1.1") == effects_of(body, "2.1.1")

    def test_an_edit_of_namespaces_records_what_was_inferred(self):
        body = rendered(adopted("2.1.*", ("Audit", True, "Disabled"), []), Change(excluded_namespaces=("a",))).body
        assert body["properties"]["metadata"] == {"safeguardsLevel": "Warning", "safeguardsVersion": "v2.0.0"}

    def test_where_no_level_is_known_none_is_recorded(self):
        body = rendered(adopted("2.1.*", ("Audit", False, "Disabled"), []), Change(excluded_namespaces=("a",))).body
        assert "safeguardsLevel" not in body["properties"]["metadata"]
        assert body["properties"]["parameters"]["warn"] == {"value": False}

    def test_where_no_level_is_known_a_version_needs_one(self):
        with pytest.raises(LevelRequiredError, match="--safeguards-level"):
            rendered(adopted("2.1.*", ("Audit", False, "Disabled"), []), Change(version="v3.0.0"))

    @pytest.mark.parametrize(
        ("pin", "version"), [("1.7.*-preview", "1.7.0-preview"), ("2.*.*", "2.1.1"), ("2.1.1", "2.1.1")]
    )
    def test_a_level_on_an_odd_pin_keeps_the_pin_and_denies_that_versions_own_validators(self, pin, version):
        body = updated(adopted(pin, ("Audit", True, "Disabled"), []), Change(Level.ENFORCEMENT))
        effects = effects_of(body, version)
        assert body["properties"]["definitionVersion"] == pin
        assert body["properties"]["parameters"]["effect"] == {"value": "Audit"}
        assert {name for name, effect in effects.items() if effect == "Deny"} == set(V2_VALIDATORS)
        assert body["properties"]["metadata"]["safeguardsLevel"] == "Enforcement"
        assert "safeguardsVersion" not in body["properties"]["metadata"]
        assert profile(body).version == pin
        assert profile(body).level is Level.ENFORCEMENT

    def test_a_version_takes_an_odd_pin_to_a_profile_version(self):
        body = rendered(adopted("1.7.*-preview", ("Deny", False, "Mutate"), []), Change(version="v3.0.0")).body
        assert body["properties"]["definitionVersion"] == "3.0.*"
        assert body["properties"]["parameters"]["effect"] == {"value": "Audit"}
        assert effects_of(body, "3.0.0")["uniqueServiceSelectors"] == "Deny"

    def test_the_default_exclusions_are_adopted_with_azure_arc_as_the_users(self):
        body = foreign_assignment(parameters=effect_parameters("Audit", True))
        found = profile(body)
        assert found.excluded_namespaces == ("azure-arc",)
        after = rendered(body, Change(Level.ENFORCEMENT)).body
        assert after["properties"]["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "azure-arc"]

    @pytest.mark.parametrize(
        "metadata",
        [
            {"safeguardsLevel": "Bogus", "safeguardsVersion": "v2.0.0"},
            {"safeguardsLevel": 7, "safeguardsVersion": {"a": 1}},
            {"safeguardsLevel": None},
            {"safeguardsVersion": "v9"},
        ],
    )
    def test_junk_in_our_metadata_is_read_as_somebody_elses_and_replaced(self, metadata):
        body = foreign_assignment(parameters=effect_parameters("Audit", True), metadata={**metadata, "team": "x"})
        assert read(body).intent == Intent(Level.WARNING, "v2.0.0")
        after = rendered(body, Change(Level.WARNING)).body["properties"]["metadata"]
        assert after == {"team": "x", "safeguardsLevel": "Warning", "safeguardsVersion": "v2.0.0"}

    def test_a_recorded_level_with_a_junk_version_falls_back_to_what_the_pin_says(self):
        body = updated(None, Change(Level.WARNING, "v3.0.0"))
        body["properties"]["metadata"]["safeguardsVersion"] = "v7.7.7"
        assert profile(body).version == "v3.0.0"
        after = rendered(body, Change(Level.ENFORCEMENT)).body
        assert after["properties"]["definitionVersion"] == "3.0.*"
        assert effects_of(after, "3.0.0")["privilegedContainers"] == "Disabled"
