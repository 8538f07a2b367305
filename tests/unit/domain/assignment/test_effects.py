# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.domain.assignment.effects import (
    member_effects,
    mutation_effect,
    parameter_value,
    same_actions,
    wanted_overrides,
)
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, bundled
from azext_safeguards.domain.level import Level
from tests.published_lists import FIRST_LIST, V2_VALIDATORS
from tests.unit.bodies import effect_override
from tests.unit.recorded_definitions import effects_of

V1, V2, V3 = PROFILE_VERSIONS.values()
TWO, THREE, PREVIEW = bundled()["2.1.1"], bundled()["3.0.0"], bundled()["1.4.1-preview"]


@pytest.mark.parametrize(
    ("level", "version", "definition", "effect"),
    [
        (Level.OFF, V2, TWO, "Disabled"),
        (Level.WARNING, V2, TWO, "Disabled"),
        (Level.ENFORCEMENT, V2, TWO, "Mutate"),
        (Level.ENFORCEMENT, V1, TWO, "Disabled"),
        (Level.ENFORCEMENT, V3, THREE, "Mutate"),
        (Level.ENFORCEMENT, None, TWO, "Mutate"),
        (Level.ENFORCEMENT, None, PREVIEW, "Disabled"),
    ],
)
def test_policies_mutate_only_under_enforcement_of_a_version_with_mutations(level, version, definition, effect):
    assert mutation_effect(level, version, definition) == effect


def test_off_and_warning_of_the_second_version_need_no_override():
    assert wanted_overrides(Level.OFF, V2, TWO) == {}
    assert wanted_overrides(Level.WARNING, V2, TWO) == {}


def test_enforcement_denies_the_validators_and_nothing_else():
    assert wanted_overrides(Level.ENFORCEMENT, V2, TWO) == dict.fromkeys(V2_VALIDATORS, "Deny")


def test_what_is_no_part_of_the_first_version_is_disabled():
    not_listed = dict.fromkeys(V2_VALIDATORS[11:], "Disabled") | {"printMutationsAnnotations": "Disabled"}
    assert wanted_overrides(Level.WARNING, V1, TWO) == not_listed
    assert wanted_overrides(Level.ENFORCEMENT, V1, TWO) == not_listed | dict.fromkeys(FIRST_LIST, "Deny")


def test_off_overrides_nothing_in_any_version():
    assert [wanted_overrides(Level.OFF, version, item) for version, item in ((V1, TWO), (V3, THREE), (None, TWO))] == [
        {},
        {},
        {},
    ]


def test_what_deploys_azure_resources_is_never_touched():
    assert "deployAzurePolicyAddOn" not in wanted_overrides(Level.ENFORCEMENT, None, bundled()["2.0.1"])


@pytest.mark.parametrize(
    ("parameters", "name", "value"),
    [
        ({"warn": {"value": True}}, "warn", True),
        ({"WARN": {"value": True}}, "warn", True),
        ({}, "warn", False),
        ({}, "effect", "Audit"),
        ({}, "excludedNamespaces", ["kube-system", "gatekeeper-system", "azure-arc"]),
        ({}, "cpuLimit", None),
        ({}, "noSuchParameter", None),
    ],
)
def test_a_parameter_has_its_value_or_the_default(parameters, name, value):
    assert parameter_value(parameters, TWO, name) == value


@pytest.mark.parametrize(
    "overrides",
    [
        [],
        [effect_override("Deny", "uniqueServiceSelectors")],
        [effect_override("Deny", "UNIQUESERVICESELECTORS", "imagesDoNotUseLatest")],
        [{"kind": "policyEffect", "value": "Disabled"}],
        [effect_override("Deny", "uniqueServiceSelectors"), {"kind": "policyEffect", "value": "Disabled"}],
        [
            {
                "kind": "policyEffect",
                "value": "Audit",
                "selectors": [{"kind": "policyDefinitionReferenceId", "notIn": ["uniqueServiceSelectors"]}],
            }
        ],
        [{"kind": "definitionVersion", "value": "1.0.*", "selectors": []}],
    ],
)
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"effect": {"value": "Disabled"}},
        {"EFFECT": {"value": "Deny"}, "effectForMutationPolicies": {"value": "Mutate"}},
    ],
)
def test_effects_are_those_of_overrides_then_parameters_then_defaults(parameters, overrides):
    body = {"properties": {"parameters": parameters, "overrides": overrides}}
    assert member_effects(parameters, overrides, TWO) == effects_of(body, "2.1.1")


def test_a_fixed_effect_is_what_it_is():
    assert member_effects({}, [], bundled()["2.0.1"])["deployAzurePolicyAddOn"] == "DeployIfNotExists"


@pytest.mark.parametrize(
    ("changed", "warns", "same"),
    [
        ({}, (True, True), True),
        ({}, (False, True), False),
        ({"uniqueServiceSelectors": "AUDIT"}, (True, True), True),
        ({"uniqueServiceSelectors": "Deny"}, (True, True), False),
        ({"uniqueServiceSelectors": "Disabled"}, (True, True), False),
        ({"resourceCPULimits": "Mutate"}, (True, True), False),
        ({"printMutationsAnnotations": "Disabled"}, (True, True), True),
    ],
)
def test_a_silent_audit_differs_from_a_warning_and_notices_do_not_count(changed, warns, same):
    warning = member_effects({"effect": {"value": "Audit"}}, [], TWO)
    assert same_actions(warning, {**warning, **changed}, warns, TWO) is same


def test_where_everything_is_disabled_warn_makes_no_difference():
    off = member_effects({"effect": {"value": "Disabled"}}, [], TWO)
    assert same_actions(off, off, (True, False), TWO)
