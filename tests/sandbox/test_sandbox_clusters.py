# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Managed clusters, their operations and their managed safeguards."""

from __future__ import annotations

import pytest

API = "2026-06-01"
BODY = {"location": "East US", "properties": {"agentPoolProfiles": [{"name": "nodepool1", "osDiskSizeGB": 0}]}}
ADDON = {"addonProfiles": {"azurepolicy": {"enabled": True}}}
SAFEGUARDS = "/providers/Microsoft.ContainerService/deploymentSafeguards/default"


@pytest.fixture
def address(box):
    box.add_group("rg")
    return (
        f"/subscriptions/{box.subscription_id}/resourceGroups/rg/providers/Microsoft.ContainerService"
        "/managedClusters/new"
    )


def follow(send, answer):
    url = answer.headers.get("azure-asyncoperation") or answer.headers["location"]
    assert url.startswith("https://management.azure.com/")
    assert "Retry-After" not in answer.headers
    return send("GET", url.partition("azure.com")[2], api=None)


def test_create(send, box, address):
    body = {**BODY, "properties": {**BODY["properties"], **ADDON}}
    answer = send("PUT", address, body, api=API)
    assert answer.status_code == 201
    created = answer.json()
    assert created["properties"]["provisioningState"] == "Creating"
    assert created["properties"]["addonProfiles"] == {"azurepolicy": {"enabled": True, "config": None}}
    assert "/resourcegroups/rg/" in created["id"]
    polls = [follow(send, answer).json() for _ in range(3)]
    assert [poll["status"] for poll in polls] == ["InProgress", "InProgress", "Succeeded"]
    assert polls[2]["endTime"] >= polls[0]["startTime"]
    done = send("GET", address, api=API).json()
    assert done["properties"]["provisioningState"] == "Succeeded"
    identity = done["properties"]["addonProfiles"]["azurepolicy"]["identity"]["resourceId"]
    assert identity.endswith("/userAssignedIdentities/azurepolicy-new")
    assert done["properties"]["identityProfile"]["kubeletidentity"]["resourceId"].endswith("new-agentpool")
    assert done["properties"]["agentPoolProfiles"][0]["osDiskSizeGB"] == 128


def test_watching_the_cluster_advances_too(send, address):
    send("PUT", address, BODY, api=API)
    states = [send("GET", address, api=API).json()["properties"]["provisioningState"] for _ in range(4)]
    assert states == ["Creating", "Creating", "Succeeded", "Succeeded"]


def test_one_operation_at_a_time(send, box, address, cluster):
    send("PUT", address, BODY, api=API)
    busy = send("PUT", address, BODY, api=API)
    assert (busy.status_code, busy.json()["error"]["code"]) == (409, "OperationNotAllowed")
    assert "Another operation (Creating) is in progress" in busy.json()["error"]["message"]
    stuck = box.add_cluster("rg", "stuck", provisioning_state="Upgrading")
    assert send("PUT", stuck, BODY, api=API).status_code == 409


def test_update_keeps_what_it_does_not_name(send, box, cluster):
    box.polls = 1
    before = send("GET", cluster, api=API).json()
    answer = send("PUT", cluster, {**BODY, "tags": {"a": "b"}}, api=API)
    assert answer.status_code == 200
    follow(send, answer)
    after = send("GET", cluster, api=API).json()
    assert after["tags"] == {"a": "b"}
    assert after["properties"] == before["properties"]
    assert after["eTag"] != before["eTag"]


@pytest.mark.parametrize(
    "body", [{}, {"location": "eastus"}, {"location": "eastus", "properties": {}}, {**BODY, "location": "westus"}]
)
def test_bodies_that_are_refused(send, cluster, body):
    assert send("PUT", cluster, body, api=API).status_code == (200 if body.get("properties") == {} else 400)


def test_a_new_cluster_needs_a_pool(send, address):
    assert send("PUT", address, {"location": "eastus", "properties": {}}, api=API).status_code == 400


def test_preconditions(send, cluster):
    assert send("PUT", cluster, BODY, api=API, headers={"If-Match": "other"}).status_code == 412
    assert send("PUT", cluster, BODY, api=API, headers={"If-None-Match": "*"}).status_code == 412
    tag = send("GET", cluster, api=API).json()["eTag"]
    assert send("PUT", cluster, BODY, api=API, headers={"If-Match": tag}).status_code == 200


