# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import copy

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.assignment.render import render
from azext_safeguards.domain.errors import LevelRequiredError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import from_arm
from azext_safeguards.domain.level import Level
from tests.published_lists import FIRST_LIST, V2_VALIDATORS
from tests.unit.bodies import (
    INITIATIVE,
    LIMITS,
    REQUIRED,
    SYSTEM,
    effect_override,
    effect_parameters,
    foreign_assignment,
    profile,
    rendered,
    stored,
    updated,
)
from tests.unit.domain.assignment.tables import (
    ENFORCEMENT,
    EVERY,
    INITIATIVE_VERSION,
    OFF,
    TABLES,
    WARNING,
    first,
    recorded,
    table,
)
from tests.unit.recorded_definitions import arm_body, definition, effects_of


class TestEveryVersionAtEveryLevel:
    @pytest.mark.parametrize(("version", "level"), EVERY)
    def test_each_member_has_this_effect(self, version, level):
        assert effects_of(first(level, version).body, INITIATIVE_VERSION[version]) == table(version, level)

    @pytest.mark.parametrize(("version", "level"), EVERY)
    def test_an_update_to_it_gives_the_same_effects_from_any_other(self, version, level):
        for other_version, other_level in EVERY:
            body = updated(None, Change(other_level, other_version), Change(level, version))
            assert effects_of(body, INITIATIVE_VERSION[version]) == table(version, level)

    @pytest.mark.parametrize(("version", "level"), EVERY)
    def test_pin_mode_definition_and_metadata(self, version, level):
        properties = first(level, version).body["properties"]
        assert properties["definitionVersion"] == {"v1.0.0": "2.1.*", "v2.0.0": "2.1.*", "v3.0.0": "3.0.*"}[version]
        assert properties["enforcementMode"] == ("DoNotEnforce" if level is Level.OFF else "Default")
        assert properties["policyDefinitionId"] == INITIATIVE
        assert properties["metadata"] == recorded(level, version)

    @pytest.mark.parametrize(("version", "level"), EVERY)
    def test_parameters(self, version, level):
        expected = {
            **REQUIRED,
            **({} if version == "v3.0.0" else LIMITS),
            "effect": {"value": "Disabled" if level is Level.OFF else "Audit"},
            "warn": {"value": level is not Level.OFF},
            "effectForMutationPolicies": {
                "value": "Mutate" if level is Level.ENFORCEMENT and version != "v1.0.0" else "Disabled"
            },
            "excludedNamespaces": {"value": SYSTEM},
        }
        assert first(level, version).body["properties"]["parameters"] == expected

    @pytest.mark.parametrize(("version", "level"), EVERY)
    def test_the_service_can_take_it(self, version, level):
        properties = first(level, version, ("a", "team-*")).body["properties"]
        declared = definition(INITIATIVE_VERSION[version])["parameters"]
        for name, holder in properties["parameters"].items():
            assert name in declared
            assert holder["value"] in declared[name].get("allowedValues", [holder["value"]])
        assert {name for name, spec in declared.items() if "defaultValue" not in spec} <= set(properties["parameters"])
        members = {item["referenceId"] for item in definition(INITIATIVE_VERSION[version])["policyDefinitions"]}
        overrides = properties.get("overrides", [])
        named = [name for item in overrides for name in item["selectors"][0]["in"]]
        assert len(overrides) <= 10
        assert all(0 < len(item["selectors"][0]["in"]) <= 50 for item in overrides)
        assert set(named) <= members
        assert len(named) == len(set(named)), "no member is reached by two overrides"
        for value in properties["metadata"].values():
            assert len(value) <= 1024

    @pytest.mark.parametrize(("version", "level"), EVERY)
    def test_the_notices_are_never_denied(self, version, level):
        # printMutationsAnnotations allows Audit and Disabled only (Azure/AKS#5501).
        body = first(level, version).body
        assert body["properties"]["parameters"]["effect"]["value"] in ("Audit", "Disabled")
        assert effects_of(body, INITIATIVE_VERSION[version])["printMutationsAnnotations"] in ("Audit", "Disabled")

    @pytest.mark.parametrize("version", TABLES)
    def test_off_holds_no_override(self, version):
        assert "overrides" not in first(Level.OFF, version).body["properties"]
        off = updated(None, Change(Level.ENFORCEMENT, version), OFF)
        assert not off["properties"].get("overrides")


