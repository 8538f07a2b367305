# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.

import pytest
from azure.core.exceptions import AzureError, HttpResponseError

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.choices.changing import PolicyReset, PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.errors import (
    ForeignDefinitionError,
    LevelRequiredError,
    PinUnavailableError,
    PreflightError,
    TooManyOverridesError,
)
from azext_safeguards.domain.level import Level
from azext_safeguards.services.apply import apply_plan
from tests.published_lists import FIRST_LIST, V2_VALIDATORS
from tests.unit.bodies import (
    CLUSTER_ID,
    INITIATIVE,
    NAME,
    SYSTEM,
    effect_override,
    effect_parameters,
    foreign_assignment,
    updated,
)
from tests.unit.recorded_definitions import arm_body, effects_of
from tests.unit.services.ready import (
    ASSIGNMENT,
    CLUSTER,
    ENFORCEMENT,
    FEATURE,
    FORBIDDEN,
    MANAGED,
    OFF,
    PERMISSIONS,
    PROVIDER,
    RAW_CLUSTER,
    READS,
    WARNING,
    Service,
    change,
    plan,
)
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error


class TestRequests:
    def test_a_first_level_is_one_wave_of_reads_and_one_write(self):
        service = Service()
        planned, profile = change(service, Change(Level.ENFORCEMENT, None, ("team-a",)))
        assert planned.writes
        assert planned.assignment is None
        assert [call.method for call in service.calls[:READS]] == ["GET"] * READS
        (write,) = service.calls[READS:]
        assert (write.method, write.path, write.query) == ("PUT", ASSIGNMENT, {"api-version": "2023-04-01"})
        assert write.json["properties"]["overrides"] == [effect_override("Deny", *V2_VALIDATORS)]
        assert write.json["properties"]["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "team-a"]
        assert profile.as_cluster_member() == {
            "level": "Enforcement",
            "version": "v2.0.0",
            "excludedNamespaces": ["team-a"],
            "systemExcludedNamespaces": SYSTEM,
        }

    def test_off_reads_two_things_and_what_others_put_beside_and_writes(self):
        service = Service(updated(None, ENFORCEMENT))
        _, profile = change(service, OFF)
        assert service.requested() == [
            ("GET", "Microsoft.Authorization/policyAssignments"),
            ("GET", "Microsoft.Authorization/policyExemptions"),
            ("GET", "managedClusters/c1"),
            ("GET", f"policyAssignments/{NAME}"),
            ("PUT", f"policyAssignments/{NAME}"),
        ]
        assert set(effects_of(service.writes[0].json, "2.1.1").values()) == {"Disabled"}
        assert profile.level is Level.OFF

    def test_off_without_an_assignment_writes_nothing_and_says_so(self):
        service = Service()
        planned, profile = change(service, OFF)
        assert (planned.writes, planned.rendering, profile) == (False, None, None)
        assert service.writes == []
        assert len(service.calls) == 4
        assert "'c1'" in planned.warnings[0]

    def test_off_twice_writes_once(self):
        service = Service(updated(None, ENFORCEMENT, OFF))
        planned, profile = change(service, OFF)
        assert not planned.writes
        assert service.writes == []
        assert profile.level is Level.OFF

    @pytest.mark.parametrize("wanted", [WARNING, Change(version="v2.0.0"), Change(excluded_namespaces=("a",))])
    def test_where_nothing_changes_nothing_is_written(self, wanted):
        service = Service(updated(None, Change(Level.WARNING, "v2.0.0", ("a",))))
        planned, profile = change(service, wanted)
        assert not planned.writes
        assert service.writes == []
        assert len(service.calls) == READS
        assert profile.excluded_namespaces == ("a",)

    def test_only_namespaces_take_one_wave_of_reads_and_one_write(self):
        service = Service(updated(None, ENFORCEMENT))
        change(service, Change(excluded_namespaces=("b",)))
        assert len(service.calls) == READS + 1
        assert len(service.writes) == 1

    def test_a_pin_that_the_catalog_does_not_know_costs_one_more_read(self):
        old = arm_body("1.6.0-preview")
        old["properties"]["version"] = "1.5.0-preview"
        service = Service(foreign_assignment(pin="1.5.*-preview", parameters=effect_parameters("Audit", True)))
        service.on("GET", f"{INITIATIVE}/versions/1.5.0-preview", Answer(200, old))
        planned, profile = change(service, ENFORCEMENT)
        extra = [call for call in service.calls if "/versions/" in call.path]
        assert [(call.path, call.query) for call in extra] == [
            (f"{INITIATIVE}/versions/1.5.0-preview", {"api-version": "2023-04-01"})
        ]
        assert planned.writes
        assert service.writes[0].json["properties"]["definitionVersion"] == "1.5.*-preview"
        assert profile.version == "1.5.*-preview"

    def test_a_newer_version_of_the_pin_is_read_and_decides(self):
        newer = arm_body("2.1.1")
        newer["properties"]["version"] = "2.1.2"
        newer["properties"]["policyDefinitions"].append(
            {
                "policyDefinitionReferenceId": "brandNew",
                "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/x",
                "parameters": {"effect": {"value": "[parameters('effect')]"}},
            }
        )
        service = Service(versions=["3.0.0", "2.1.2", "2.1.1"])
        service.on("GET", f"{INITIATIVE}/versions/2.1.2", Answer(200, newer))
        change(service, WARNING)
        assert len(service.calls) == READS + 2
        assert service.writes[0].json["properties"]["overrides"] == [effect_override("Disabled", "brandNew")]

    def test_the_newest_version_came_with_the_list_and_is_not_read_again(self):
        newest = arm_body("3.0.0", versions=["3.0.1", "3.0.0"])
        newest["properties"]["version"] = "3.0.1"
        service = Service()
        service.on("GET", INITIATIVE, Answer(200, newest))
        change(service, Change(Level.WARNING, "v3.0.0"))
        assert len(service.calls) == READS + 1

    @pytest.mark.parametrize(
        "extra",
        [
            {"overrides": [{"kind": "definitionVersion", "value": "1.0.*", "selectors": []}]},
            {"enforcementMode": "Enroll"},
        ],
    )
    def test_what_only_a_newer_api_knows_is_written_with_it(self, extra):
        body = updated(None, WARNING)
        body["properties"].update(extra)
        service = Service(body)
        change(service, Change(excluded_namespaces=("a",)))
        assert service.writes[0].query == {"api-version": "2025-11-01"}
        for name, value in extra.items():
            assert service.writes[0].json["properties"][name] == value

    def test_the_profile_after_a_write_is_read_from_the_answer(self):
        service = Service()
        planned = plan(service, WARNING)
        silent = updated(None, WARNING)
        silent["properties"]["parameters"]["excludedNamespaces"]["value"] = [*SYSTEM, "as-stored"]

        other = ResourceManager().on("PUT", ASSIGNMENT, Answer(201, silent))
        assert apply_plan(client(other), CLUSTER, planned).excluded_namespaces == ("as-stored",)


class TestRefusals:
    @pytest.mark.parametrize(
        ("spoil", "code"),
        [
            (
                lambda service: service.on("GET", FEATURE, Answer(200, {"properties": {"state": "NotRegistered"}})),
                "feature",
            ),
            (lambda service: service.on("GET", CLUSTER_ID, Answer(200, {"properties": {}})), "add-on"),
            (
                lambda service: service.on("GET", PROVIDER, Answer(200, {"registrationState": "NotRegistered"})),
                "Insights",
            ),
            (
                lambda service: service.on(
                    "GET", CLUSTER_ID + PERMISSIONS, Answer(200, {"value": [{"actions": ["*/read"]}]})
                ),
                "policyAssignments/write",
            ),
            (lambda service: service.on("GET", MANAGED, Answer(200, {"properties": {"level": "Warn"}})), "manages"),
        ],
    )
    @pytest.mark.parametrize("wanted", [WARNING, ENFORCEMENT])
    def test_preflight_refuses_before_anything_is_written(self, spoil, code, wanted):
        service = Service()
        spoil(service)
        with pytest.raises(PreflightError, match=code):
            plan(service, wanted)
        assert service.writes == []

    def test_preflight_looks_at_the_level_in_force_where_none_is_given(self):
        service = Service(updated(None, WARNING))
        service.on("GET", CLUSTER_ID + PERMISSIONS, Answer(200, {"value": [{"actions": ["*/read"]}]}))
        with pytest.raises(PreflightError):
            plan(service, Change(excluded_namespaces=("a",)))

    @pytest.mark.parametrize("automatic", [False, True])
    @pytest.mark.parametrize(
        "asked",
        [
            Change(policies=PolicySet(("probes",), Choice.OFF)),
            Change(policies=PolicyReset()),
            Change(excluded_namespaces=("a",)),
            Change(version="v1.0.0"),
        ],
        ids=["policy", "reset", "namespaces", "version"],
    )
    def test_a_change_without_a_level_where_both_act_is_made_and_the_other_one_told(self, asked, automatic):
        service = Service(updated(None, WARNING, Change(policies=PolicySet(("probes",), Choice.DENY))))
        service.on("GET", MANAGED, Answer(200, {"properties": {"level": "Enforce"}}))
        if automatic:
            service.on("GET", CLUSTER_ID, Answer(200, {**RAW_CLUSTER, "sku": {"name": "Automatic"}}))
        planned, _ = change(service, asked)
        assert planned.writes
        told = planned.warnings[0]
        assert "can't be turned off" in told if automatic else "go on beside the assignment, at level Enforce" in told

    def test_an_edit_while_off_is_not_held_to_what_a_level_needs(self):
        service = Service(updated(None, WARNING, OFF))
        service.on("GET", MANAGED, Answer(200, {"properties": {"level": "Warn"}}))
        service.on("GET", FEATURE, Answer(200, {"properties": {"state": "NotRegistered"}}))
        _, profile = change(service, Change(excluded_namespaces=("a",)))
        assert profile.excluded_namespaces == ("a",)
        assert profile.level is Level.OFF

    def test_a_new_cluster_needs_the_addon_on_the_command_line(self):
        with pytest.raises(PreflightError, match="add-on"):
            plan(Service(), WARNING, new_cluster=True, enables_addon=False)
        assert plan(Service(), WARNING, new_cluster=True, enables_addon=True).writes

    @pytest.mark.parametrize("wanted", [Change(version="v2.0.0"), Change(excluded_namespaces=("a",))])
    def test_without_safeguards_a_level_is_needed(self, wanted):
        with pytest.raises(LevelRequiredError):
            plan(Service(), wanted)

    @pytest.mark.parametrize("wanted", [Change(version="v2.0.0"), Change(policies=PolicyReset())])
    def test_where_aks_manages_them_a_level_is_no_way_on(self, wanted):
        service = Service()
        service.on("GET", MANAGED, Answer(200, {"properties": {"level": "Enforce"}}))
        with pytest.raises(PreflightError, match="AKS already manages") as refused:
            plan(service, wanted)
        assert (
            commands(refused.value.remedies)[-1]
            == f"az aks safeguards profile migrate {CLUSTER.arguments} --to assignment"
        )

    @pytest.mark.parametrize("wanted", [WARNING, OFF])
    def test_an_assignment_on_another_definition_is_never_touched(self, wanted):
        body = foreign_assignment()
        body["properties"]["policyDefinitionId"] = "/providers/Microsoft.Authorization/policyDefinitions/x"
        service = Service(body)
        with pytest.raises(ForeignDefinitionError):
            plan(service, wanted)
        assert service.writes == []

    def test_more_overrides_than_fit_are_refused_before_writing(self):
        body = updated(None, WARNING)
        body["properties"]["overrides"] = [effect_override("Audit", name) for name in FIRST_LIST[:10]]
        service = Service(body)
        with pytest.raises(TooManyOverridesError):
            plan(service, ENFORCEMENT)
        assert service.writes == []

    def test_a_cloud_that_lags_is_told_with_what_it_has(self):
        service = Service(versions=["2.0.1", "2.0.0-PREVIEW"])
        with pytest.raises(PinUnavailableError) as refused:
            plan(service, WARNING)
        assert "'2.1.*'" in refused.value.message
        assert "2.0.1" in refused.value.message
        assert service.writes == []

    def test_a_cloud_without_the_initiative_is_told(self):
        service = Service()
        service.on("GET", INITIATIVE, error(404, "PolicySetDefinitionNotFound"))
        with pytest.raises(PinUnavailableError):
            plan(service, WARNING)

    def test_a_version_that_is_listed_but_not_there_is_told(self):
        with pytest.raises(PinUnavailableError, match=r"2\.1\.9"):
            plan(Service(versions=["3.0.0", "2.1.9"]), WARNING)


class TestFailingReads:
    @pytest.mark.parametrize(("path", "word"), [(FEATURE, "feature"), (MANAGED, "manages"), (INITIATIVE, "initiative")])
    def test_what_may_not_be_read_warns_and_goes_on(self, path, word):
        service = Service()
        service.on("GET", path, FORBIDDEN)
        planned, profile = change(service, WARNING)
        assert len(planned.warnings) == 1
        assert word in planned.warnings[0]
        assert len(service.writes) == 1
        assert profile.level is Level.WARNING

    @pytest.mark.parametrize("path", [FEATURE, MANAGED, INITIATIVE])
    @pytest.mark.parametrize("status", [401, 429, 500, 503])
    def test_another_failure_is_an_error_and_nothing_is_written(self, path, status):
        service = Service()
        service.on("GET", path, error(status, "Broken"))
        with pytest.raises(HttpResponseError) as failed:
            plan(service, WARNING)
        assert failed.value.status_code == status
        assert service.writes == []

    @pytest.mark.parametrize("path", [FEATURE, MANAGED, INITIATIVE, PROVIDER, CLUSTER_ID + PERMISSIONS])
    @pytest.mark.parametrize("status", [403, 409, 500])
    def test_off_does_not_depend_on_them(self, path, status):
        service = Service(updated(None, WARNING))
        service.on("GET", path, error(status, "Broken"))
        _, profile = change(service, OFF)
        assert profile.level is Level.OFF

    @pytest.mark.parametrize("status", [401, 403, 500])
    @pytest.mark.parametrize("wanted", [WARNING, OFF])
    def test_an_assignment_that_cannot_be_read_is_an_error(self, status, wanted):
        service = Service()
        service.on("GET", ASSIGNMENT, error(status, "Broken"))
        with pytest.raises(HttpResponseError) as failed:
            plan(service, wanted)
        assert failed.value.status_code == status
        assert service.writes == []

    def test_a_feature_that_is_gone_goes_on_without_a_word(self):
        service = Service()
        service.on("GET", FEATURE, error(404, "FeatureNotFound"))
        assert plan(service, WARNING).warnings == ()

    @pytest.mark.parametrize("path", [MANAGED, ASSIGNMENT])
    def test_an_unregistered_provider_is_absence_and_nothing_is_registered(self, path):
        service = Service()
        service.on("GET", path, error(409, "MissingSubscriptionRegistration"))
        planned = plan(service, WARNING)
        assert planned.writes
        assert planned.warnings == ()
        assert service.writes == []

    def test_a_write_that_fails_is_raised(self):
        planned = plan(Service(), WARNING)
        refusing = ResourceManager().on("PUT", ASSIGNMENT, FORBIDDEN)
        with pytest.raises(AzureError) as failed:
            apply_plan(client(refusing), CLUSTER, planned)
        assert failed.value.status_code == 403
        assert len(refusing.calls) == 1


class TestOffWithoutTheInitiative:
    def test_an_unknown_pin_is_turned_off_without_its_definition(self):
        service = Service(foreign_assignment(pin="1.5.*-preview", parameters=effect_parameters("Deny", True, "Mutate")))
        change(service, OFF)
        assert len(service.calls) == 5
        sent = service.writes[0].json["properties"]
        assert sent["parameters"]["effect"] == {"value": "Disabled"}
        assert sent["parameters"]["effectForMutationPolicies"] == {"value": "Disabled"}
        assert sent["definitionVersion"] == "1.5.*-preview"
        assert sent["enforcementMode"] == "DoNotEnforce"

    def test_off_keeps_a_parameter_that_only_this_clouds_version_of_the_pin_declares(self):
        body = updated(None, WARNING)
        body["properties"]["parameters"]["newInTwoOneTwo"] = {"value": ["x"]}
        service = Service(body, versions=["3.0.0", "2.1.2"])
        planned, _ = change(service, OFF)
        assert service.writes[0].json["properties"]["parameters"]["newInTwoOneTwo"] == {"value": ["x"]}
        assert planned.warnings == ()