def test_delete(send, box, cluster):
    answer = send("DELETE", cluster, api=API)
    assert answer.status_code == 202
    assert send("GET", cluster, api=API).json()["properties"]["provisioningState"] == "Deleting"
    for _ in range(2):
        follow(send, answer)
    gone = send("GET", cluster, api=API)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "ResourceNotFound")
    assert gone.json()["error"]["message"].startswith(
        "The Resource 'Microsoft.ContainerService/managedClusters/c1' under resource group 'rg' was not found."
    )
    assert send("DELETE", cluster, api=API).status_code == 204


def test_safeguards_profile_is_a_preview(send, box, address):
    profile = {"safeguardsProfile": {"level": "Warning"}}
    body = {**BODY, "properties": {**BODY["properties"], **profile}}
    assert send("PUT", address, body, api=API).json()["error"]["code"] == "InvalidParameter"
    preview = "2025-03-02-preview"
    assert send("PUT", address, body, api=preview).json()["error"]["code"] == "PreviewFeatureNotRegistered"
    header = {"AKSHTTPCustomFeatures": "Microsoft.ContainerService/SafeguardsPreview"}
    answer = send("PUT", address, body, api=preview, headers=header)
    assert answer.json()["properties"]["safeguardsProfile"]["version"] == "v1.0.0"


def test_deployment_safeguards(send, box, cluster):
    box.polls = 1
    path = cluster + SAFEGUARDS
    assert send("GET", path, api="2025-07-01").status_code == 404
    answer = send("PUT", path, {"properties": {"level": "Warn"}}, api="2025-07-01")
    assert answer.status_code == 201
    assert answer.json()["properties"] == {
        "level": "Warn",
        "provisioningState": "Creating",
        "systemExcludedNamespaces": ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"],
    }
    assert follow(send, answer).json()["status"] == "Succeeded"
    assert box.deployment_safeguards[cluster] is box.deployment_safeguards[path]
    assert send("PUT", path, {"properties": {"level": "Warning"}}, api="2025-07-01").status_code == 400
    changed = send("PUT", path, {"properties": {"level": "Enforce", "excludedNamespaces": ["a"]}}, api="2025-07-01")
    assert changed.status_code == 200
    follow(send, changed)
    assert len(send("GET", path.rpartition("/")[0], api="2025-07-01").json()["value"]) == 1
    deleted = send("DELETE", path, api="2025-07-01")
    assert deleted.status_code == 202
    assert follow(send, deleted).status_code == 204
    assert send("DELETE", path, api="2025-07-01").status_code == 204


def test_automatic_always_has_safeguards(send, box):
    automatic = box.add_cluster("rg", "auto", sku="Automatic", azure_policy=False)
    assert box.clusters[automatic]["properties"]["addonProfiles"]["azurepolicy"]["enabled"]
    assert send("GET", automatic + SAFEGUARDS, api="2025-07-01").json()["properties"]["level"] == "Enforce"
    assert send("DELETE", automatic + SAFEGUARDS, api="2025-07-01").status_code == 400


def test_a_group_takes_everything_along(send, box, cluster):
    group = f"/subscriptions/{box.subscription_id}/resourceGroups/rg"
    answer = send("DELETE", group)
    assert answer.status_code == 202
    statuses = [follow(send, answer).status_code for _ in range(3)]
    assert statuses == [202, 202, 200]
    assert not box.clusters
    assert send("GET", group).json()["error"]["code"] == "ResourceGroupNotFound"


def test_compliance(send, box, cluster, path, body):
    send("PUT", path, body)
    box.compliance.set_non_compliant(path, ["ensureProbesConfiguredInKubernetesCluster"])
    states = f"{cluster}/providers/Microsoft.PolicyInsights/policyStates/latest"
    summary = send("POST", f"{states}/summarize", api="2019-10-01").json()["value"][0]
    assert summary["results"]["nonCompliantPolicies"] == 1
    members = summary["policyAssignments"][0]["policyDefinitions"]
    failing = [item for item in members if item["results"]["nonCompliantResources"]]
    assert [item["policyDefinitionReferenceId"] for item in failing] == ["ensureprobesconfiguredinkubernetescluster"]
    query = {"$filter": "complianceState eq 'NonCompliant'"}
    listed = send("POST", f"{states}/queryResults", api="2019-10-01", query=query).json()
    assert listed["@odata.count"] == 1
    assert listed["value"][0]["isCompliant"] is False
