# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""az replayed from cassettes, which pin method, URL, query and body of every request."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from .conftest import CASSETTES, RECORDING

CLUSTER = (
    "/subscriptions/5a4dbc00-1111-4000-8000-000000000000/resourceGroups/rg"
    "/providers/Microsoft.ContainerService/managedClusters/c1"
)
ASSIGNMENT = (
    f"{CLUSTER}/providers/Microsoft.Authorization/policyAssignments/aks-deployment-safeguards-policy-assignment"
)
CREATE = (
    "aks create -g rg -n c1 --no-ssh-key --enable-addons azure-policy --safeguards-level Warning "
    "--safeguards-version v2.0.0 --safeguards-excluded-ns ns1"
)
WARNING = "aks update -g rg -n c1 --safeguards-level Warning"
ENFORCE = "aks update -g rg -n c1 --safeguards-level Enforcement"
OFF = "aks update -g rg -n c1 --safeguards-level Off"
NAMESPACES = "aks update -g rg -n c1 --safeguards-excluded-ns ns1,ns2"
SHOW = "aks safeguards profile show -g rg -n c1"
DELETE = "aks safeguards profile delete -g rg -n c1 --yes"


def profile(level, namespaces=()):
    return {
        "level": level,
        "version": "v2.0.0",
        "excludedNamespaces": list(namespaces),
        "systemExcludedNamespaces": ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"],
    }


def exactly(name, outcome):
    """The run succeeded, and what it asked for is what is on the cassette, no less and no more."""
    assert outcome["code"] == 0, outcome
    assert outcome["left_over"] == []
    assert outcome["asked"] == len(on_tape(name))
    return json.loads(outcome["out"]) if outcome["out"] else None


def on_tape(name):
    return yaml.safe_load((CASSETTES / f"{name}.yaml").read_text())["interactions"]


def written(name):
    """Method and path of what changes something, and its body."""
    requests = [item["request"] for item in on_tape(name) if item["request"]["method"] != "GET"]
    paths = [request["uri"].split("?")[0].removeprefix("https://management.azure.com") for request in requests]
    return [
        (request["method"], path, json.loads(request["body"]) if request["body"] else None)
        for request, path in zip(requests, paths, strict=True)
    ]


def test_create(replay):
    cluster = exactly("create", replay("create", CREATE, existing=False))
    assert cluster["safeguardsProfile"] == profile("Warning", ["ns1"])
    (first, first_path, body), (second, second_path, _) = written("create")
    assert (first, first_path, second, second_path) == ("PUT", CLUSTER, "PUT", ASSIGNMENT)
    assert body["properties"]["addonProfiles"] == {"azurepolicy": {"enabled": True}}
    assert "safeguards" not in json.dumps(body).lower()


def test_update_from_warning_to_enforcement(replay):
    cluster = exactly("enforcement", replay("enforcement", ENFORCE, before=(WARNING,)))
    assert cluster["safeguardsProfile"] == profile("Enforcement")
    ((method, path, body),) = written("enforcement")
    assert (method, path) == ("PUT", ASSIGNMENT)
    (override,) = body["properties"]["overrides"]
    assert (override["kind"], override["value"]) == ("policyEffect", "Deny")
    assert len(override["selectors"][0]["in"]) == 13
    assert body["properties"]["parameters"]["effectForMutationPolicies"] == {"value": "Mutate"}


def test_off(replay):
    cluster = exactly("off", replay("off", OFF, before=(ENFORCE, NAMESPACES)))
    assert cluster["safeguardsProfile"] == profile("Off", ["ns1", "ns2"])
    ((method, path, body),) = written("off")
    assert (method, path) == ("PUT", ASSIGNMENT)
    assert body["properties"]["enforcementMode"] == "DoNotEnforce"
    # Beside the assignment and the cluster, AKS's own safeguards and what others put beside the assignment are read to
    # be told; nothing waits for them.
    assert len(on_tape("off")) == 6


def test_namespaces(replay):
    cluster = exactly("namespaces", replay("namespaces", NAMESPACES, before=(ENFORCE,)))
    assert cluster["safeguardsProfile"] == profile("Enforcement", ["ns1", "ns2"])
    ((_, path, body),) = written("namespaces")
    assert path == ASSIGNMENT
    assert body["properties"]["parameters"]["excludedNamespaces"]["value"] == [
        "kube-system", "calico-system", "tigera-system", "gatekeeper-system", "ns1", "ns2",
    ]  # fmt: skip


def test_profile_show(replay):
    shown = exactly("profile_show", replay("profile_show", SHOW, before=(ENFORCE,)))
    assert {name: shown[name] for name in profile("")} == profile("Enforcement")
    assert shown["policies"]["probes"] == "Deny"
    # The assignment, AKS's part, and what others put beside it.
    assert len(on_tape("profile_show")) == 4


def test_profile_delete(replay):
    assert exactly("profile_delete", replay("profile_delete", DELETE, before=(WARNING,))) is None
    assert written("profile_delete") == [("DELETE", ASSIGNMENT, None)]


@pytest.mark.skipif(RECORDING, reason="these run on cassettes that are there")
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("namespaces", NAMESPACES.replace("ns2", "ns3")),
        ("enforcement", ENFORCE.replace("-n c1", "-n c2")),
        ("off", ENFORCE),
    ],
)
def test_a_request_that_is_not_on_the_cassette_fails(replay, name, line):
    outcome = replay(name, line)
    assert outcome["code"] != 0
    assert outcome["left_over"] != []
    assert "no recorded interaction matches" in outcome["err"]


@pytest.mark.parametrize("name", ["create", "enforcement", "off", "namespaces", "profile_show", "profile_delete"])
def test_cassettes_hold_no_secret_and_only_resource_manager(name):
    text = (CASSETTES / f"{name}.yaml").read_text()
    secret = re.compile(
        r"eyJ[\w-]{10}|bearer|access_token|refresh_token|client_secret|password|private key|set-cookie|"
        r"^ +(authorization|cookie|user-agent|x-ms-client-request-id):",
        re.IGNORECASE | re.MULTILINE,
    )
    assert secret.findall(text) == []
    assert {re.match(r"https://[^/]+", item["request"]["uri"])[0] for item in on_tape(name)} == {
        "https://management.azure.com"
    }
    assert "/home/" not in text
    assert "/tmp/" not in text
