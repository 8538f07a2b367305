# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a server does with objects: versions, generations, what it fills in, what may not change, what is deleted."""

from __future__ import annotations

import base64

import pytest

from azext_safeguards.check.policies.registry import policy

from .bodies import DEPLOYMENTS, MAPS, config_map, deployment

MERGE = "application/merge-patch+json"


def test_versions_rise_and_a_stale_write_is_refused(client):
    first = client.ok("POST", MAPS, config_map(a="b"))
    second = client.ok("PUT", MAPS + "/a", {**first, "data": {"a": "c"}})
    assert int(second["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])
    assert second["metadata"]["uid"] == first["metadata"]["uid"]
    said = client("PUT", MAPS + "/a", {**first, "data": {"a": "d"}})
    assert (said.status, said.body["reason"]) == (409, "Conflict")
    assert said.body["message"] == (
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to '
        "the latest version and try again"
    )
    assert client.ok("PUT", MAPS + "/a", config_map(a="e"))["data"] == {"a": "e"}


def test_a_write_that_changes_nothing_is_none(client):
    first = client.ok("POST", MAPS, config_map(a="b"))
    again = client.ok("PATCH", MAPS + "/a", {"data": {"a": "b"}}, MERGE)
    assert again == first


def test_what_is_there_is_not_created_again(client):
    client.ok("POST", MAPS, config_map())
    said = client("POST", MAPS, config_map())
    assert (said.status, said.body["reason"]) == (409, "AlreadyExists")
    assert said.body["message"] == 'configmaps "a" already exists'


def test_a_dry_run_keeps_nothing(client):
    made = client.ok("POST", MAPS + "?dryRun=All", config_map())
    assert made["metadata"]["uid"]
    assert client("GET", MAPS + "/a").status == 404
    client.ok("POST", MAPS, config_map(a="b"))
    client.ok("PATCH", MAPS + "/a?dryRun=All", {"data": {"a": "c"}}, MERGE)
    client.ok("DELETE", MAPS + "/a?dryRun=All")
    assert client.ok("GET", MAPS + "/a")["data"] == {"a": "b"}
    assert client("POST", MAPS + "?dryRun=Some", config_map()).status == 400


def test_names_are_made_where_only_their_beginning_is_given(client):
    body = {**config_map(), "metadata": {"generateName": "job-"}}
    names = {client.ok("POST", MAPS, body)["metadata"]["name"] for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith("job-") and len(name) == 9 for name in names)


def test_generations_count_changes_of_the_spec(client):
    made = client.ok("POST", DEPLOYMENTS, deployment())
    assert (made["metadata"]["generation"], made["status"]["observedGeneration"]) == (1, 1)
    labelled = client.ok("PATCH", DEPLOYMENTS + "/web", {"metadata": {"labels": {"a": "b"}}}, MERGE)
    assert labelled["metadata"]["generation"] == 1
    scaled = client.ok("PATCH", DEPLOYMENTS + "/web/scale", {"spec": {"replicas": 5}}, MERGE)
    assert scaled["spec"] == {"replicas": 5}
    found = client.ok("GET", DEPLOYMENTS + "/web")
    assert (found["metadata"]["generation"], found["spec"]["replicas"]) == (2, 5)
    assert {one["reason"] for one in found["status"]["conditions"]} == {
        "MinimumReplicasUnavailable",
        "ProgressDeadlineExceeded",
    }
    idle = client.ok("PATCH", DEPLOYMENTS + "/web", {"spec": {"replicas": 0}}, MERGE)
    assert all(one["status"] == "True" for one in idle["status"]["conditions"])


def test_the_status_is_written_apart(client):
    client.ok("POST", DEPLOYMENTS, {**deployment(), "status": {"replicas": 7}})
    assert "replicas" not in client.ok("GET", DEPLOYMENTS + "/web")["status"]
    client.ok("PATCH", DEPLOYMENTS + "/web", {"status": {"replicas": 7}}, MERGE)
    assert "replicas" not in client.ok("GET", DEPLOYMENTS + "/web")["status"]
    client.ok("PATCH", DEPLOYMENTS + "/web/status", {"spec": {"replicas": 9}, "status": {"replicas": 7}}, MERGE)
    found = client.ok("GET", DEPLOYMENTS + "/web")
    assert (found["spec"]["replicas"], found["status"]["replicas"]) == (2, 7)
    assert client("PATCH", DEPLOYMENTS + "/web/scale", {"spec": {"replicas": "x"}}, MERGE).status == 400
    assert client("PATCH", DEPLOYMENTS + "/web/scale", {"spec": {"replicas": -1}}, MERGE).status == 422
    assert client("GET", MAPS + "/web/status").status == 404


@pytest.mark.parametrize(
    ("path", "made", "patch", "text"),
    [
        (DEPLOYMENTS, deployment(), {"spec": {"selector": {"matchLabels": {"app": "x"}},
         "template": {"metadata": {"labels": {"app": "x"}}}}}, "spec.selector: Invalid value"),
        ("/api/v1/namespaces/default/pods", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
         "spec": {"containers": [{"name": "c", "image": "i"}]}}, {"spec": {"hostNetwork": True}},
         "pod updates may not change fields other than"),
        ("/api/v1/namespaces/default/secrets", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"}},
         {"type": "kubernetes.io/tls"}, "field is immutable"),
        (MAPS, {**config_map("web", a="b"), "immutable": True}, {"data": {"a": "c"}}, "when `immutable` is set"),
        ("/api/v1/namespaces/default/services", {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
         "spec": {"ports": [{"port": 80}]}}, {"spec": {"clusterIP": "10.0.0.99"}}, "may not change once set"),
    ],
)  # fmt: skip
def test_what_may_not_change(client, path, made, patch, text):
    client.ok("POST", path, made)
    said = client("PATCH", path + "/web", patch, MERGE)
    assert (said.status, text in said.body["message"]) == (422, True), said.body


def test_an_image_of_a_pod_may_change(client):
    pods = "/api/v1/namespaces/default/pods"
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}]}}
    pod["spec"]["containers"][0]["image"] = "i:1"
    made = client.ok("POST", pods, pod)
    assert (made["status"]["phase"], made["status"]["qosClass"]) == ("Pending", "BestEffort")
    assert "runs nothing" in made["status"]["conditions"][0]["message"]
    patch = [{"op": "replace", "path": "/spec/containers/0/image", "value": "i:2"}]
    changed = client.ok("PATCH", pods + "/p", patch, "application/json-patch+json")
    assert changed["spec"]["containers"][0]["image"] == "i:2"


