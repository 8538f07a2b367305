# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The commands of the documentation of 2024, in its order and as they stand there.

MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md of 2024-04-25. Its two commands that install
aks-preview are left out: this extension takes its place.
"""

from __future__ import annotations

import pytest

from .evaluator import counted, effective

REGISTER = """
feature register --namespace Microsoft.ContainerService --name SafeguardsPreview
"""
VERIFY = """
feature show --namespace Microsoft.ContainerService --name SafeguardsPreview
"""
REFRESH = """
provider register --namespace Microsoft.ContainerService
"""
CREATE = """
aks create \\
    --name myAKSCluster \\
    --resource-group myResourceGroup \\
    --enable-addons azure-policy \\
    --safeguards-level Warning \\
    --safeguards-version v2.0.0 \\
    --generate-ssh-keys
"""
ENFORCE_V2 = """
aks update --name myAKSCluster --resource-group myResourceGroup --safeguards-level Enforcement --safeguards-version v2.0.0
"""  # noqa: E501
ENFORCE = """
aks update --name myAKSCluster --resource-group myResourceGroup --safeguards-level Enforcement
"""
EXCLUDE = """
aks update --name myAKSCluster --resource-group myResourceGroup --safeguards-level Warning --safeguards-version v2.0.0 --safeguards-excluded-ns ns1,ns2 
"""  # noqa: E501, W291
VERSION = """
aks update --name myAKSCluster --resource-group myResourceGroup --safeguards-version v2.0.0
"""
OFF = """
aks update --name myAKSCluster --resource-group myResourceGroup --safeguards-level Off
"""
SYSTEM = ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"]


def profile(level, namespaces=()):
    return {
        "level": level,
        "version": "v2.0.0",
        "excludedNamespaces": list(namespaces),
        "systemExcludedNamespaces": SYSTEM,
    }


def test_every_command_of_the_article_works(az_process, box, stored):
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    box.add_group("myResourceGroup")
    az_process(REGISTER)
    states = [az_process(VERIFY).json["properties"]["state"] for _ in range(3)]
    assert states[-1] == "Registered"
    az_process(REFRESH)

    created = az_process(CREATE)
    assert created.profile == profile("Warning")
    assert created.json["provisioningState"] == "Succeeded"
    assert (az_process.home / ".ssh" / "id_rsa.pub").is_file()
    here = ("myResourceGroup", "myAKSCluster")
    assert counted(effective(box, stored(*here))) == {"Audit": 14, "Disabled": 6}

    enforced = az_process(ENFORCE_V2)
    assert enforced.profile == profile("Enforcement")
    assert enforced.writes == ["PUT assignment"]
    assert counted(effective(box, stored(*here))) == {"Audit": 1, "Deny": 13, "Mutate": 6}

    # It is there already, so nothing is left to write.
    again = az_process(ENFORCE)
    assert (again.profile, again.writes) == (profile("Enforcement"), [])

    excluded = az_process(EXCLUDE)
    assert excluded.profile == profile("Warning", ["ns1", "ns2"])
    assert stored(*here)["properties"]["parameters"]["excludedNamespaces"]["value"] == [*SYSTEM, "ns1", "ns2"]

    version = az_process(VERSION)
    assert (version.profile, version.writes) == (profile("Warning", ["ns1", "ns2"]), [])

    off = az_process(OFF)
    assert off.profile == profile("Off", ["ns1", "ns2"])
    assert counted(effective(box, stored(*here))) == {"Disabled": 20}
    assert stored(*here)["properties"]["enforcementMode"] == "DoNotEnforce"


@pytest.mark.parametrize("level", ["Warning", "Enforcement"])
def test_a_version_alone_moves_a_cluster_to_that_version_and_keeps_its_level(az_process, box, cluster, stored, level):
    az_process(
        f"aks update -g rg -n c1 --safeguards-level {level} --safeguards-version v1.0.0 --safeguards-excluded-ns a"
    )
    moved = az_process("aks update --name c1 --resource-group rg --safeguards-version v2.0.0")
    assert moved.profile == profile(level, ["a"])
    assert moved.writes == ["PUT assignment"]
