# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What stands in the way of a level is found before anything is written."""

from __future__ import annotations

import pytest

UPDATE = "aks update -g rg -n c1"
CREATE = "aks create -g rg -n c2 --no-ssh-key"
REGISTRATION = ["az aks safeguards register", "az feature register", "az resource wait", "az provider register"]
ENABLE_ADDON = "az aks enable-addons --addons azure-policy -g rg -n c1"


def commands(outcome):
    """What the error says to run."""
    return [line for line in outcome.err.splitlines() if line.startswith("az ")]


def refused(az, line):
    """Runs a command that must be refused by one error, having written nothing."""
    outcome = az(line, code=None)
    assert len(outcome.errors) == 1
    assert outcome.writes == []
    assert outcome.out == ""
    return outcome


@pytest.mark.parametrize("state", ["NotRegistered", "Registering", "Unregistered"])
@pytest.mark.parametrize("line", [UPDATE, f"{UPDATE} --tags a=b", f"{CREATE} --enable-addons azure-policy"])
def test_a_feature_that_is_not_registered(az, box, cluster, line, state):
    box.features.set_state("SafeguardsPreview", state)
    outcome = refused(az, f"{line} --safeguards-level Warning")
    assert "Microsoft.ContainerService/SafeguardsPreview" in outcome.errors[0]
    assert state in outcome.errors[0]
    assert [command.partition(" --")[0] for command in commands(outcome)] == REGISTRATION


def test_a_feature_that_was_retired_is_open_to_all(az, box, cluster):
    box.features.set_state("SafeguardsPreview", None)
    done = az(f"{UPDATE} --safeguards-level Warning")
    assert (done.profile["level"], done.err) == ("Warning", "")


@pytest.mark.parametrize("path", ["features/SafeguardsPreview", "deploymentSafeguards/default", "policySetDefinitions"])
def test_a_read_that_is_not_permitted_warns_and_goes_on(az, box, cluster, path):
    box.faults.add("GET", path, status=403, times=None)
    done = az(f"{UPDATE} --safeguards-level Warning")
    assert (done.profile["level"], done.writes) == ("Warning", ["PUT assignment"])
    assert done.err.count("WARNING: ") == 1


@pytest.mark.parametrize(
    "path",
    ["features/SafeguardsPreview", "deploymentSafeguards/default", "policySetDefinitions", "policyAssignments"],
)
def test_a_read_that_fails_otherwise_is_an_error(az, box, cluster, path):
    box.faults.add("GET", path, status=400, code="SomethingElse", times=None)
    assert "SomethingElse" in refused(az, f"{UPDATE} --safeguards-level Warning").errors[0]


def test_an_assignment_that_may_not_be_read_is_an_error(az, box, cluster):
    box.faults.add("GET", "policyAssignments", status=403, times=None)
    assert "AuthorizationFailed" in refused(az, f"{UPDATE} --safeguards-level Warning").errors[0]


@pytest.mark.parametrize("path", ["features/SafeguardsPreview", "deploymentSafeguards/default"])
def test_reads_never_register_a_resource_provider(az, box, cluster, path):
    box.faults.add("GET", path, status=409, code="MissingSubscriptionRegistration", times=None)
    outcome = az(f"{UPDATE} --safeguards-level Warning")
    assert outcome.writes == ["PUT assignment"]


def test_an_addon_that_is_missing_and_the_command_that_enables_it(az, box, stored):
    box.add_cluster("rg", "c1", azure_policy=False)
    outcome = refused(az, f"{UPDATE} --safeguards-level Warning")
    assert commands(outcome) == [ENABLE_ADDON]
    az(ENABLE_ADDON.removeprefix("az "))
    assert az(f"{UPDATE} --safeguards-level Warning").profile["level"] == "Warning"


def test_an_addon_that_was_disabled_counts_as_missing(az, box, cluster):
    box.clusters[cluster]["properties"]["addonProfiles"] = {"azurepolicy": {"enabled": False}}
    assert commands(refused(az, f"{UPDATE} --safeguards-level Enforcement")) == [ENABLE_ADDON]


def test_everything_that_is_missing_is_named_at_once(az, box):
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    cluster = box.add_cluster("rg", "c1", azure_policy=False)
    box.add_deployment_safeguards(cluster)
    outcome = refused(az, f"{UPDATE} --safeguards-level Warning")
    for named in ("SafeguardsPreview", "azure-policy", "deploymentSafeguards"):
        assert named in outcome.errors[0]
    said = commands(outcome)
    assert [command.partition(" --")[0] for command in said[:4]] == REGISTRATION
    assert said[4:] == [
        ENABLE_ADDON,
        "az aks safeguards update -g rg -n c1 --level Warn",
        "az aks safeguards profile migrate -g rg -n c1 --to assignment",
    ]