def test_what_the_server_fills_in(client):
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}
    made = client.ok("POST", "/api/v1/namespaces/default/secrets", secret)
    assert (base64.b64decode(made["data"]["a"]), made["type"], "stringData" in made) == (b"b", "Opaque", False)
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"type": "NodePort"}}
    service["spec"]["ports"] = [{"port": 80}]
    spec = client.ok("POST", "/api/v1/namespaces/default/services", service)["spec"]
    assert (spec["clusterIPs"], spec["ports"][0]["nodePort"] >= 30000) == ([spec["clusterIP"]], True)
    again = client.ok("PUT", "/api/v1/namespaces/default/services/s", service)["spec"]
    assert again == spec
    other = client.ok("POST", "/api/v1/namespaces/default/services", {**service, "metadata": {"name": "t"}})["spec"]
    assert other["clusterIP"] != spec["clusterIP"]
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}}
    job["spec"] = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}
    made = client.ok("POST", "/apis/batch/v1/namespaces/default/jobs", job)
    labels = made["spec"]["template"]["metadata"]["labels"]
    assert made["spec"]["selector"]["matchLabels"].items() <= labels.items()
    # What a client sends back of it is no selector that it gives; one that it makes up is.
    foreign = {**made, "spec": {**made["spec"], "selector": {"matchLabels": {"app": "x"}}}, "metadata": {"name": "j"}}
    assert client("PUT", "/apis/batch/v1/namespaces/default/jobs/j", foreign).status == 422
    again = client.ok("PUT", "/apis/batch/v1/namespaces/default/jobs/j", {**made, "metadata": {"name": "j"}})
    assert again["spec"] == made["spec"]
    namespace = client.ok("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace",
                                                         "metadata": {"name": "n"}})  # fmt: skip
    assert namespace["metadata"]["labels"] == {"kubernetes.io/metadata.name": "n"}
    assert namespace["status"] == {"phase": "Active"}


def test_a_namespace_goes_with_all_that_is_in_it(client):
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}
    assert client("POST", "/api/v1/namespaces/n/configmaps", config_map()).body["message"] == 'namespaces "n" not found'
    client.ok("POST", "/api/v1/namespaces", namespace)
    client.ok("POST", "/api/v1/namespaces/n/configmaps", config_map())
    client.ok("DELETE", "/api/v1/namespaces/n")
    assert client.ok("GET", "/api/v1/configmaps")["items"] == []
    assert client("DELETE", "/api/v1/namespaces/default").status == 403


