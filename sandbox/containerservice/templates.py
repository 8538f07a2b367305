# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the service fills in: the members of a cluster that the client did not send.

Member names and values are those of the recorded bodies in Azure/azure-cli-extensions
test_aks_create_with_safeguards and test_aks_update_with_safeguards.
"""

from __future__ import annotations

import hashlib
from typing import Any

Json = dict[str, Any]

KUBERNETES_VERSION = "1.33.2"
DUMMY_ID = "00000000-0000-0000-0000-000000000001"

_POOL: Json = {
    "count": 3,
    "vmSize": "Standard_D4ds_v5",
    "osDiskSizeGB": 128,
    "osDiskType": "Managed",
    "kubeletDiskType": "OS",
    "maxPods": 110,
    "type": "VirtualMachineScaleSets",
    "enableAutoScaling": False,
    "mode": "System",
    "osType": "Linux",
    "osSKU": "Ubuntu",
    "enableNodePublicIP": False,
}
_NETWORK: Json = {
    "networkPlugin": "azure",
    "networkPolicy": "none",
    "loadBalancerSku": "standard",
    "podCidr": "10.244.0.0/16",
    "serviceCidr": "10.0.0.0/16",
    "dnsServiceIP": "10.0.0.10",
    "outboundType": "loadBalancer",
    "ipFamilies": ["IPv4"],
}


def identity_of(subscription: str, node_group: str, name: str) -> Json:
    """Return a managed identity of a cluster, as addonProfiles and identityProfile hold it."""
    base = f"/subscriptions/{subscription}/resourcegroups/{node_group}"
    return {
        "resourceId": f"{base}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
        "clientId": DUMMY_ID,
        "objectId": DUMMY_ID,
    }


def pool(sent: Json, version: str) -> Json:
    """Return an agent pool with the service's defaults under what the client sent."""
    given = {name: value for name, value in sent.items() if value not in (None, "")}
    filled = {**_POOL, **given}
    filled["osDiskSizeGB"] = filled["osDiskSizeGB"] or _POOL["osDiskSizeGB"]
    filled["orchestratorVersion"] = given.get("orchestratorVersion") or version
    filled["currentOrchestratorVersion"] = filled["orchestratorVersion"]
    filled["provisioningState"] = "Succeeded"
    filled["powerState"] = {"code": "Running"}
    return filled


def defaults(subscription: str, group: str, name: str, location: str, tenant: str) -> Json:
    """Return the properties that a new cluster has whatever was sent."""
    node_group = f"MC_{group}_{name}_{location}"
    return {
        "powerState": {"code": "Running"},
        "kubernetesVersion": KUBERNETES_VERSION,
        "dnsPrefix": name,
        "fqdn": f"{name}.hcp.{location}.sandbox.invalid",
        "azurePortalFQDN": f"{name}.portal.hcp.{location}.sandbox.invalid",
        "nodeResourceGroup": node_group,
        "enableRBAC": True,
        "supportPlan": "KubernetesOfficial",
        "networkProfile": dict(_NETWORK),
        "maxAgentPools": 100,
        "disableLocalAccounts": False,
        # Without kubeletidentity `az aks update` stops with "Unexpected error getting kubelet's identity".
        "identityProfile": {"kubeletidentity": identity_of(subscription, node_group, f"{name}-agentpool")},
        "servicePrincipalProfile": {"clientId": "msi"},
        "oidcIssuerProfile": {"enabled": False},
        "securityProfile": {},
        "storageProfile": {
            "diskCSIDriver": {"enabled": True},
            "fileCSIDriver": {"enabled": True},
            "snapshotController": {"enabled": True},
        },
        "workloadAutoScalerProfile": {},
        "autoUpgradeProfile": {"nodeOSUpgradeChannel": "NodeImage"},
        "nodeProvisioningProfile": {"mode": "Manual"},
        "metricsProfile": {"costAnalysis": {"enabled": False}},
        "resourceUID": hashlib.sha256(f"{group}/{name}".encode()).hexdigest()[:24],
        "currentKubernetesVersion": KUBERNETES_VERSION,
    }


def identity(sent: Json | None, tenant: str) -> Json:
    """Return the identity block with the ids that the service assigns."""
    kind = (sent or {}).get("type") or "SystemAssigned"
    if kind == "SystemAssigned":
        return {"type": kind, "principalId": DUMMY_ID, "tenantId": tenant}
    return dict(sent or {"type": kind})


def addons(sent: Json) -> Json:
    """Return add-on profiles as the service echoes them: a config in each, no identity yet."""
    return {
        name: {"enabled": bool(value.get("enabled")), "config": value.get("config") or None}
        for name, value in sent.items()
        if isinstance(value, dict)
    }


def with_identities(cluster: Json, subscription: str) -> Json:
    """Return the cluster's add-on profiles with the identity of every enabled one, as after success."""
    properties = cluster["properties"]
    profiles: Json = properties.get("addonProfiles") or {}
    filled = {}
    for name, profile in profiles.items():
        filled[name] = {key: value for key, value in profile.items() if key != "identity"}
        if profile.get("enabled"):
            owner = f"{name.lower()}-{cluster['name']}"
            filled[name]["identity"] = identity_of(subscription, properties["nodeResourceGroup"], owner)
    return filled
