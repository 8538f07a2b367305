# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Compliance: what policies find in loaded manifests, when they look, and how one asks for it."""

from __future__ import annotations

import json

import pytest

MANIFESTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: c, image: "nginx:latest"}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: good}
spec: {containers: [{name: c, image: "nginx:1.25"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: hidden, namespace: kube-system, annotations: {ignore-safeguards.aks/no-latest-tag: mine}}
spec: {containers: [{name: c, image: "nginx:latest"}]}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: old}
provisioner: kubernetes.io/azure-disk
"""
LATEST = "imagesdonotuselatest"
STATES, COMPONENTS = "policyStates", "componentPolicyStates"


@pytest.fixture
def assigned(send, path, body):
    assert send("PUT", path, body).status_code == 201
    return path


@pytest.fixture
def ask(send, cluster):
    """The records of a query; all of its pages, asked for by POST as the specification says."""

    def call(kind, scope=None, **options):
        api = "2019-10-01" if kind == STATES else "2022-04-01"
        query = {f"${name}": value for name, value in options.items()}
        url = f"{scope or cluster}/providers/Microsoft.PolicyInsights/{kind}/latest/queryResults"
        page = send("POST", url, api=api, query=query)
        assert page.status_code == 200, page.text
        found = page.json()["value"]
        while "@odata.nextLink" in page.json():
            link = page.json()["@odata.nextLink"].removeprefix("https://management.azure.com")
            page = send("POST", link, api=None)
            found += page.json()["value"]
        return found

    return call


def components(records, reference):
    return {
        (item["componentType"], item["componentId"], item["complianceState"])
        for item in records
        if item["policyDefinitionReferenceId"] == reference
    }


def test_what_is_loaded_is_found_object_by_object(box, cluster, assigned, ask):
    assert box.load_manifests(cluster, MANIFESTS) == 4
    box.clock.advance(900)
    found = ask(COMPONENTS, expand="PolicyEvaluationDetails")
    assert components(found, LATEST) == {
        ("deployment", "shop/web", "NonCompliant"),
        ("pod", "default/good", "Compliant"),
    }
    assert components(found, "ensurecsidriverstorageclass") == {("storageclass", "old", "NonCompliant")}
    reasons = {item["componentId"]: item.get("policyEvaluationDetails") for item in found
               if item["policyDefinitionReferenceId"] == LATEST}  # fmt: skip
    assert "latest tag" in reasons["shop/web"]["reason"]
    assert reasons["default/good"] is None
    assert all("policyEvaluationDetails" not in item for item in ask(COMPONENTS))
    states = {item["policyDefinitionReferenceId"]: item["complianceState"] for item in ask(STATES)}
    assert states[LATEST] == "NonCompliant"
    assert states["restrictedlabelsinkubernetescluster"] == "Compliant"
    expanded = ask(STATES, filter=f"policyDefinitionReferenceId eq '{LATEST}'", expand="components")
    assert {(item["type"], item["id"]) for item in expanded[0]["components"]} == {
        ("deployment", "shop/web"),
        ("pod", "default/good"),
    }
    inner = "components($filter=ComplianceState eq 'NonCompliant')"
    only = ask(STATES, filter=f"policyDefinitionReferenceId eq '{LATEST}'", expand=inner)
    assert [item["id"] for item in only[0]["components"]] == ["shop/web"]


def test_an_annotation_for_the_checker_silences_nothing_on_a_cluster(box, send, cluster, path, body, ask):
    body["properties"]["parameters"]["excludedNamespaces"] = {"value": ["shop"]}
    send("PUT", path, body)
    box.load_manifests(cluster, MANIFESTS)
    box.clock.advance(900)
    assert components(ask(COMPONENTS), LATEST) == {
        ("pod", "kube-system/hidden", "NonCompliant"),
        ("pod", "default/good", "Compliant"),
    }


def test_effects_decide_what_is_looked_at(box, send, cluster, path, body, ask):
    selector = {"kind": "policyDefinitionReferenceId", "in": ["imagesDoNotUseLatest"]}
    body["properties"]["overrides"] = [{"kind": "policyEffect", "value": "Disabled", "selectors": [selector]}]
    assert send("PUT", path, body).status_code == 201
    box.load_manifests(cluster, MANIFESTS)
    box.clock.advance(900)
    assert LATEST not in {item["policyDefinitionReferenceId"] for item in [*ask(STATES), *ask(COMPONENTS)]}
    mutators = ask(STATES, filter="policyDefinitionAction eq 'mutate'")
    assert all(item["complianceState"] == "Compliant" for item in mutators)


def test_states_change_when_they_are_evaluated_and_not_before(box, cluster, assigned, ask):
    first = ask(STATES)[0]["timestamp"]
    box.load_manifests(cluster, MANIFESTS)
    assert ask(COMPONENTS) == []
    box.clock.advance(880)
    assert ask(COMPONENTS) == []
    assert ask(STATES)[0]["timestamp"] == first
    box.clock.advance(30)
    assert ask(COMPONENTS)
    assert ask(STATES)[0]["timestamp"] > first
    box.compliance.clear(cluster)
    assert ask(COMPONENTS)
    box.clock.advance(900)
    assert ask(COMPONENTS) == []


def test_the_first_evaluation_may_take_its_time(box, cluster, assigned, ask):
    box.compliance.first_scan = 1200
    box.load_manifests(cluster, MANIFESTS)
    box.clock.advance(1100)
    assert ask(STATES) == []
    box.clock.advance(110)
    assert ask(COMPONENTS)


@pytest.mark.parametrize("scope", ["/resourceGroups/rg", ""])
def test_an_evaluation_that_is_asked_for(box, send, cluster, assigned, ask, scope):
    box.compliance.scan_seconds = 120
    assert ask(STATES)
    box.load_manifests(cluster, MANIFESTS)
    trigger = f"/subscriptions/{box.subscription_id}{scope}/providers/Microsoft.PolicyInsights/policyStates/latest"
    begun = send("POST", f"{trigger}/triggerEvaluation", api="2019-10-01")
    assert begun.status_code == 202
    link = begun.headers["Location"].removeprefix("https://management.azure.com")
    assert send("GET", link, api=None).status_code == 202
    assert ask(COMPONENTS) == []
    box.clock.advance(121)
    assert send("GET", link, api=None).status_code == 200
    assert components(ask(COMPONENTS), LATEST)


def test_an_evaluation_of_nothing(box, send, cluster):
    base = f"/subscriptions/{box.subscription_id}"
    trigger = "/providers/Microsoft.PolicyInsights/policyStates/latest/triggerEvaluation"
    answer = send("POST", f"{base}/resourceGroups/none{trigger}", api="2019-10-01")
    assert answer.json()["error"]["code"] == "ResourceGroupNotFound"
    unknown = f"{base}/providers/Microsoft.PolicyInsights/asyncOperationResults/x"
    assert send("GET", unknown, api="2019-10-01").status_code == 404


@pytest.mark.parametrize(("references", "exempt"), [(["imagesDoNotUseLatest"], {LATEST}), (None, None)])
def test_exemptions_count(box, send, cluster, assigned, ask, references, exempt):
    properties = {"policyAssignmentId": assigned, "exemptionCategory": "Waiver"}
    if references:
        properties["policyDefinitionReferenceIds"] = references
    box.load_manifests(cluster, MANIFESTS)
    url = f"{cluster}/providers/Microsoft.Authorization/policyExemptions/e"
    assert send("PUT", url, {"properties": properties}, api="2022-07-01-preview").status_code == 201
    box.clock.advance(900)
    states = {item["policyDefinitionReferenceId"]: item["complianceState"] for item in ask(STATES)}
    found = {name for name, state in states.items() if state == "Exempt"}
    assert found == (set(states) if exempt is None else exempt)
    assert {state for *_, state in components(ask(COMPONENTS), LATEST)} == {"Exempt"}
    summary = send("POST", f"{cluster}/providers/Microsoft.PolicyInsights/policyStates/latest/summarize",
                   api="2019-10-01").json()["value"][0]  # fmt: skip
    by_name = {
        item["policyDefinitionReferenceId"]: item for item in summary["policyAssignments"][0]["policyDefinitions"]
    }
    assert by_name[LATEST]["results"]["resourceDetails"] == [{"complianceState": "exempt", "count": 1}]
    assert by_name[LATEST]["results"]["nonCompliantResources"] == 0


@pytest.mark.parametrize(("place", "is_exempt"), [("East US", True), ("westus", False)])
def test_an_exemption_counts_where_it_selects_the_cluster(box, send, cluster, assigned, ask, place, is_exempt):
    box.clusters[cluster]["location"] = "eastus"
    selected = [{"name": "place", "selectors": [{"kind": "resourceLocation", "in": [place]}]}]
    properties = {"policyAssignmentId": assigned, "exemptionCategory": "Waiver", "resourceSelectors": selected}
    url = f"{cluster}/providers/Microsoft.Authorization/policyExemptions/e"
    assert send("PUT", url, {"properties": properties}, api="2022-07-01-preview").status_code == 201
    box.clock.advance(900)
    assert {item["complianceState"] == "Exempt" for item in ask(STATES)} == {is_exempt}


def test_a_cluster_without_the_add_on_is_not_evaluated(box, send, body, ask):
    bare = box.add_cluster("rg", "c2", azure_policy=False)
    assert send("PUT", f"{bare}/providers/Microsoft.Authorization/policyAssignments/mine", body).status_code == 201
    assert ask(STATES, scope=bare) == []


def test_an_assignment_above_concerns_every_cluster_below(box, send, cluster, body, ask):
    other = box.add_cluster("rg", "c2")
    box.add_cluster("elsewhere", "c3")
    group = cluster.rpartition("/providers/")[0]
    body["properties"]["notScopes"] = [other]
    send("PUT", f"{group}/providers/Microsoft.Authorization/policyAssignments/wide", body)
    assert {item["resourceId"] for item in ask(STATES, scope=group)} == {cluster.lower()}
    assert ask(STATES, scope=other) == []


def test_pages_and_options(box, cluster, assigned, ask):
    box.load_manifests(cluster, MANIFESTS)
    box.clock.advance(900)
    everything = ask(COMPONENTS)
    box.page_size = 2
    assert ask(COMPONENTS) == everything
    box.page_size = None
    assert len(ask(COMPONENTS, top="3")) == 3
    assert ask(COMPONENTS, select="componentId", top="1") == [{"componentId": everything[0]["componentId"]}]
    ordered = [item["componentId"] for item in ask(COMPONENTS, orderby="componentId asc")]
    assert ordered == sorted(ordered)
    counted = ask(COMPONENTS, apply="groupby((componentType,complianceState),aggregate($count as count))")
    assert sum(item["count"] for item in counted) == len(everything)
    both = "componentType eq 'POD' and (complianceState eq 'Compliant' or not (complianceState ne 'NonCompliant'))"
    assert ask(COMPONENTS, filter=both) == [item for item in everything if item["componentType"] == "pod"]
    assert ask(STATES, filter="policyAssignmentName eq 'another'") == []
    assert ask(STATES, to="2020-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (STATES, {"$filtre": "x"}),
        (STATES, {"$filter": "nothing eq 'x'"}),
        (STATES, {"$filter": "complianceState is 'x'"}),
        (STATES, {"$filter": "(complianceState eq 'x'"}),
        (STATES, {"$filter": "complianceState eq 'x' complianceState"}),
        (STATES, {"$filter": "complianceState eq 'x"}),
        (STATES, {"$expand": "everything"}),
        (STATES, {"$expand": "components($select=id)"}),
        (STATES, {"$top": "many"}),
        (STATES, {"$select": "color"}),
        (STATES, {"$orderby": "timestamp sideways"}),
        (STATES, {"$apply": "filter(x)"}),
        (STATES, {"$from": "yesterday"}),
        (COMPONENTS, {"$expand": "components"}),
        (COMPONENTS, {"top": "1"}),
    ],
)
def test_what_makes_no_sense_is_refused(send, cluster, assigned, kind, options):
    url = f"{cluster}/providers/Microsoft.PolicyInsights/{kind}/latest/queryResults"
    answer = send("POST", url, api="2022-04-01", query=options)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidQueryString")


def test_there_are_500_records_at_most(box, cluster, assigned, ask):
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "c", "image": "x:latest"}]}}
    pods = [{**pod, "metadata": {"name": f"p{number}"}} for number in range(510)]
    loaded = box.load_manifests(cluster, json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}, indent=0))
    assert loaded == 510
    box.clock.advance(900)
    assert len(components(ask(COMPONENTS), LATEST)) == 500


def test_manifests_come_from_files_too_and_must_be_readable(box, cluster, assigned, ask, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "all.yaml").write_text(MANIFESTS)
    (tmp_path / "note.txt").write_text("not: [yaml")
    assert box.load_manifests(cluster, tmp_path) == 4
    assert box.load_manifests(cluster, [tmp_path / "deep" / "all.yaml"]) == 4
    assert len(box.compliance.workloads.of(cluster)) == 4
    with pytest.raises(ValueError, match="line 3"):
        box.load_manifests(cluster, "a: 1\nb: [\n")
    with pytest.raises(ValueError, match="no name"):
        box.load_manifests(cluster, "apiVersion: v1\nkind: Pod\n")
    with pytest.raises(KeyError):
        box.load_manifests(f"{cluster}x", MANIFESTS)


def test_a_cluster_that_is_deleted_takes_its_objects_along(box, send, cluster, assigned):
    box.load_manifests(cluster, MANIFESTS)
    box.polls = 1
    begun = send("DELETE", cluster, api="2024-09-01")
    assert begun.status_code == 202
    send("GET", begun.headers["Location"].removeprefix("https://management.azure.com"), api=None)
    assert cluster not in box.clusters
    assert box.compliance.workloads.of(box.add_cluster("rg", "c1")) == {}