def test_finalizers_hold_an_object_until_they_are_gone(client):
    body = config_map()
    body["metadata"]["finalizers"] = ["example.com/hold"]
    client.ok("POST", MAPS, body)
    held = client.ok("DELETE", MAPS + "/a")
    assert held["metadata"]["deletionTimestamp"]
    assert client.ok("GET", MAPS + "/a")["metadata"]["deletionTimestamp"]
    client.ok("PATCH", MAPS + "/a", {"metadata": {"finalizers": None}}, MERGE)
    assert client("GET", MAPS + "/a").status == 404


@pytest.mark.parametrize(("policy", "left"), [("Background", 0), ("Foreground", 0), ("Orphan", 1)])
def test_what_an_object_owns_goes_with_it_or_stays(client, policy, left):
    owner = client.ok("POST", MAPS, config_map("owner"))
    body = config_map("owned")
    body["metadata"]["ownerReferences"] = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    ]
    client.ok("POST", MAPS, body)
    client.ok("DELETE", MAPS + "/owner", {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": policy})
    found = client.ok("GET", MAPS)["items"]
    assert len(found) == left
    assert all("ownerReferences" not in item["metadata"] for item in found)


def test_preconditions_of_a_deletion(client):
    made = client.ok("POST", MAPS, config_map())
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"uid": "other"}}
    assert client("DELETE", MAPS + "/a", options).status == 409
    options["preconditions"] = {"uid": made["metadata"]["uid"], "resourceVersion": "1"}
    assert client("DELETE", MAPS + "/a", options).status == 409
    assert client("DELETE", MAPS + "/a", {"propagationPolicy": "Sideways"}).status == 400
    client.ok("DELETE", MAPS + "/a", {"preconditions": {"uid": made["metadata"]["uid"]}})


def test_a_collection_is_deleted_by_selectors(client):
    for number in range(4):
        body = config_map(f"m{number}")
        body["metadata"]["labels"] = {"even": str(number % 2 == 0).lower()}
        client.ok("POST", MAPS, body)
    assert len(client.ok("DELETE", MAPS + "?labelSelector=even=true")["items"]) == 2
    assert [item["metadata"]["name"] for item in client.ok("GET", MAPS)["items"]] == ["m1", "m3"]


def test_lists_have_pages_and_selectors(client):
    for number in range(7):
        body = config_map(f"m{number}")
        body["metadata"]["labels"] = {"n": str(number), **({"odd": ""} if number % 2 else {})}
        client.ok("POST", MAPS, body)
    first = client.ok("GET", MAPS + "?limit=3")
    assert (len(first["items"]), first["metadata"]["remainingItemCount"]) == (3, 4)
    second = client.ok("GET", f"{MAPS}?limit=3&continue={first['metadata']['continue']}")
    third = client.ok("GET", f"{MAPS}?limit=3&continue={second['metadata']['continue']}")
    names = [item["metadata"]["name"] for page in (first, second, third) for item in page["items"]]
    assert names == [f"m{number}" for number in range(7)]
    assert "continue" not in third["metadata"]

    def selected(query):
        return "".join(item["metadata"]["labels"]["n"] for item in client.ok("GET", f"{MAPS}?{query}")["items"])

    assert selected("labelSelector=odd") == "135"
    assert selected("labelSelector=!odd") == "0246"
    assert selected("labelSelector=n%20in%20(1,2),odd") == "1"
    assert selected("labelSelector=n%20notin%20(1,2)") == "03456"
    assert selected("labelSelector=n!=3") == "012456"
    assert selected("labelSelector=n>4") == "56"
    assert selected("fieldSelector=metadata.name=m4") == "4"
    assert selected("fieldSelector=metadata.name!=m4,metadata.namespace=default") == "012356"


def test_ten_thousand_objects_are_no_burden(client):
    state = client.server.state
    kind = state.kinds.find("", "v1", "services")
    for number in range(10_000):
        state.store.put(kind, state.filling.new(kind, {
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": f"s{number:05}", "namespace": "default"},
            "spec": {"selector": {"app": str(number)}, "ports": [{"port": 80}]},
        }, state.stamp()))  # fmt: skip
    page = client.ok("GET", "/api/v1/services?limit=500")
    assert page["metadata"]["remainingItemCount"] == 10_001 - 500
    alike = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "new", "namespace": "default"},
             "spec": {"selector": {"app": "77"}, "ports": [{"port": 80}]}}  # fmt: skip
    assert [item["metadata"]["name"] for item in state.neighbours.of(policy("unique-selectors"), alike)] == ["s00077"]
