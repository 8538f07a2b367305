# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the policy service answers when it agrees."""

from __future__ import annotations

import copy
from urllib.parse import quote

ROOT = "/providers/Microsoft.Authorization/policyAssignments"
SET = "/providers/Microsoft.Authorization/policySetDefinitions/c047ea8e-9c78-49b2-958b-37e56d291a44"


def test_create_and_update_both_answer_201(box, send, path, cluster, body):
    first = send("PUT", path, body, api="2025-03-01")
    assert first.status_code == 201
    document = first.json()
    assert list(document) == ["properties", "id", "type", "name", "systemData"]
    assert list(document["properties"]) == [
        "policyDefinitionId", "definitionVersion", "scope", "parameters", "metadata", "enforcementMode", "instanceId",
    ]  # fmt: skip
    assert document["id"] == path
    assert document["properties"]["scope"] == cluster
    metadata = document["properties"]["metadata"]
    assert metadata["updatedBy"] is None
    box.clock.advance(seconds=60)
    changed = copy.deepcopy(body)
    changed["properties"]["metadata"] = {"mine": "kept", "createdOn": "yesterday", "createdBy": "me"}
    second = send("PUT", path, changed, api="2025-03-01").json()["properties"]
    assert second["metadata"]["mine"] == "kept"
    assert second["metadata"]["createdOn"] == metadata["createdOn"]
    assert second["metadata"]["createdBy"] == metadata["createdBy"]
    assert second["metadata"]["updatedOn"] > metadata["createdOn"]
    assert second["instanceId"] == document["properties"]["instanceId"]


def test_put_replaces_everything(send, path, body):
    rich = copy.deepcopy(body)
    rich["properties"]["displayName"] = "once"
    send("PUT", path, rich)
    assert "displayName" not in send("PUT", path, body).json()["properties"]


def test_delete_answers_the_object_then_204(send, path, body):
    created = send("PUT", path, body).json()
    gone = send("DELETE", path)
    assert (gone.status_code, gone.json()) == (200, created)
    again = send("DELETE", path)
    assert (again.status_code, again.content) == (204, b"")
    missing = send("GET", path)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "PolicyAssignmentNotFound")
    assert missing.headers["Cache-Control"] == "no-store, no-cache"


def test_patch_takes_four_members(send, path, body):
    send("PUT", path, body)
    overrides = [{"kind": "policyEffect", "value": "Disabled"}]
    answer = send("PATCH", path, {"properties": {"overrides": overrides}})
    assert (answer.status_code, answer.json()["properties"]["overrides"]) == (200, overrides)
    refused = send("PATCH", path, {"properties": {"displayName": "x"}})
    assert refused.status_code == 400
    assert send("GET", path).json()["properties"]["overrides"] == overrides


def test_the_version_is_filled_in(send, path, body):
    for name in ("cpuLimit", "memoryLimit"):
        del body["properties"]["parameters"][name]
    del body["properties"]["definitionVersion"]
    assert send("PUT", path, body).json()["properties"]["definitionVersion"] == "3.*.*"


def test_expand(send, path, body):
    send("PUT", path, body)
    query = {"$expand": "LatestDefinitionVersion, EffectiveDefinitionVersion"}
    shown = send("GET", path, query=query).json()["properties"]
    assert (shown["latestDefinitionVersion"], shown["effectiveDefinitionVersion"]) == ("3.0.0", "2.1.1")
    assert "latestDefinitionVersion" not in send("GET", path).json()["properties"]


def test_paths_compare_like_azure(send, cluster, path, body):
    send("PUT", "/" + path.upper().replace("/MINE", "/mine"), body)
    assert send("GET", path).status_code == 200
    encoded = "/" + quote(cluster, safe="") + ROOT.lower() + "/MINE"
    assert send("GET", encoded).status_code == 200


def test_scopes_must_exist(send, box, cluster, body):
    for scope, code in (
        (cluster + "x", "ResourceNotFound"),
        (f"/subscriptions/{box.subscription_id}/resourceGroups/nope", "ResourceGroupNotFound"),
        ("/subscriptions/00000000-0000-0000-0000-000000000000", "SubscriptionNotFound"),
        ("/someScope", "MissingSubscription"),
        ("", "MissingSubscription"),
    ):
        answer = send("PUT", f"{scope}{ROOT}/mine", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)
        assert answer.headers["x-ms-failure-cause"] == "gateway"


