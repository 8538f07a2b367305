# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards profile list` and `profile copy`: many clusters, few requests."""

from __future__ import annotations

import copy

import pytest

from .azcli import ASSIGNMENT

SECOND = "5a4dbc00-2222-4000-8000-000000000000"
LIST = "aks safeguards profile list"
GRAPH = "POST /providers/Microsoft.ResourceGraph/resources"


@pytest.fixture
def two(box, warm):
    """A second subscription, to which az is signed in as well."""
    box.add_subscription(SECOND, "Second")
    box.write_login(warm.folder / "azure")
    yield SECOND
    box.backends.subscription_names.pop(SECOND)
    box.write_login(warm.folder / "azure")


@pytest.fixture
def body(az, warm, box, stored):
    """An assignment as this extension writes it; the cluster that it was written on is gone again."""
    identifier = box.add_cluster("model", "model")
    warm("aks update -g model -n model --safeguards-level Enforcement --safeguards-excluded-ns a,b")
    found = copy.deepcopy(stored("model", "model"))
    box.backends.clusters.remove(identifier)
    return found


def _states(box, identifier, *references):
    box.compliance.set_non_compliant(
        f"{identifier}/providers/Microsoft.Authorization/policyAssignments/{ASSIGNMENT}", references
    )


def without_age(rows):
    """Rows without the age of their compliance, which Resource Graph alone tells."""
    return [{**row, "lastScan": None, "outdated": None} for row in rows]


def test_two_thousand_clusters_take_six_requests(az, warm, box, body):
    clusters = box.add_clusters(2000, body=body)
    _states(box, clusters[7], "ensureProbesConfiguredInKubernetesCluster", "uniqueServiceSelectors")
    listed = warm(LIST)
    assert listed.sent == [GRAPH] * 6
    rows = listed.json
    assert len(rows) == 2000
    assert [row["id"].lower() for row in rows] == sorted(
        (row["id"].lower() for row in rows), key=lambda item: (item.split("/")[4], item.split("/")[8])
    )
    counts = {row["cluster"]: row["nonCompliantPolicies"] for row in rows}
    assert counts.pop("fleet-00007") == 2
    assert set(counts.values()) == {0}
    assert {(row["level"], row["version"], row["excludedNamespaces"], row["owner"]) for row in rows} == {
        ("Enforcement", "v2.0.0", 2, "Assignment")
    }
    # Without Resource Graph: as many lists, and the same rows.
    box.resource_graph.enabled = False
    box.page_size = 1000
    lists = warm(LIST)
    assert without_age(lists.json) == without_age(rows)
    assert len(lists.sent) - len([name for name in lists.sent if name == GRAPH]) <= 6
    assert "Resource Graph did not answer" in lists.err


def test_what_a_row_says(az, warm, box, body, two):
    box.add_clusters(2, groups=1, body=body)
    bare = box.add_cluster("rg", "bare", azure_policy=False)
    box.add_cluster("rg", "auto", sku="Automatic")
    changed = box.add_clusters(1, subscription=two, groups=1, body=body, prefix="other")[0]
    found = box.assignments[f"{changed}/providers/Microsoft.Authorization/policyAssignments/{ASSIGNMENT}"]["properties"]
    found["overrides"].append(
        {
            "kind": "policyEffect",
            "value": "Audit",
            "selectors": [{"kind": "policyDefinitionReferenceId", "in": ["ensureProbesConfiguredInKubernetesCluster"]}],
        }
    )
    found["parameters"]["warn"] = {"value": False}
    found["enforcementMode"] = "DoNotEnforce"
    own = warm(LIST).json
    assert [(row["cluster"], row["owner"], row["azurePolicyAddon"]) for row in own] == [
        ("fleet-00000", "Assignment", True),
        ("fleet-00001", "Assignment", True),
        ("auto", "Managed", True),
        ("bare", None, False),
    ]
    everything = warm(f"{LIST} --all-subscriptions")
    assert everything.sent == [GRAPH] * 3
    assert everything.json[:4] == own
    row = everything.json[4]
    assert (row["subscription"], row["subscriptionName"], row["resourceGroup"]) == (two, "Second", "other-0")
    assert row["choices"] == ["probes=Audit"]
    assert row["drift"] == ["enforcementMode", "parameters.warn"]
    assert row["enforcementMode"] == "DoNotEnforce"
    assert [row["cluster"] for row in warm(f"{LIST} --subscription {two}").json] == ["other-00000"]
    assert [row["cluster"] for row in warm(f"{LIST} -g RG --all-subscriptions").json] == ["auto", "bare"]
    live = warm(f"{LIST} --all-subscriptions --live")
    assert without_age(live.json) == without_age(everything.json)
    assert GRAPH not in live.sent
    table = warm(f"{LIST} --all-subscriptions -o table").out.splitlines()
    assert table[0].split() == [
        "Cluster", "ResourceGroup", "Subscription", "Level", "Version",
        "Drift", "NonCompliant",
    ]  # fmt: skip
    assert table[2].split() == [
        "other-00000", "other-0", "Second", "Enforcement", "(not", "enforced)", "v2.0.0",
        "2", "0",
    ]  # fmt: skip
    assert bare