def test_the_whole_body_of_a_first_enforcement():
    assert rendered(None, Change(Level.ENFORCEMENT, None, ("team-a",))).body == {
        "properties": {
            "displayName": "AKS deployment safeguards",
            "description": "Kubernetes best practices for this cluster, set by --safeguards-level.",
            "policyDefinitionId": INITIATIVE,
            "definitionVersion": "2.1.*",
            "enforcementMode": "Default",
            "metadata": {
                "safeguardsLevel": "Enforcement",
                "safeguardsVersion": "v2.0.0",
                "safeguardsOverrides": "bc41365c",
            },
            "parameters": {
                **REQUIRED,
                **LIMITS,
                "effect": {"value": "Audit"},
                "warn": {"value": True},
                "effectForMutationPolicies": {"value": "Mutate"},
                "excludedNamespaces": {"value": [*SYSTEM, "team-a"]},
            },
            "overrides": [effect_override("Deny", *V2_VALIDATORS)],
        }
    }


def test_the_overrides_of_the_first_version():
    assert first(Level.ENFORCEMENT, "v1.0.0").body["properties"]["overrides"] == [
        effect_override("Deny", *FIRST_LIST),
        effect_override("Disabled", *V2_VALIDATORS[11:], "printMutationsAnnotations"),
    ]


def test_what_the_service_owns_is_not_sent_back():
    sent = rendered(updated(None, WARNING), Change(excluded_namespaces=("a",))).body
    assert set(sent) == {"properties"}
    assert not {"scope", "instanceId"} & set(sent["properties"])
    assert set(sent["properties"]["metadata"]) == {"safeguardsLevel", "safeguardsVersion"}


