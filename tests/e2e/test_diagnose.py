# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards diagnose` names the cause first."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from .azcli import INITIATIVE

DIAGNOSE = "aks safeguards diagnose -g rg -n c1"
LONG_AGO = "2026-01-02T03:04:05.6789012Z"
CHECKS = [
    "cluster",
    "feature",
    "provider Microsoft.ContainerService",
    "provider Microsoft.PolicyInsights",
    "add-on",
    "managed safeguards",
    "assignment",
    "level",
    "enforcement mode",
    "namespaces",
    "definition version",
    "parameters",
    "selection",
    "overrides",
    "exemptions",
    "drift",
    "other assignments",
    "age",
    "compliance",
]


@pytest.fixture
def ours(warm, box, cluster):
    """The assignment of a healthy cluster at Enforcement, written long ago."""
    warm("aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns a")
    (body,) = box.assignments.values()
    body["properties"]["metadata"].update(createdOn=LONG_AGO, updatedOn=None, updatedBy=None)
    return body


def first(outcome):
    """The first check that is not ok."""
    return next(check for check in outcome.json if check["status"] != "ok")


def parameters(body):
    return body["properties"]["parameters"]


def override(value, *references):
    return {
        "kind": "policyEffect",
        "value": value,
        "selectors": [{"kind": "policyDefinitionReferenceId", "in": list(references)}],
    }


def exemption(box, body, expires=None, scope=None, references=("ensureProbesConfiguredInKubernetesCluster",)):
    where = scope or body["properties"]["scope"]
    properties = {
        "policyAssignmentId": body["id"],
        "policyDefinitionReferenceIds": list(references),
        "exemptionCategory": "Waiver",
        "expiresOn": expires,
        "assignmentScopeValidation": "DoNotValidate",
    }
    box.backends.exemptions.put(where, "pause", {"properties": properties})


def elsewhere(box, body):
    """Assigns the same initiative to the resource group."""
    group = body["properties"]["scope"].rpartition("/providers/")[0]
    sent = {"policyDefinitionId": INITIATIVE, "definitionVersion": "2.1.*", "parameters": parameters(body)}
    box.backends.assignments.put(group, "wide", {"properties": sent}, "2023-04-01")


def stopped(box, body):
    box.clusters[body["properties"]["scope"]]["properties"]["powerState"] = {"code": "Stopped"}


def addon_off(box, body):
    box.clusters[body["properties"]["scope"]]["properties"]["addonProfiles"]["azurepolicy"]["enabled"] = False


def another_definition(box, body):
    body["properties"]["policyDefinitionId"] = "/providers/Microsoft.Authorization/policyDefinitions/other"


def drop(name):
    return lambda box, body: parameters(body).pop(name)


def give(name, value):
    return lambda box, body: parameters(body).update({name: {"value": value}})


def put(name, value):
    return lambda box, body: body["properties"].update({name: value})


def disable_probes(box, body):
    body["properties"]["overrides"].append(override("Disabled", "ensureProbesConfiguredInKubernetesCluster"))


def sweep(box, body):
    body["properties"]["overrides"].append({"kind": "policyEffect", "value": "Disabled", "selectors": []})


