# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Strategic merge patches and server-side apply: who owns what, and what becomes of lists."""

from __future__ import annotations

import pytest

from .bodies import DEPLOYMENTS, MAPS, config_map, deployment

STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


def spec_of(item):
    return item["spec"]["template"]["spec"]


def patched(client, patch):
    return spec_of(client.ok("PATCH", DEPLOYMENTS + "/web", {"spec": {"template": {"spec": patch}}}, STRATEGIC))


@pytest.fixture
def web(client):
    body = deployment()
    spec_of(body)["containers"] = [
        {"name": "a", "image": "a:1", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]},
        {"name": "b", "image": "b:1", "ports": [{"containerPort": 80}], "args": ["one", "two"]},
    ]
    spec_of(body)["volumes"] = [{"name": "v", "emptyDir": {}}]
    client.ok("POST", DEPLOYMENTS, body)
    return client


def test_items_of_lists_are_merged_by_their_keys(web):
    found = patched(web, {"containers": [{"name": "b", "image": "b:2"}]})
    assert [(one["name"], one["image"]) for one in found["containers"]] == [("a", "a:1"), ("b", "b:2")]
    assert found["containers"][1]["args"] == ["one", "two"]
    found = patched(web, {"containers": [{"name": "b", "args": ["three"]}, {"name": "c", "image": "c:1"}]})
    assert [one["name"] for one in found["containers"]] == ["a", "b", "c"]
    assert found["containers"][1]["args"] == ["three"]


def test_directives(web):
    assert [one["name"] for one in patched(web, {"containers": [{"name": "a", "$patch": "delete"}]})["containers"]] == [
        "b"
    ]
    found = patched(web, {"containers": [{"$patch": "replace"}, {"name": "z", "image": "z:1"}]})
    assert [one["name"] for one in found["containers"]] == ["z"]
    found = patched(web, {"volumes": [{"$retainKeys": ["name", "configMap"], "name": "v", "configMap": {"name": "m"}}]})
    assert set(found["volumes"][0]) == {"name", "configMap"}
    assert "volumes" not in patched(web, {"volumes": None})


def test_order_and_deletion_in_primitive_lists(web):
    order = [{"name": "b"}, {"name": "a"}]
    found = patched(web, {"$setElementOrder/containers": order, "containers": [{"name": "a", "image": "a:9"}]})
    assert [one["name"] for one in found["containers"]] == ["b", "a"]
    body = {"metadata": {"finalizers": ["x/one", "x/two"]}}
    web.ok("PATCH", DEPLOYMENTS + "/web", body, STRATEGIC)
    body = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x/one"]}}
    assert web.ok("PATCH", DEPLOYMENTS + "/web", body, STRATEGIC)["metadata"]["finalizers"] == ["x/two"]


def test_an_item_without_its_key_is_refused(web):
    body = {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}
    assert web("PATCH", DEPLOYMENTS + "/web", body, STRATEGIC).status == 400


def apply(client, body, manager, force=False, path=MAPS + "/a"):
    query = f"?fieldManager={manager}&force={str(force).lower()}"
    return client("PATCH", path + query, body, APPLY)


def managers(item):
    return {(one["manager"], one["operation"]) for one in item["metadata"]["managedFields"]}


def test_apply_creates_and_then_owns(client):
    said = apply(client, config_map(a="1", b="2"), "one")
    assert (said.status, managers(said.body)) == (201, {("one", "Apply")})
    assert said.body["metadata"]["managedFields"][0]["fieldsV1"] == {"f:data": {"f:a": {}, "f:b": {}}}
    # What is not applied any more goes, if nobody else has it.
    said = apply(client, config_map(a="1"), "one")
    assert (said.status, said.body["data"]) == (200, {"a": "1"})
    version = said.body["metadata"]["resourceVersion"]
    assert apply(client, config_map(a="1"), "one").body["metadata"]["resourceVersion"] == version


def test_a_conflict_names_who_owns_what(client):
    apply(client, config_map(a="1", b="2"), "one")
    said = apply(client, config_map(a="9"), "two")
    assert (said.status, said.body["reason"]) == (409, "Conflict")
    assert said.body["message"] == 'Apply failed with 1 conflict: conflict with "one": .data.a'
    client.ok("PATCH", MAPS + "/a?fieldManager=three", {"data": {"b": "3"}}, "application/merge-patch+json")
    said = apply(client, config_map(a="9", b="9"), "two")
    assert said.body["message"] == (
        'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\nconflicts with "three" using v1:\n- .data.b'
    )
    assert [cause["field"] for cause in said.body["details"]["causes"]] == [".data.a", ".data.b"]
    forced = apply(client, config_map(a="9", b="9"), "two", force=True)
    assert (forced.status, managers(forced.body)) == (200, {("two", "Apply")})


def test_equal_values_are_owned_together(client):
    apply(client, config_map(a="1"), "one")
    said = apply(client, config_map(a="1", b="2"), "two")
    assert managers(said.body) == {("one", "Apply"), ("two", "Apply")}
    # One gives it up, the other still has it.
    assert apply(client, {**config_map(), "data": {}}, "one").body["data"] == {"a": "1", "b": "2"}
    assert apply(client, config_map(b="2"), "two").body["data"] == {"b": "2"}


def test_items_of_lists_have_owners_of_their_own(client):
    path = DEPLOYMENTS + "/web"
    assert apply(client, deployment(), "one", path=path).status == 201
    more = deployment()
    spec_of(more)["containers"] = [{"name": "side", "image": "s:1", "ports": [{"containerPort": 8080}]}]
    both = apply(client, more, "two", path=path).body
    assert [one["name"] for one in spec_of(both)["containers"]] == ["c", "side"]
    key = 'k:{"containerPort":8080,"protocol":"TCP"}'
    assert key in str([one for one in both["metadata"]["managedFields"] if one["manager"] == "two"])
    said = client("PATCH", f"{path}/scale?fieldManager=hpa", {"spec": {"replicas": 7}}, "application/merge-patch+json")
    assert said.status == 200
    conflict = apply(client, deployment(), "one", path=path).body["message"]
    assert conflict == (
        'Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using apps/v1: .spec.replicas'
    )
    without = deployment()
    del without["spec"]["replicas"]
    assert apply(client, without, "one", path=path).body["spec"]["replicas"] == 7
    spec_of(more)["containers"] = [{"name": "c", "image": "i:1"}]
    left = apply(client, more, "two", force=True, path=path).body
    assert [one["name"] for one in spec_of(left)["containers"]] == ["c"]


def test_apply_needs_a_manager(client):
    assert client("PATCH", MAPS + "/a", config_map(), APPLY).status == 400


def test_yaml_is_taken(client):
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '1'}\n"
    assert apply(client, body, "one").status == 201