def test_lists(box, send, cluster, body):
    group = box.add_group("rg")
    subscription = f"/subscriptions/{box.subscription_id}"
    for scope in (subscription, group, cluster):
        assert send("PUT", f"{scope}{ROOT}/at-{scope.count('/')}", body).status_code == 201

    def names(scope, text=None):
        query = {"$filter": text} if text else {}
        return {item["name"] for item in send("GET", scope + ROOT, query=query).json()["value"]}

    assert names(cluster) == names(group) == names(subscription) == {"at-2", "at-4", "at-8"}
    assert names(group, "atScope()") == {"at-2", "at-4"}
    assert names(group, "atExactScope()") == {"at-4"}
    assert names(cluster, "atExactScope()") == {"at-8"}
    assert names(cluster, f"policyDefinitionId eq '{SET}'") == {"at-2", "at-4", "at-8"}
    assert names(cluster, "policyDefinitionId eq '/other'") == set()
    assert send("GET", cluster + ROOT, query={"$filter": "what()"}).status_code == 400


def test_list_for_resource_with_empty_segments(send, box, cluster, path, body):
    send("PUT", path, body)
    doubled = cluster.replace("/providers/", "/providers///")
    assert [item["name"] for item in send("GET", doubled + ROOT).json()["value"]] == ["mine"]


def test_pages(box, send, cluster, body):
    for index in range(5):
        send("PUT", f"{cluster}{ROOT}/a{index}", body)
    box.page_size = 2
    seen, answer = [], send("GET", cluster + ROOT).json()
    while True:
        seen += [item["name"] for item in answer["value"]]
        if "nextLink" not in answer:
            break
        assert len(answer["value"]) == 2
        answer = send("GET", answer["nextLink"].partition("azure.com")[2], api=None).json()
    assert seen == [f"a{index}" for index in range(5)]


def test_tests_may_put_anything_there(box, send, path, cluster):
    box.assignments[path] = {"id": path, "name": "mine", "properties": {"policyDefinitionId": "/foreign"}}
    assert send("GET", path.upper()).json()["properties"] == {"policyDefinitionId": "/foreign"}
    assert send("GET", cluster + ROOT).json()["value"][0]["name"] == "mine"


def test_bare_documents_do_no_harm(box, send, path, cluster, body):
    box.assignments[path] = {"properties": {}}
    assert send("GET", path, query={"$expand": "LatestDefinitionVersion"}).status_code == 200
    assert len(send("GET", cluster + ROOT, query={"$filter": f"policyDefinitionId eq '{SET}'"}).json()["value"]) == 0
    assert send("PATCH", path, {"properties": {"overrides": []}}).status_code == 400
    assert send("PUT", path, body).json()["id"] == path


def test_a_deleted_cluster_takes_its_assignments_along(box, send, cluster, path, body):
    box.polls = 1
    send("PUT", path, body)
    box.add_deployment_safeguards(cluster)
    assert send("DELETE", cluster, api="2026-06-01").status_code == 202
    assert send("GET", cluster, api="2026-06-01").status_code == 404
    assert not box.assignments
    assert not box.deployment_safeguards


def test_definitions(box, send):
    shown = send("GET", SET).json()
    assert shown["properties"]["versions"][:5] == ["3.0.0", "2.1.1", "2.1.0", "2.0.1", "2.0.0-PREVIEW"]
    assert "systemData" not in shown
    version = send("GET", f"{SET}/versions/2.0.0-PREVIEW").json()
    assert (version["name"], version["type"]) == (
        "2.0.0-preview",
        "Microsoft.Authorization/policySetDefinitions/versions",
    )
    assert "versions" not in version["properties"]
    listed = [item["name"] for item in send("GET", f"{SET}/versions").json()["value"]]
    assert listed[0] == "3.0.0"
    assert "1.5.0-preview" not in listed
    for path in (SET + "/versions/9.9.9", f"/subscriptions/{box.subscription_id}{SET}"):
        missing = send("GET", path)
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "PolicySetDefinitionNotFound")


def test_every_member_has_a_definition(box, send):
    for _, member in box.initiative.members():
        shown = send("GET", member["policyDefinitionId"]).json()
        assert "Disabled" in shown["properties"]["parameters"]["effect"]["allowedValues"]


def test_a_member_can_be_assigned_alone(send, path):
    identifier = "/providers/Microsoft.Authorization/policyDefinitions/e24df237-32cb-4a6c-a2f6-85b499cda9f2"
    body = {"properties": {"policyDefinitionId": identifier, "parameters": {"effect": {"value": "Deny"}}}}
    assert send("PUT", path, body).json()["error"]["code"] == "PolicyParameterValueNotAllowed"
    body["properties"]["parameters"]["effect"]["value"] = "Audit"
    assert send("PUT", path, body).status_code == 201