def test_what_can_not_be_read_is_said(az, warm, box, body, two):
    box.add_clusters(1, groups=1, body=body)
    box.add_clusters(1, subscription=two, groups=1, body=body, prefix="other")
    box.faults.add(method="POST", path="ResourceGraph", status=403, times=None)
    box.faults.add(
        method="GET", path=f"{two}/providers/Microsoft.Authorization/policyAssignments", status=403, times=None
    )
    partly = warm(f"{LIST} --all-subscriptions", code=1)
    assert [row["cluster"] for row in partly.json] == ["fleet-00000"]
    assert f"1 of 2 subscriptions could not be read: {two}: (AuthorizationFailed)" in partly.err
    assert f"az aks safeguards profile list --subscription {two}" in partly.err
    box.faults.add(method="POST", path="summarize", status=403, times=None)
    unknown = warm(LIST)
    assert unknown.json[0]["nonCompliantPolicies"] is None
    assert "Compliance could not be read" in unknown.err
    warm(f"{LIST} -g nope", code=3)
    box.faults.clear()
    warm(f"{LIST} -g nope", code=3)
    assert "is not a resource group name" in warm(LIST, "-g", "x' or '1", code=1).err
    box.providers.set_state("Microsoft.ResourceGraph", "NotRegistered")
    assert [row["cluster"] for row in warm(LIST).json] == ["fleet-00000"]


def test_copy(az, warm, box, stored, two):
    source = box.add_cluster("rg", "source")
    flags = "--safeguards-level Enforcement --safeguards-version v1.0.0 --safeguards-excluded-ns a,b"
    warm(f"aks update -g rg -n source {flags}")
    warm("aks safeguards policy set -g rg -n source --policy probes --effect Warn --param", 'requiredProbes=["p"]')
    one, bare = box.add_cluster("rg", "one"), box.add_cluster("rg", "bare", azure_policy=False)
    far = box.add_cluster("far", "far", subscription=two)
    warm("aks update -g rg -n one --safeguards-level Warning")
    assignment = f"{one}/providers/Microsoft.Authorization/policyAssignments/{ASSIGNMENT}"
    box.assignments[assignment]["properties"]["notScopes"] = [f"{one}/somewhere"]
    ids = f"--from {source} --to {one} {bare} {far} {far}"
    before = copy.deepcopy(stored("rg", "one"))
    dry = warm(f"aks safeguards profile copy {ids} --dry-run", code=1)
    assert [item["result"] for item in dry.json] == ["WouldChange", "Failed", "WouldChange"]
    assert {"level: Warning -> Enforcement", "choice probes: - -> Warn"} <= set(dry.json[0]["changes"])
    assert dry.writes == []
    assert stored("rg", "one") == before
    done = warm(f"aks safeguards profile copy {ids}", code=1)
    assert [item["result"] for item in done.json] == ["Changed", "Failed", "Changed"]
    assert "ERROR: 2 of 3 clusters changed, 1 failed:\n  bare: The azure-policy add-on" in done.err
    assert "az aks enable-addons --addons azure-policy -g rg -n bare" in done.err
    assert f"az aks safeguards profile copy --from {source}".lower() in done.err.lower()
    assert sorted(done.writes) == ["PUT assignment"] * 2
    assert stored("rg", "one")["properties"]["notScopes"] == [f"{one}/somewhere"]
    shown = warm(f"aks safeguards profile show -g far -n far --subscription {two}").json
    assert (shown["level"], shown["version"], shown["excludedNamespaces"]) == ("Enforcement", "v1.0.0", ["a", "b"])
    assert shown["choices"] == warm("aks safeguards profile show -g rg -n source").json["choices"] != []
    warm("aks safeguards suspend -g rg -n source --reason INC-1")
    listed = {row["cluster"]: row for row in warm(LIST).json}
    chosen = ["probes=Audit", 'requiredProbes=["p"]']
    assert [(listed[name]["level"], listed[name]["choices"]) for name in ("source", "one")] == [
        ("Enforcement", chosen)
    ] * 2
    assert (listed["source"]["suspended"]["reason"], listed["one"]["suspended"]) == ("INC-1", None)
    table = warm(f"{LIST} -o table").out.splitlines()
    assert [line.split()[3:5] for line in table if line.startswith("source")] == [["Enforcement", "(suspended)"]]
    again = warm(f"aks safeguards profile copy --from {source} --to {one} {far}")
    assert [item["result"] for item in again.json] == ["Unchanged"] * 2
    assert again.writes == []
    assert "can't be a target" in warm(f"aks safeguards profile copy --from {one} --to {one}", code=1).err
    assert (
        "has no safeguards assignment to copy"
        in warm(f"aks safeguards profile copy --from {bare} --to {one}", code=1).err
    )
