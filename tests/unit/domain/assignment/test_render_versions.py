# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Rendering when the version changes, and where an assignment can hold no more."""

import re

import pytest

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.errors import PinUnavailableError, TooManyOverridesError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import from_arm
from azext_safeguards.domain.level import Level
from tests.published_lists import FIRST_LIST, V2_VALIDATORS
from tests.unit.bodies import REQUIRED, effect_override, effect_parameters, foreign_assignment, rendered, updated
from tests.unit.domain.assignment.tables import ENFORCEMENT, OFF, WARNING, table
from tests.unit.recorded_definitions import arm_body, effects_of


class TestVersions:
    def test_the_third_version_loses_the_limits_that_somebody_set_and_says_so(self):
        body = updated(None, WARNING)
        body["properties"]["parameters"]["cpuLimit"] = {"value": "2"}
        after = rendered(body, Change(version="v3.0.0"))
        assert not {"cpuLimit", "memoryLimit"} & set(after.body["properties"]["parameters"])
        assert after.warnings == (
            "Safeguards version v3.0.0 has no parameter cpuLimit: the assignment no longer holds it.",
        )

    @pytest.mark.parametrize("level", [OFF, WARNING, ENFORCEMENT])
    @pytest.mark.parametrize("version", ["v1.0.0", "v2.0.0"])
    def test_what_nobody_but_us_had_set_is_no_loss(self, version, level):
        body = updated(None, Change(level.level if level is not OFF else Level.WARNING, version), level)
        after = rendered(body, Change(version="v3.0.0"))
        assert not {"cpuLimit", "memoryLimit"} & set(after.body["properties"]["parameters"])
        assert after.warnings == ()

    def test_back_in_the_second_version_the_limits_are_given_again(self):
        body = updated(None, WARNING, Change(version="v3.0.0"), Change(version="v2.0.0"))
        assert body["properties"]["parameters"]["cpuLimit"] == {"value": "5"}
        assert body["properties"]["parameters"]["memoryLimit"] == {"value": "5Gi"}
        assert effects_of(body, "2.1.1") == table("v2.0.0", Level.WARNING)

    def test_foreign_references_that_the_third_version_lacks_are_dropped_by_short_name(self):
        body = updated(None, WARNING)
        body["properties"]["overrides"] = [
            effect_override("Deny", "memoryAndCPULimitsInKubernetesCluster", "uniqueServiceSelectors"),
            effect_override("Disabled", "resourceCPULimits"),
        ]
        body["properties"]["nonComplianceMessages"] = [
            {"message": "for all"},
            {"message": "hook", "policyDefinitionReferenceId": "containerEnforcePreStopHook"},
            {"message": "probes", "policyDefinitionReferenceId": "ENSUREPROBESCONFIGUREDINKUBERNETESCLUSTER"},
        ]
        after = rendered(body, Change(version="v3.0.0"))
        properties = after.body["properties"]
        assert effect_override("Deny", "uniqueServiceSelectors") in properties["overrides"]
        assert not re.search("memoryAndCPU|resourceCPULimits|PreStop", str(properties))
        assert properties["nonComplianceMessages"] == [
            {"message": "for all"},
            {"message": "probes", "policyDefinitionReferenceId": "ENSUREPROBESCONFIGUREDINKUBERNETESCLUSTER"},
        ]
        told = " ".join(after.warnings)
        for name in ("resource-limits", "mutate-cpu-limits", "pre-stop-hook"):
            assert name in told
        assert "memoryAndCPULimitsInKubernetesCluster" not in told

    def test_a_member_that_only_the_live_definition_has_stays_disabled(self):
        live = arm_body("2.1.1", versions=["2.1.2", "2.1.1"])
        live["properties"]["version"] = "2.1.2"
        live["properties"]["policyDefinitions"].append(
            {
                "policyDefinitionReferenceId": "brandNew",
                "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/x",
                "parameters": {"effect": {"value": "[parameters('effect')]"}},
            }
        )
        live["properties"]["parameters"]["brandNewList"] = {"type": "Array", "defaultValue": []}
        known = Definitions(("2.1.2", "2.1.1"), {"2.1.2": from_arm(live)})
        body = updated(None, ENFORCEMENT, definitions=known)
        assert body["properties"]["overrides"] == [
            effect_override("Deny", *V2_VALIDATORS),
            effect_override("Disabled", "brandNew"),
        ]
        body["properties"]["parameters"]["brandNewList"] = {"value": ["mine"]}
        after = rendered(body, Change(Level.WARNING), known)
        assert after.body["properties"]["parameters"]["brandNewList"] == {"value": ["mine"]}
        assert after.body["properties"]["overrides"] == [effect_override("Disabled", "brandNew")]
        assert after.warnings == ()

    def test_a_parameter_that_the_live_definition_dropped_is_not_sent(self):
        live = arm_body("2.1.1", versions=["2.1.2"])
        live["properties"]["version"] = "2.1.2"
        del live["properties"]["parameters"]["cpuLimit"]
        del live["properties"]["parameters"]["warn"]
        known = Definitions(("2.1.2",), {"2.1.2": from_arm(live)})
        parameters = rendered(None, WARNING, known).body["properties"]["parameters"]
        assert set(parameters) == {
            *REQUIRED,
            "memoryLimit",
            "effect",
            "effectForMutationPolicies",
            "excludedNamespaces",
        }

    def test_a_version_that_was_not_fetched_cannot_be_rendered(self):
        with pytest.raises(LookupError):
            rendered(None, WARNING, Definitions(offered=("2.1.2",)))

    def test_a_pin_that_selects_nothing_anywhere_is_refused(self):
        body = foreign_assignment(pin="9.9.*", parameters=effect_parameters("Audit", True))
        with pytest.raises(PinUnavailableError, match=r"'9\.9\.\*'"):
            rendered(body, WARNING)


class TestLimits:
    @staticmethod
    def crowded(count):
        body = updated(None, WARNING)
        body["properties"]["overrides"] = [effect_override("Audit", name) for name in FIRST_LIST[:count]]
        return body

    def test_ten_overrides_are_written(self):
        overrides = rendered(self.crowded(9), ENFORCEMENT).body["properties"]["overrides"]
        assert len(overrides) == 10

    def test_an_eleventh_override_is_refused_before_writing(self):
        with pytest.raises(TooManyOverridesError) as refused:
            rendered(self.crowded(10), ENFORCEMENT)
        assert "10 overrides" in refused.value.message
        assert commands(refused.value.remedies)

    @pytest.mark.parametrize("change", [WARNING, OFF, Change(excluded_namespaces=("a",))])
    def test_what_needs_no_override_of_ours_is_not_refused(self, change):
        assert len(rendered(self.crowded(10), change).body["properties"]["overrides"]) == 10
