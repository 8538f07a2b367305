# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Microsoft's own azure-identity, azure-mgmt-containerservice and azure-mgmt-resource-policy as witnesses: what the
flags write is an ordinary assignment on an ordinary cluster, and the sandbox is a Resource Manager to them, too.

They run in .venv/sdk, in a process of their own, and print JSON.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import textwrap

import pytest

from .azcli import ARM, ASSIGNMENT, ROOT, SDK_PYTHON, named

SCOPE = "https://management.azure.com/.default"
# What the scripts below begin with.
CLIENTS = f"""
import json, os
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.containerservice.models import ManagedCluster, ManagedClusterAgentPoolProfile
from azure.mgmt.resource.policy import PolicyClient

NAME = {ASSIGNMENT!r}
credential, subscription = DefaultAzureCredential(), os.environ["AZURE_SUBSCRIPTION_ID"]
clusters = ContainerServiceClient(credential, subscription).managed_clusters
assignments = PolicyClient(credential, subscription).policy_assignments
"""


@pytest.fixture
def script(az, box):
    """Runs a script with the SDKs; returns what it printed, read as JSON."""
    assert SDK_PYTHON.exists(), "run `make setup` first"

    def run(text, *arguments, sign_in=True, **variables):
        environment = {**box.environment(az.folder / "azure"), **(box.sdk_sign_in() if sign_in else {}), **variables}
        done = subprocess.run(
            [str(SDK_PYTHON), "-c", textwrap.dedent(text), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            # A probe that is not answered at once is asked again for half a minute.
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


# Signing in


@pytest.mark.parametrize("credential", ["DefaultAzureCredential()", "EnvironmentCredential()"])
def test_credentials_sign_in_by_the_variables_of_the_sandbox(script, box, credential):
    text = f"from azure.identity import *; import json; print(json.dumps({credential}.get_token('{SCOPE}').token))"
    assert script(text).count(".") == 2
    assert {record.path for record in box.journal if record.method == "POST"} == {f"/{box.tenant_id}/oauth2/v2.0/token"}


def test_a_client_secret_signs_in(script, box):
    text = f"""
    import json, sys
    from azure.identity import ClientSecretCredential
    print(json.dumps(ClientSecretCredential(sys.argv[1], sys.argv[2], "any").get_token("{SCOPE}").token))
    """
    principal = box.backends.principal
    assert script(text, principal.tenant_id, principal.client_id, sign_in=False).count(".") == 2


def test_the_metadata_of_a_machine_is_asked_for_once_and_refused_at_once(script):
    """Without variables DefaultAzureCredential looks for a machine's identity; az is the next that it asks."""
    text = f"""
    import json
    from azure.core.pipeline.transport import RequestsTransport
    from azure.identity import DefaultAzureCredential

    asked = []
    send = RequestsTransport.send
    def counted(self, request, **options):
        asked.append(request.url.partition("?")[0])
        return send(self, request, **options)
    RequestsTransport.send = counted

    left_out = "cli developer_cli powershell visual_studio_code shared_token_cache environment broker".split()
    try:
        DefaultAzureCredential(**{{f"exclude_{{name}}_credential": True for name in left_out}}).get_token("{SCOPE}")
        said = ""
    except Exception as error:
        said = str(error)
    print(json.dumps([asked, said]))
    """
    asked, said = script(text, sign_in=False)
    assert asked == ["http://169.254.169.254/metadata/identity/oauth2/token"]
    assert "the sandbox is no machine in Azure" in said


# Clusters


def test_clusters_are_listed_got_created_and_updated_with_safeguards_in_place(script, az, box, stored):
    box.add_cluster("rg", "c1")
    az("aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns ns1 -o none")
    before = copy.deepcopy(stored())
    text = (
        CLIENTS
        + """
pool = ManagedClusterAgentPoolProfile(name="system", mode="System", count=1, vm_size="Standard_D4s_v5")
made = clusters.begin_create_or_update("rg", "c2", ManagedCluster(
    location="westeurope", identity={"type": "SystemAssigned"},
    properties={"dnsPrefix": "c2", "agentPoolProfiles": [pool], "addonProfiles": {"azurepolicy": {"enabled": True}}},
)).result()
got = clusters.get("rg", "c1")
got.tags = {"team": "a"}
changed = clusters.begin_create_or_update("rg", "c1", got).result()
tagged = clusters.begin_update_tags("rg", "c1", {"tags": {"team": "b"}}).result()
print(json.dumps({
    "listed": sorted(one.name for one in clusters.list()),
    "in group": sorted(one.name for one in clusters.list_by_resource_group("rg")),
    "made": [made.properties.provisioning_state, made.properties.dns_prefix],
    "changed": [changed.tags, changed.properties.addon_profiles["azurepolicy"].enabled],
    "tagged": tagged.tags,
}))
"""
    )
    assert script(text) == {
        "listed": ["c1", "c2"],
        "in group": ["c1", "c2"],
        "made": ["Succeeded", "c2"],
        "changed": [{"team": "a"}, True],
        "tagged": {"team": "b"},
    }
    assert stored() == before
    assert az("aks show -g rg -n c1 -o json").profile["level"] == "Enforcement"
    # A cluster that an SDK has made is one like any other to the flags.
    assert az("aks update -g rg -n c2 --safeguards-level Warning -o json").profile["level"] == "Warning"


# Assignments


@pytest.fixture
def rich(az, box, stored):
    """An assignment of ours with everything that others may add to it."""
    box.add_cluster("rg", "c1")
    az(
        "aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-version v3.0.0 "
        "--safeguards-excluded-ns ns1,team-* -o none"
    )
    az("aks safeguards policy set -g rg -n c1 --policy probes --effect Warn -o none")
    body = stored()
    properties = body["properties"]
    properties["description"] = "by hand"
    properties["notScopes"] = [f"/subscriptions/{box.subscription_id}/resourceGroups/other"]
    properties["nonComplianceMessages"] = [{"message": "see the wiki"}]
    properties["resourceSelectors"] = [
        {"name": "ring0", "selectors": [{"kind": "resourceLocation", "in": ["westeurope"]}]}
    ]
    properties["metadata"]["ticket"] = "OPS-1"
    return body


def comparable(body):
    """An assignment less what the service itself writes into it at each write."""
    body = copy.deepcopy(body)
    body.pop("systemData", None)
    for name in ("updatedBy", "updatedOn", "createdBy", "createdOn"):
        body["properties"]["metadata"].pop(name, None)
    return body


def test_no_property_is_lost_on_the_way_through_the_policy_client(script, rich, stored):
    before = comparable(rich)
    text = (
        CLIENTS
        + """
cluster = clusters.get("rg", "c1")
found = assignments.get(cluster.id, NAME)
listed = list(assignments.list_for_resource("rg", "Microsoft.ContainerService", "", "managedClusters", "c1"))
written = assignments.create(cluster.id, NAME, found)
print(json.dumps([found.as_dict(), written.as_dict(), [one.id for one in listed if one.name == NAME]]))
"""
    )
    found, written, listed = script(text)
    assert comparable(stored()) == before
    assert listed == [rich["id"]]
    for read in (found, written):
        read = comparable(read)
        assert {name: read["properties"][name] for name in before["properties"] if name in read["properties"]} == (
            before["properties"]
        )


def test_a_change_through_the_policy_client_changes_that_alone(script, az, rich, stored):
    expected = comparable(rich)
    text = (
        CLIENTS
        + """
cluster = clusters.get("rg", "c1")
found = assignments.get_by_id(f"{cluster.id}/providers/Microsoft.Authorization/policyAssignments/{NAME}")
found.properties.parameters["excludedNamespaces"].value.append("by-sdk")
assignments.create(cluster.id, NAME, found)
assignments.update(cluster.id, NAME, {"properties": {"overrides": found.properties.overrides}})
print(json.dumps(found.properties.parameters["excludedNamespaces"].value))
"""
    )
    namespaces = script(text)
    assert namespaces[-3:] == ["ns1", "team-*", "by-sdk"]
    expected["properties"]["parameters"]["excludedNamespaces"]["value"] = namespaces
    assert comparable(stored()) == expected
    # And the flags go on from there.
    profile = az("aks safeguards profile show -g rg -n c1 -o json").json
    assert (profile["level"], profile["excludedNamespaces"]) == ("Enforcement", ["ns1", "team-*", "by-sdk"])
    az("aks update -g rg -n c1 --safeguards-level Warning -o none")
    after = stored()["properties"]
    assert after["parameters"]["excludedNamespaces"]["value"] == namespaces
    assert (after["description"], after["metadata"]["ticket"]) == ("by hand", "OPS-1")
    assert after["resourceSelectors"] == expected["properties"]["resourceSelectors"]


def test_the_policy_client_hears_what_azure_says(script, box):
    box.add_cluster("rg", "c1")
    text = (
        CLIENTS
        + """
cluster = clusters.get("rg", "c1")
said = []
gone = "/providers/Microsoft.Authorization/policySetDefinitions/none"
for body in ({}, {"properties": {"policyDefinitionId": gone}}):
    try:
        assignments.create(cluster.id, NAME, body)
    except HttpResponseError as error:
        said.append([error.status_code, error.error.code])
try:
    assignments.get(cluster.id, NAME)
except ResourceNotFoundError as error:
    said.append([error.status_code, error.error.code])
print(json.dumps(said))
"""
    )
    said = script(text)
    assert said == [
        [400, "InvalidRequestContent"],
        [400, "PolicySetDefinitionNotFound"],
        [404, "PolicyAssignmentNotFound"],
    ]


# The example


def test_the_example(az, box, stored):
    box.add_cluster("rg", "c1")
    az("aks update -g rg -n c1 --safeguards-level Warning --safeguards-excluded-ns ns1 -o none")
    environment = {**box.environment(az.folder / "azure"), **box.sdk_sign_in()}
    command = [str(SDK_PYTHON), str(ROOT / "examples" / "sdk_clients.py"), "rg"]
    for name, lines in {
        "c1": ["c1 (eastus): Warning", "c1: tagged, Succeeded", "c1: Warning, leaves alone "],
        "new": [
            "c1 (eastus): Warning",
            "new: creating it",
            "new: tagged, Succeeded",
            "new: no safeguards; ",
        ],
    }.items():
        done = subprocess.run([*command, name], env=environment, capture_output=True, text=True, timeout=60, check=True)
        printed = done.stdout.splitlines()
        assert all(line.startswith(start) for line, start in zip(printed, lines, strict=True)), done.stdout
    assert stored()["properties"]["parameters"]["excludedNamespaces"]["value"][-2:] == ["ns1", "sdk-example"]
    assert os.environ.get("AZURE_CLIENT_SECRET") is None
    assert {named(record) for record in box.journal if record.host == ARM} >= {"PUT cluster", "PUT assignment"}