BROKEN = {
    "a stopped cluster": (stopped, "cluster", "Stopped", "az aks start -g rg -n c1"),
    "no feature": (
        lambda box, body: box.features.set_state("SafeguardsPreview", "NotRegistered"),
        "feature",
        "NotRegistered",
        "az aks safeguards register",
    ),
    "no policy provider": (
        lambda box, body: box.providers.set_state("Microsoft.PolicyInsights", "NotRegistered"),
        "provider Microsoft.PolicyInsights",
        "NotRegistered",
        "az provider register --namespace Microsoft.PolicyInsights",
    ),
    "no add-on": (addon_off, "add-on", "not enabled", "az aks enable-addons --addons azure-policy -g rg -n c1"),
    "two owners": (
        lambda box, body: box.add_deployment_safeguards(body["properties"]["scope"]),
        "managed safeguards",
        "Warn",
        "az aks safeguards delete -g rg -n c1",
    ),
    "no assignment": (
        lambda box, body: box.assignments.clear(),
        "assignment",
        "no safeguards assignment",
        "az aks update -g rg -n c1 --safeguards-level Warning",
    ),
    "another definition": (another_definition, "assignment", "policyDefinitions/other", ""),
    "a mode that does nothing": (
        put("enforcementMode", "DoNotEnforce"),
        "enforcement mode",
        "DoNotEnforce",
        "az aks update -g rg -n c1 --safeguards-level Enforcement",
    ),
    "a pin without a version": (put("definitionVersion", "9.9.*"), "definition version", "9.9.*", "3.0.0"),
    "a parameter too many": (give("cpuLimitt", "1"), "parameters", "cpuLimitt", "az aks update -g rg -n c1"),
    "a parameter too few": (drop("cpuLimit"), "parameters", "cpuLimit", "az aks update -g rg -n c1"),
    "an excluded scope": (
        put("notScopes", ["/subscriptions/5a4dbc00-1111-4000-8000-000000000000"]),
        "selection",
        "notScopes",
        "--query notScopes",
    ),
    "a selector of elsewhere": (
        put("resourceSelectors", [{"name": "w", "selectors": [{"kind": "resourceLocation", "in": ["westus"]}]}]),
        "selection",
        "selects the cluster: w",
        "--query resourceSelectors",
    ),
    "a foreign override": (disable_probes, "overrides", "probes", "az policy assignment show"),
    "a sweeping override": (sweep, "overrides", "without naming", "az policy assignment show"),
    "an exemption": (exemption, "exemptions", "probes", "az policy exemption show --name pause"),
    "another effect": (give("effect", "Disabled"), "drift", "parameters.effect", "az aks update -g rg -n c1"),
    "no more warnings": (give("warn", False), "drift", "parameters.warn", "az aks update -g rg -n c1"),
    "no more mutation": (
        give("effectForMutationPolicies", "Disabled"),
        "drift",
        "parameters.effectForMutationPolicies",
        "az aks update -g rg -n c1 --safeguards-level Enforcement",
    ),
    "other namespaces": (give("excludedNamespaces", ["a"]), "drift", "parameters.excludedNamespaces", "az aks update"),
    "another version": (put("definitionVersion", "2.*.*"), "drift", "definitionVersion", "az aks update"),
    "no overrides": (put("overrides", []), "drift", "overrides", "az aks update"),
    "the group's assignment": (elsewhere, "other assignments", "'wide'", "az policy assignment show --name wide"),
    "no compliance data": (
        lambda box, body: setattr(box.backends.compliance, "states", lambda scope: []),
        "compliance",
        "no compliance data",
        "az policy state trigger-scan",
    ),
}
MERE_WARNINGS = {"other assignments", "age", "compliance"}


@pytest.mark.parametrize("name", BROKEN)
def test_the_cause_is_named_first(warm, box, ours, name):
    break_it, check, seen, todo = BROKEN[name]
    break_it(box, ours)
    done = warm.run(DIAGNOSE)
    cause = first(done)
    assert cause["check"] == check
    assert seen in cause["seen"]
    assert todo in " ".join([cause["seen"], *cause["todo"]])
    warning = check in MERE_WARNINGS
    assert (cause["status"], done.code) == (("warning", 0) if warning else ("problem", 1))
    assert len(done.errors) == (0 if warning else 1)
    if not warning:
        # The error on stderr is the same cause, with the same commands.
        assert f"{check}: " in done.errors[0]
        assert all(command in done.err for command in cause["todo"])
    assert [name for name in done.writes if not name.startswith("POST ")] == []


def test_a_healthy_cluster(warm, box, ours):
    done = warm(f"{DIAGNOSE} --fail-on warning")
    assert [(check["check"], check["status"]) for check in done.json] == [(name, "ok") for name in CHECKS]
    assert done.err == ""


def test_safeguards_that_are_off(warm, box, ours):
    warm("aks update -g rg -n c1 --safeguards-level Off")
    cause = first(warm(DIAGNOSE, code=1))
    assert (cause["check"], cause["status"]) == ("level", "problem")
    assert "Off" in cause["seen"]