class TestPartialUpdates:
    @pytest.mark.parametrize(("version", "level"), EVERY)
    def test_only_namespaces_keep_level_and_version(self, version, level):
        before = updated(None, Change(level, version, ("old",)))
        after = rendered(before, Change(excluded_namespaces=("new", "other"))).body
        expected = copy.deepcopy(before["properties"])
        expected["parameters"]["excludedNamespaces"]["value"] = [*SYSTEM, "new", "other"]
        assert effects_of(after, INITIATIVE_VERSION[version]) == table(version, level)
        for name in ("definitionVersion", "enforcementMode", "parameters"):
            assert after["properties"][name] == expected[name]
        assert after["properties"]["metadata"] == recorded(level, version)

    def test_only_a_level_keeps_version_and_namespaces(self):
        after = rendered(updated(None, Change(Level.WARNING, "v1.0.0", ("a",))), ENFORCEMENT).body["properties"]
        assert after["metadata"] == recorded(Level.ENFORCEMENT, "v1.0.0")
        assert after["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "a"]

    def test_only_a_version_keeps_level_and_namespaces(self):
        body = rendered(updated(None, Change(Level.ENFORCEMENT, "v1.0.0", ("a",))), Change(version="v3.0.0")).body
        assert effects_of(body, "3.0.0") == table("v3.0.0", Level.ENFORCEMENT)
        assert body["properties"]["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "a"]

    def test_an_empty_list_clears_the_users_namespaces_only(self):
        before = updated(None, Change(Level.WARNING, None, ("a", "b")))
        after = rendered(before, Change(excluded_namespaces=())).body
        assert after["properties"]["parameters"]["excludedNamespaces"]["value"] == SYSTEM

    def test_a_system_namespace_that_the_user_names_is_not_doubled(self):
        after = first(Level.WARNING, namespaces=("gatekeeper-system", "a", "kube-system")).body
        assert after["properties"]["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "a"]

    def test_an_update_without_a_level_keeps_the_mode_that_is_there(self):
        before = updated(None, ENFORCEMENT)
        before["properties"]["enforcementMode"] = "DoNotEnforce"
        for change in (Change(excluded_namespaces=("a",)), Change(version="v3.0.0")):
            assert rendered(before, change).body["properties"]["enforcementMode"] == "DoNotEnforce"

    def test_a_level_sets_the_mode(self):
        before = updated(None, ENFORCEMENT)
        before["properties"]["enforcementMode"] = "DoNotEnforce"
        assert rendered(before, ENFORCEMENT).body["properties"]["enforcementMode"] == "Default"

    def test_a_version_may_change_while_off(self):
        body = updated(None, WARNING, OFF, Change(version="v3.0.0"))
        assert effects_of(body, "3.0.0") == table("v3.0.0", Level.OFF)
        assert body["properties"]["enforcementMode"] == "DoNotEnforce"

    @pytest.mark.parametrize("change", [Change(version="v2.0.0"), Change(excluded_namespaces=("a",)), Change()])
    def test_without_safeguards_a_level_is_needed(self, change):
        with pytest.raises(LevelRequiredError, match="--safeguards-level"):
            rendered(None, change)


class TestOff:
    @pytest.mark.parametrize(("version", "level"), [pair for pair in EVERY if pair[1] is not Level.OFF])
    def test_off_then_on_restores_everything(self, version, level):
        before = updated(None, Change(level, version, ("a", "team-*")))
        assert updated(before, OFF, Change(level)) == before

    def test_off_keeps_what_was_excluded_and_the_version(self):
        off = rendered(updated(None, Change(Level.ENFORCEMENT, "v1.0.0", ("a",))), OFF).body["properties"]
        assert off["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "a"]
        assert off["metadata"] == {"safeguardsLevel": "Off", "safeguardsVersion": "v1.0.0"}

    def test_off_on_an_unknown_pin_sends_only_what_is_there(self):
        before = foreign_assignment(pin="9.9.*", parameters={"effect": {"value": "Deny"}, "newThing": {"value": [1]}})
        after = rendered(before, OFF)
        assert after.body["properties"]["parameters"] == {
            **REQUIRED,
            **LIMITS,
            "newThing": {"value": [1]},
            "effect": {"value": "Disabled"},
        }
        assert after.body["properties"]["definitionVersion"] == "9.9.*"
        assert after.body["properties"]["enforcementMode"] == "DoNotEnforce"
        assert after.warnings == ()

    def test_off_on_an_unknown_pin_turns_off_every_parameter_of_ours_that_is_there(self):
        before = foreign_assignment(
            pin="9.9.*", parameters={"WARN": {"value": True}, "effectForMutationPolicies": {"value": "Mutate"}}
        )
        after = rendered(before, OFF).body["properties"]["parameters"]
        lowered = {name.lower(): holder["value"] for name, holder in after.items()}
        assert (lowered["effect"], lowered["warn"], lowered["effectformutationpolicies"]) == (
            "Disabled",
            False,
            "Disabled",
        )
        assert len(lowered) == len(after), "no parameter is given twice in two spellings"

    def test_off_adds_nothing_that_an_old_version_does_not_declare(self):
        before = foreign_assignment(pin="1.3.*-preview", parameters={"effect": {"value": "Audit"}})
        assert set(rendered(before, OFF).body["properties"]["parameters"]) == {
            *REQUIRED,
            *LIMITS,
            "effect",
            "excludedNamespaces",
        }

    def test_off_keeps_what_only_a_newer_version_of_the_pin_declares(self):
        # Off does not read the initiative, so 2.1.* may select a version in this cloud that the catalog does not hold.
        before = updated(None, WARNING)
        before["properties"]["parameters"]["newInTwoOneTwo"] = {"value": ["x"]}
        before["properties"]["overrides"] = [effect_override("Deny", "newMemberOfTwoOneTwo")]
        after = rendered(before, OFF)
        assert after.body["properties"]["parameters"]["newInTwoOneTwo"] == {"value": ["x"]}
        assert after.body["properties"]["overrides"] == [effect_override("Deny", "newMemberOfTwoOneTwo")]
        assert after.warnings == ()

    def test_warning_after_an_off_that_did_not_know_the_definition_denies_nothing(self):
        entry = arm_body("1.6.0-preview")
        entry["properties"]["version"] = "1.5.0-preview"
        known = Definitions(("1.5.0-PREVIEW",), {"1.5.0-preview": from_arm(entry)})
        before = foreign_assignment(
            pin="1.5.*-preview",
            parameters={**effect_parameters("Audit", True), "excludedNamespaces": {"value": SYSTEM}},
        )
        enforced = updated(before, ENFORCEMENT, definitions=known)
        assert "Deny" in effects_of(enforced, "1.6.0-preview").values()
        off = updated(enforced, OFF)
        warned = updated(off, WARNING, definitions=known)
        assert set(effects_of(warned, "1.6.0-preview").values()) == {"Audit", "Disabled"}


class TestNothingToDo:
    @pytest.mark.parametrize(("version", "level"), EVERY)
    def test_the_same_again_changes_nothing(self, version, level):
        change = Change(level, version, ("b", "a"))
        again = rendered(updated(None, change), change)
        assert not again.changes
        assert again.warnings == ()

    @pytest.mark.parametrize(
        "change", [Change(), WARNING, Change(version="v2.0.0"), Change(excluded_namespaces=("a", "kube-system"))]
    )
    def test_what_is_already_so_changes_nothing(self, change):
        assert not rendered(updated(None, Change(Level.WARNING, "v2.0.0", ("a",))), change).changes

    @pytest.mark.parametrize(
        "change", [ENFORCEMENT, OFF, Change(version="v1.0.0"), Change(excluded_namespaces=()), Change(version="v3.0.0")]
    )
    def test_what_is_not_so_changes_something(self, change):
        assert rendered(updated(None, Change(Level.WARNING, "v2.0.0", ("a",))), change).changes

    def test_a_first_assignment_is_a_change(self):
        assert first(Level.OFF).changes

    def test_case_of_the_pin_and_order_of_references_make_no_change(self):
        body = updated(None, ENFORCEMENT)
        body["properties"]["overrides"][0]["selectors"][0]["in"].reverse()
        assert not rendered(body, ENFORCEMENT).changes

    def test_empty_members_that_the_portal_adds_make_no_change(self):
        body = updated(None, WARNING)
        body["properties"].update(notScopes=[], nonComplianceMessages=[], resourceSelectors=[], overrides=[])
        assert not rendered(body, WARNING).changes

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda properties: properties["parameters"]["effect"].update(value="Deny"),
            lambda properties: properties["parameters"].pop("warn"),
            lambda properties: properties["parameters"]["excludedNamespaces"].update(value=["kube-system"]),
            lambda properties: properties.update(definitionVersion="2.*.*"),
            lambda properties: properties.update(enforcementMode="DoNotEnforce"),
            lambda properties: properties.pop("overrides"),
            lambda properties: properties["metadata"].pop("safeguardsLevel"),
        ],
    )
    def test_a_change_of_any_field_of_ours_is_seen(self, spoil):
        body = updated(None, ENFORCEMENT)
        spoil(body["properties"])
        assert rendered(body, Change(Level.ENFORCEMENT, "v2.0.0")).changes


def test_rendering_leaves_its_arguments_as_they_are():
    body = updated(None, Change(Level.ENFORCEMENT, "v2.0.0", ("a",)))
    body["properties"]["overrides"].append(
        effect_override("Audit", "containerRestrictedImagePulls", "resourceCPULimits")
    )
    body["properties"]["nonComplianceMessages"] = [{"message": "x"}]
    before = copy.deepcopy(body)
    rendered(body, Change(Level.WARNING, "v3.0.0", ("b",)))
    assert body == before


def test_what_was_rendered_shares_nothing_with_what_it_was_rendered_from():
    body = updated(None, WARNING)
    body["properties"]["overrides"] = [effect_override("Audit", "containerRestrictedImagePulls")]
    body["properties"]["nonComplianceMessages"] = [{"message": "x"}]
    before = copy.deepcopy(body)
    result = rendered(body, ENFORCEMENT).body
    result["properties"]["parameters"]["labels"]["value"].append("spoiled")
    result["properties"]["overrides"][-1]["value"] = "spoiled"
    result["properties"]["nonComplianceMessages"][0]["message"] = "spoiled"
    assert body == before
    assert first(Level.WARNING).body["properties"]["parameters"]["labels"] == {"value": ["kubernetes.azure.com"]}


def test_what_is_read_back_is_what_was_asked():
    for version, level in EVERY:
        found = profile(updated(None, Change(level, version, ("a", "*-dev"))))
        assert found.level is level
        assert found.excluded_namespaces == ("a", "*-dev")
        assert found.drift == ()
        assert found.version == version


def test_a_body_without_an_answered_pin_gets_the_default_version():
    body = stored(foreign_assignment(pin=None, parameters=effect_parameters("Audit", True)))
    known = Definitions()
    after = render(read_assignment(body, known), WARNING, known)
    assert after.body["properties"]["definitionVersion"] == "2.1.*"
    assert after.body["properties"]["metadata"]["safeguardsVersion"] == "v2.0.0"
