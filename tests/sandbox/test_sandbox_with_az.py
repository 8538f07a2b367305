# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The real az, command by command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SET = "c047ea8e-9c78-49b2-958b-37e56d291a44"
AZ = str(Path(sys.executable).with_name("az"))


def test_login(box, tmp_path):
    box.log_in(tmp_path / "azure", az=AZ)
    environment = box.environment(tmp_path / "azure")
    shown = subprocess.run(
        [AZ, "account", "show", "--query", "id", "-o", "tsv"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == box.subscription_id
    assert box.refused_hosts == []


def test_life_of_a_cluster(box, az):
    az("group create -n rg -l eastus --tags a=b")
    created = az("aks create -g rg -n c --generate-ssh-keys --enable-addons azure-policy --tags a=b -o json")
    cluster = json.loads(created.out)
    assert cluster["provisioningState"] == "Succeeded"
    assert cluster["addonProfiles"]["azurepolicy"]["identity"]
    updated = az("aks update -g rg -n c --tags a=c -o json")
    assert json.loads(updated.out)["tags"] == {"a": "c"}
    az("aks disable-addons -g rg -n c --addons azure-policy")
    assert box.clusters[cluster["id"]]["properties"]["addonProfiles"]["azurepolicy"] == {
        "enabled": False,
        "config": None,
    }
    az("aks enable-addons -g rg -n c --addons azure-policy")
    assert az("aks list --query [].name -o tsv").out.strip() == "c"
    az("aks get-credentials -g rg -n c --file", "-")
    az("aks delete -g rg -n c --yes")
    az("aks show -g rg -n c", code=3)
    az("group delete -n rg --yes")
    assert az("group exists -n rg").out.strip() == "false"
    assert box.refused_hosts == []


def test_no_wait_and_automatic(box, az):
    az("group create -n rg -l eastus")
    az("aks create -g rg -n a --sku automatic")
    az("aks create -g rg -n b --no-wait --generate-ssh-keys")
    az("aks wait -g rg -n b --created --interval 1")
    assert json.loads(az("aks safeguards show -g rg -n a -o json").out)["properties"]["level"] == "Enforce"
    assert "AKS Automatic" in az("aks safeguards delete -g rg -n a --yes", code=1).err


def test_managed_safeguards(box, az, cluster):
    az("aks safeguards create -g rg -n c1 --level Warn")
    az("aks safeguards wait -g rg -n c1 --created --interval 1")
    az("aks safeguards update -g rg -n c1 --level Enforce --excluded-ns a b")
    shown = json.loads(az("aks safeguards list -g rg -n c1 -o json").out)
    assert shown[0]["properties"]["excludedNamespaces"] == ["a", "b"]
    az("aks safeguards delete -g rg -n c1 --yes")
    assert not box.deployment_safeguards


def test_features_and_providers(box, az):
    az("feature register --namespace Microsoft.ContainerService -n SafeguardsPreview")
    show = "feature show --namespace Microsoft.ContainerService -n SafeguardsPreview --query properties.state -o tsv"
    assert [az(show).out.strip() for _ in range(3)] == ["Registering", "Registering", "Registered"]
    assert "SafeguardsPreview" in az("feature list --namespace Microsoft.ContainerService").out
    az("provider register -n Microsoft.ContainerService")
    az("provider show -n Microsoft.ContainerService")
    az("feature unregister --namespace Microsoft.ContainerService -n SafeguardsPreview")
    box.features.set_state("SafeguardsPreview", None)
    assert "could not be found" in az(show, code=3).err


def test_policy_commands(box, az, cluster, parameters):
    where = ["--scope", cluster, "-n", "mine"]
    az(f"policy assignment create -d {SET} --definition-version 2.1.* --params", json.dumps(parameters), *where)
    az("policy assignment update --display-name hello", *where)
    shown = az("policy assignment show --expand EffectiveDefinitionVersion -o json", *where)
    assert json.loads(shown.out)["displayName"] == "hello"
    az("policy assignment list -g rg")
    az("policy assignment delete", *where)
    az("policy assignment delete", *where)
    az("policy assignment show", *where, code=3)
    versions = json.loads(az(f"policy set-definition show -n {SET} --query versions -o json").out)
    assert versions[0] == "3.0.0"
    az("policy definition show -n e24df237-32cb-4a6c-a2f6-85b499cda9f2")
    # azure-cli 2.91 asks for versions under the subscription only, where a built-in initiative does not exist.
    assert "PolicySetDefinitionNotFound" in az(f"policy set-definition version list -n {SET}", code=3).err


def test_rest_and_its_refusals(box, az, path, body):
    url = f"https://management.azure.com{path}?api-version=2023-04-01"
    az("rest --method put --url", url, "--body", json.dumps(body))
    body["properties"]["parameters"]["effect"] = {"value": "Deny"}
    failed = az("rest --method put --url", url, "--body", json.dumps(body), code=1)
    assert "printMutationsAnnotations" in failed.err
    assert "effect" not in box.assignments[path]["properties"]["parameters"]


def test_other_hosts_are_out_of_reach(box, az):
    az("rest --method get --skip-authorization-header --url https://example.com/", code=1, traceback=True)
    assert set(box.refused_hosts) == {"example.com:443"}


def test_sovereign_clouds(box, tmp_path):
    config = tmp_path / "azure"
    environment = box.environment(config)
    for line in (
        "cloud set -n AzureUSGovernment",
        "login --service-principal -u any -p any --tenant anytenant",
        "group list",
    ):
        subprocess.run([AZ, *line.split()], env=environment, capture_output=True, check=True)
    assert {record.host for record in box.journal} == {"login.microsoftonline.us", "management.usgovcloudapi.net"}


def test_custom_cloud(box, tmp_path):
    environment = {**box.environment(tmp_path / "azure"), "AZURE_CORE_INSTANCE_DISCOVERY": "false"}
    for line in (
        f"cloud register -n local --endpoint-resource-manager https://localhost:{box.port}",
        "cloud set -n local",
        "login --service-principal -u any -p any --tenant anytenant",
        "group create -n rg -l eastus",
    ):
        subprocess.run([AZ, *line.split()], env=environment, capture_output=True, check=True)
    assert len(box.groups) == 1
