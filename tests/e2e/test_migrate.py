# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards profile migrate`: between AKS's managed safeguards and an assignment."""

from __future__ import annotations

import pytest

MIGRATE = "aks safeguards profile migrate -g rg -n c1 --to"


def test_there_and_back(az, warm, box, cluster, stored):
    box.add_deployment_safeguards(cluster, "Enforce", ["a", "b"])
    refused = warm("aks update -g rg -n c1 --safeguards-level Enforcement", code=1)
    assert "a second owner would fight with it" in refused.err
    planned = warm(f"{MIGRATE} assignment --dry-run")
    assert planned.json["steps"] == ["write the assignment", "remove the managed safeguards"]
    assert (planned.json["done"], planned.writes) == ([], [])
    done = warm(f"{MIGRATE} assignment --safeguards-version v3.0.0")
    assert done.json["done"] == done.json["steps"]
    assert done.writes == ["PUT assignment", "DELETE managed"]
    assert "--overlap 35 keeps both" in done.err
    assert len(box.deployment_safeguards) == 0
    shown = warm("aks safeguards profile show -g rg -n c1").json
    assert (shown["level"], shown["version"], shown["excludedNamespaces"]) == ("Enforcement", "v3.0.0", ["a", "b"])
    assert warm(f"{MIGRATE} assignment").writes == []

    # The way back loses the version: that needs an answer, and nobody is there to give one.
    asked = warm(f"{MIGRATE} managed", code=1)
    assert asked.writes == []
    assert "The version (v3.0.0) of the cluster 'c1' will be lost" in asked.err
    assert f"az {MIGRATE.replace(' --to', '')} --to managed --yes" in asked.err
    box.faults.add(method="DELETE", path="policyAssignments", status=403)
    halfway = warm(f"{MIGRATE} managed --yes", code=1)
    assert "The move is not finished; the cluster is protected all the same." in halfway.err
    assert stored() is not None
    back = warm(f"{MIGRATE} managed --yes --overlap 35 -o table")
    assert back.slept >= 35 * 60
    assert back.writes == ["DELETE assignment"]
    assert "remove the assignment" in back.out
    assert stored() is None
    assert box.deployment_safeguards[cluster]["properties"]["level"] == "Enforce"
    assert box.deployment_safeguards[cluster]["properties"]["excludedNamespaces"] == ["a", "b"]


def test_pod_security_goes_with_it(warm, box, cluster):
    """AKS's own commands see what ours carried, and the other way round."""
    warm("aks safeguards create -g rg -n c1 --level Enforce --pss-level Restricted")
    there = warm(f"{MIGRATE} assignment")
    assert (there.writes, there.json["lost"]) == (["PUT assignment", "DELETE managed"], [])
    assert "gets v3.0.0, the only version that has Pod Security" in there.err
    assert "No assignment has AKS's mutators" in there.err
    assert "No assignment has AKS's admission policies" in there.err
    shown = warm("aks safeguards profile show -g rg -n c1").json
    assert (shown["version"], shown["podSecurity"], shown["policies"]["volume-types"]) == (
        "v3.0.0",
        "Restricted",
        "Deny",
    )
    back = warm(f"{MIGRATE} managed --yes")
    assert "AKS has none of the assignment's mutations: mutate-taints." in back.err
    assert "AKS's own mutators fill in" in back.err
    managed = warm("aks safeguards show -g rg -n c1").json["properties"]
    assert (managed["level"], managed["podSecurityStandardsLevel"]) == ("Enforce", "Restricted")
    lost = warm(f"{MIGRATE} assignment --safeguards-version v2.0.0 --dry-run")
    assert lost.json["lost"] == ["the Pod Security level (Restricted), which only v3.0.0 of the assignment has"]


@pytest.mark.parametrize(
    "line",
    [
        "profile migrate -g rg -n c1 --to managed --overlap",
        "profile migrate -g rg -n c1 --to managed --timeout",
        "compliance show -g rg -n c1 --scan --timeout",
        "register --timeout",
    ],
)
@pytest.mark.parametrize("text", ["1.5", "abc", "-1"])
def test_what_is_no_time_to_wait(warm, line, text):
    refused = warm(f"aks safeguards {line}={text}", code=2)
    assert f"'{text}' is not a whole number" in refused.errors[0]
    assert "_" not in refused.errors[0]


def test_refusals(az, warm, box, cluster):
    assert "has neither managed safeguards nor the assignment" in warm(f"{MIGRATE} managed", code=1).err
    assert "goes with --to assignment only" in warm(f"{MIGRATE} managed --safeguards-version v2.0.0", code=1).err
    box.add_cluster("rg", "auto", sku="Automatic")
    automatic = warm("aks safeguards profile migrate -g rg -n auto --to assignment --yes", code=1)
    assert "is AKS Automatic: its deployment safeguards are always AKS's own" in automatic.err
    assert automatic.writes == []
    warm("aks safeguards profile migrate -g rg -n nope --to managed", code=3)
    warm(f"{MIGRATE} nowhere", code=2)
