# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Policy exemptions: what the service takes, lists and refuses."""

from __future__ import annotations

import json

import pytest

API = "2022-07-01-preview"
LATER = "2999-01-01T00:00:00Z"


@pytest.fixture
def assigned(send, path, body):
    assert send("PUT", path, body).status_code == 201
    return path


@pytest.fixture
def exempt(send, cluster, assigned):
    """Put an exemption: exempt("name", scope=..., expiresOn=...); return the answer."""

    def call(name="pause", scope=cluster, **properties):
        sent = {"policyAssignmentId": assigned, "exemptionCategory": "Waiver", **properties}
        sent = {key: value for key, value in sent.items() if value is not None}
        target = f"{scope}/providers/Microsoft.Authorization/policyExemptions/{name}"
        return send("PUT", target, {"properties": sent}, api=API)

    return call


def names(answer):
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["value"]]


def test_the_first_put_answers_201_and_the_next_200(box, exempt, cluster, assigned):
    first = exempt(policyDefinitionReferenceIds=["ensureProbesConfiguredInKubernetesCluster"], expiresOn=LATER)
    assert first.status_code == 201
    document = first.json()
    assert document["id"] == f"{cluster}/providers/Microsoft.Authorization/policyExemptions/pause"
    assert (document["name"], document["type"]) == ("pause", "Microsoft.Authorization/policyExemptions")
    assert document["properties"] == {
        "policyAssignmentId": assigned,
        "policyDefinitionReferenceIds": ["ensureProbesConfiguredInKubernetesCluster"],
        "exemptionCategory": "Waiver",
        "expiresOn": LATER,
    }
    again = exempt(exemptionCategory="Mitigated")
    assert (again.status_code, again.json()["properties"]["exemptionCategory"]) == (200, "Mitigated")
    assert again.json()["systemData"]["createdAt"] == document["systemData"]["createdAt"]
    assert list(box.exemptions) == [document["id"]]


def test_get_and_delete(send, exempt, cluster):
    target = exempt().json()["id"]
    assert send("GET", target.upper().replace("/PROVIDERS", "/providers"), api=API).json()["name"] == "pause"
    assert send("DELETE", target, api=API).json()["name"] == "pause"
    gone = send("DELETE", target, api=API)
    assert (gone.status_code, gone.content) == (204, b"")
    missing = send("GET", target, api=API)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "PolicyExemptionNotFound")


def test_a_list_at_a_cluster_holds_those_of_the_group_and_the_subscription(box, send, exempt, cluster, assigned):
    subscription, group = f"/subscriptions/{box.subscription_id}", cluster.rpartition("/providers/")[0]
    other = box.add_cluster("rg", "c2")
    for name, scope in (("sub", subscription), ("group", group), ("other", other), ("mine", cluster)):
        assert exempt(name, scope, assignmentScopeValidation="DoNotValidate").status_code == 201
    where = "/providers/Microsoft.Authorization/policyExemptions"
    assert names(send("GET", cluster + where, api=API)) == ["sub", "group", "mine"]
    assert names(send("GET", group + where, api=API)) == ["sub", "group", "other", "mine"]
    for text, expected in {
        "atScope()": ["sub", "group"],
        "atExactScope()": ["group"],
        "atScopeAndBelow()": ["group", "other", "mine"],
        f"policyAssignmentId eq '{assigned.upper()}'": ["sub", "group", "other", "mine"],
        "policyAssignmentId eq '/x'": [],
    }.items():
        assert names(send("GET", group + where, api=API, query={"$filter": text})) == expected, text
    refused = send("GET", group + where, api=API, query={"$filter": "nonsense"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "InvalidFilterInQueryString")


def test_an_expired_exemption_stays_and_is_left_out_on_request(box, send, exempt, cluster):
    exempt("soon", expiresOn="2999-01-01T00:00:00.5+02:00")
    exempt("old", expiresOn="2001-01-01T00:00:00Z")
    where = f"{cluster}/providers/Microsoft.Authorization/policyExemptions"
    assert names(send("GET", where, api=API)) == ["soon", "old"]
    assert names(send("GET", where, api=API, query={"$filter": "excludeExpired()"})) == ["soon"]


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"policyAssignmentId": None}, "InvalidRequestContent"),
        ({"exemptionCategory": None}, "InvalidRequestContent"),
        ({"policyAssignmentId": "/nowhere"}, "InvalidPolicyExemption"),
        ({"exemptionCategory": "Holiday"}, "InvalidPolicyExemption"),
        ({"policyDefinitionReferenceIds": ["noSuchPolicy"]}, "InvalidPolicyExemption"),
        ({"policyDefinitionReferenceIds": "probes"}, "InvalidPolicyExemption"),
        ({"expiresOn": "tomorrow"}, "InvalidPolicyExemption"),
        ({"expiresOn": "2026-13-01T00:00:00Z"}, "InvalidPolicyExemption"),
        ({"assignmentScopeValidation": "Never"}, "InvalidPolicyExemption"),
        (
            {"resourceSelectors": [{"selectors": [{"kind": "moon", "in": ["x"]}]}]},
            "InvalidPolicyAssignmentResourceSelector",
        ),
    ],
)
def test_refusals(box, exempt, properties, code):
    answer = exempt(**properties)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert not box.exemptions


def test_a_scope_outside_the_assignments_own_is_refused(box, exempt):
    answer = exempt(scope=f"/subscriptions/{box.subscription_id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidPolicyExemption")
    nowhere = exempt(scope=f"/subscriptions/{box.subscription_id}/resourceGroups/none")
    assert nowhere.status_code == 404


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("2020-07-01-preview", 200),
        ("2024-12-01-preview", 200),
        ("2026-01-01-preview", 200),
        ("2022-07-01", 400),
        ("2019-06-01-preview", 400),
    ],
)
def test_only_preview_versions_exist(send, cluster, version, status):
    where = f"{cluster}/providers/Microsoft.Authorization/policyExemptions"
    assert send("GET", where, api=version).status_code == status


@pytest.mark.parametrize("denied", ["policyExemptions/write", "policyAssignments/exempt/action"])
def test_two_permissions_are_needed_to_exempt(box, exempt, denied):
    box.permissions.set([{"actions": ["*"], "notActions": [f"Microsoft.Authorization/{denied}"]}])
    answer = exempt()
    assert answer.status_code == 403
    assert denied in answer.json()["error"]["message"]
    assert not box.exemptions


def test_an_exemption_goes_with_its_cluster_but_not_with_its_assignment(box, send, exempt, cluster, assigned):
    exempt()
    send("DELETE", assigned)
    assert len(box.exemptions) == 1
    box.backends.clusters.remove(cluster)
    assert len(box.exemptions) == 0


def test_az_creates_lists_shows_and_deletes_them(box, az, cluster, assigned):
    where = ["--scope", cluster, "-n", "pause"]
    az(f"policy exemption create -e Waiver -a {assigned} -r imagesDoNotUseLatest --expires-on {LATER}", *where)
    shown = json.loads(az("policy exemption show -o json", *where).out)
    assert (shown["policyAssignmentId"], shown["policyDefinitionReferenceIds"]) == (assigned, ["imagesDoNotUseLatest"])
    # az cuts a resource scope down to its group and asks for exactly that, unless told not to.
    listed = az("policy exemption list --disable-scope-strict-match --query [].name -o tsv --scope", cluster)
    assert (listed.out, listed.err) == ("pause\n", "")
    az("policy exemption delete", *where)
    assert not box.exemptions
    assert "PolicyExemptionNotFound" in az("policy exemption show", *where, code=3).err