@pytest.mark.parametrize(
    ("created", "updated", "minutes"),
    [(None, None, "35 minutes"), (LONG_AGO, None, "15 minutes")],
)
def test_an_assignment_that_is_too_young(warm, box, ours, created, updated, minutes):
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
    metadata = ours["properties"]["metadata"]
    metadata.update(createdOn=created or now, updatedOn=now if created else None)
    cause = first(warm(DIAGNOSE))
    assert (cause["check"], cause["status"]) == ("age", "warning")
    assert minutes in cause["seen"]


@pytest.mark.parametrize("expires", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.1234567+02:00"])
def test_an_exemption_that_has_expired_is_ignored(warm, box, ours, expires):
    exemption(box, ours, expires)
    warm(f"{DIAGNOSE} --fail-on warning")


@pytest.mark.parametrize("levels_up", [1, 2])
def test_an_exemption_of_the_group_or_the_subscription_counts(warm, box, ours, levels_up):
    group = ours["properties"]["scope"].rpartition("/providers/")[0]
    scope = group if levels_up == 1 else group.rpartition("/resource")[0]
    exemption(box, ours, "2999-01-01T00:00:00Z", scope=scope, references=())
    cause = first(warm(DIAGNOSE, code=1))
    assert cause["check"] == "exemptions"
    assert "every policy" in cause["seen"]
    assert cause["todo"] == [f"az policy exemption show --name pause --scope {scope}"]
    assert warm(cause["todo"][0][3:]).json["name"] == "pause"


def test_an_exemption_from_another_assignment_does_not_count(warm, box, ours):
    elsewhere(box, ours)
    wide = next(body for body in box.assignments.values() if body["name"] == "wide")
    exemption(box, wide, scope=ours["properties"]["scope"])
    assert first(warm(DIAGNOSE))["check"] == "other assignments"


@pytest.mark.parametrize(
    ("fail_on", "broken", "code"),
    [
        ("warning", None, 0),
        ("warning", "the group's assignment", 1),
        ("warning", "a stopped cluster", 1),
        ("problem", "the group's assignment", 0),
        ("PROBLEM", "a stopped cluster", 1),
        ("never", "a stopped cluster", 0),
    ],
)
def test_the_exit_code_is_what_was_asked_for_and_the_output_is_there(warm, box, ours, fail_on, broken, code):
    if broken:
        BROKEN[broken][0](box, ours)
    done = warm(f"{DIAGNOSE} --fail-on {fail_on}", code=code)
    assert [check["check"] for check in done.json] == CHECKS
    assert len(done.errors) == code


def test_a_table(warm, box, ours):
    addon_off(box, ours)
    done = warm(f"{DIAGNOSE} -o table", code=1)
    head, _, *rows = done.out.splitlines()
    assert head.split() == ["Check", "Status", "Seen"]
    assert len(rows) == 19
    assert (
        [row.split()[:2] for row in rows if row.split()[1] == "problem"]
        == [rows[0].split()[:2]]
        == [["add-on", "problem"]]
    )
    assert "az aks enable-addons --addons azure-policy -g rg -n c1" in done.err.splitlines()
    wide = warm(f"{DIAGNOSE} -o table --wide", code=1).out.splitlines()
    assert "az aks enable-addons --addons azure-policy -g rg -n c1" in wide[2]


def test_two_clusters_by_their_ids(warm, box, ours):
    other = box.add_cluster("rg", "c2", azure_policy=False)
    done = warm(f"aks safeguards diagnose --ids {ours['properties']['scope']} {other}", code=1)
    healthy, broken = done.json
    assert (healthy["cluster"], healthy["error"], healthy["todo"]) == ("c1", None, [])
    assert [check["status"] for check in healthy["checks"]] == ["ok"] * 19
    assert next(check["check"] for check in broken["checks"] if check["status"] != "ok") == "add-on"
    assert "  c2: add-on: " in done.err
    assert "az aks enable-addons --addons azure-policy -g rg -n c2" in done.err


def test_no_cluster_is_an_error_with_the_exit_code_of_show(warm, box):
    missing = warm(DIAGNOSE, code=3)
    assert (missing.out, len(missing.errors)) == ("", 1)