@pytest.mark.parametrize(("level", "managed"), [("Warning", "Warn"), ("Enforcement", "Enforce")])
def test_safeguards_that_aks_manages_are_not_fought_with(az, box, cluster, level, managed):
    box.add_deployment_safeguards(cluster)
    outcome = refused(az, f"{UPDATE} --safeguards-level {level} --safeguards-excluded-ns a,b")
    assert commands(outcome) == [
        f"az aks safeguards update -g rg -n c1 --level {managed} --excluded-ns a b",
        "az aks safeguards profile migrate -g rg -n c1 --to assignment",
    ]
    az(commands(outcome)[0].removeprefix("az "))
    az(commands(outcome)[1].removeprefix("az ") + " --yes")
    assert az(f"{UPDATE} --safeguards-level {level}").profile["level"] == level


def test_an_automatic_cluster_manages_its_own(az, box):
    box.add_cluster("rg", "c1", sku="Automatic")
    outcome = refused(az, f"{UPDATE} --safeguards-level Warning")
    assert "AKS Automatic" in outcome.errors[0]
    assert commands(outcome) == ["az aks safeguards show -g rg -n c1"]


@pytest.mark.parametrize("sku", ["automatic", "Automatic"])
def test_creating_an_automatic_cluster_is_refused_without_a_request(az, box, sku):
    box.add_group("rg")
    outcome = refused(az, f"aks create -g rg -n c2 --sku {sku} --safeguards-level Enforcement")
    assert "AKS Automatic" in outcome.errors[0]
    assert len(box.journal) == 0


@pytest.mark.parametrize("state", ["Updating", "Upgrading", "Starting", "Failed", "Canceled"])
def test_a_busy_or_broken_cluster_is_no_obstacle(az, box, cluster, state):
    box.clusters[cluster]["properties"]["provisioningState"] = state
    done = az(f"{UPDATE} --safeguards-level Warning")
    assert (done.profile["level"], done.json["provisioningState"]) == ("Warning", state)


@pytest.mark.parametrize("level", ["Warning", "Off"])
def test_a_cluster_that_is_being_deleted_is_refused(az, box, cluster, level):
    az(f"{UPDATE} --safeguards-level Enforcement")
    box.clusters[cluster]["properties"]["provisioningState"] = "Deleting"
    assert "being deleted" in refused(az, f"{UPDATE} --safeguards-level {level}").errors[0]


@pytest.mark.parametrize("group", [True, False])
@pytest.mark.parametrize(
    "flag", ["--safeguards-level Off", "--safeguards-level Warning", "--safeguards-version v1.0.0"]
)
def test_no_cluster_is_the_error_of_core(az, plain, box, group, flag):
    if group:
        box.add_group("rg")
    without = plain("aks update -g rg -n c1 --tags a=b", code=3)
    done = az(f"aks update -g rg -n c1 {flag}", code=3)
    assert (done.out, done.err) == (without.out, without.err)


@pytest.mark.parametrize("addons", ["", "--enable-addons monitoring"])
def test_create_without_the_addon_is_refused_and_nothing_is_created(az, box, addons):
    box.add_group("rg")
    outcome = refused(az, f"{CREATE} {addons} --safeguards-level Warning")
    assert "--enable-addons azure-policy" in outcome.err
    assert not box.clusters
    assert not box.assignments


def test_create_takes_the_addon_among_others_in_any_spelling(az, box, stored):
    box.add_group("rg")
    done = az(f"{CREATE} --enable-addons 'http_application_routing,azure-policy' --safeguards-level Warning")
    assert done.profile["level"] == "Warning"
    assert stored("rg", "c2")


def test_create_at_level_off_needs_nothing_and_writes_no_assignment(az, box):
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    box.add_group("rg")
    done = az(f"{CREATE} --safeguards-level Off")
    assert done.writes == ["PUT cluster"]
    assert not box.assignments


@pytest.mark.parametrize("line", [UPDATE, f"{UPDATE} --tags a=b", f"{CREATE} --enable-addons azure-policy"])
def test_a_permission_that_is_missing_is_found_before_anything_is_written(az, box, cluster, line):
    box.permissions.set([{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/write"]}])
    outcome = refused(az, f"{line} --safeguards-level Warning")
    assert "Microsoft.Authorization/policyAssignments/write" in outcome.errors[0]
    assert "policyAssignments/read" not in outcome.errors[0]


def test_off_does_not_ask_for_permissions_first(az, box, cluster, stored):
    az(f"{UPDATE} --safeguards-level Warning")
    box.permissions.set([{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/write"]}])
    outcome = az(f"{UPDATE} --safeguards-level Off", code=None)
    assert {"GET assignment", "GET cluster", "PUT assignment"} <= set(outcome.sent)
    assert "GET permissions" not in outcome.sent
    assert "AuthorizationFailed" in outcome.err
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Warning"
