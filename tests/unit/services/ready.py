# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A cluster whose subscription is ready for safeguards, and plans made against it."""

import json

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.level import Level
from azext_safeguards.services.apply import apply_plan
from azext_safeguards.services.planning import plan_change
from azext_safeguards.services.snapshot import take_snapshot
from tests.unit.bodies import (
    CLUSTER_ID,
    INITIATIVE,
    NAME,
    SUBSCRIPTION,
    stored,
)
from tests.unit.recorded_definitions import arm_body
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error

CLUSTER = ClusterRef(SUBSCRIPTION, "rg", "c1")
ASSIGNMENT = f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyAssignments/{NAME}"
FEATURE = (
    f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Features/providers/Microsoft.ContainerService"
    "/features/SafeguardsPreview"
)
MANAGED = f"{CLUSTER_ID}/providers/Microsoft.ContainerService/deploymentSafeguards/default"
PROVIDER = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.PolicyInsights"
PERMISSIONS = "/providers/Microsoft.Authorization/permissions"
GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
# What a level that acts reads in one wave.
READS = 9
# Azure/azure-policy, AKS_Safeguards.json of 2026-04-29.
VERSIONS = ["3.0.0", "2.1.1", "2.1.0", "2.0.1", "2.0.0-PREVIEW", "1.9.0-PREVIEW", "1.7.0-PREVIEW", "1.5.0-PREVIEW"]
RAW_CLUSTER = {
    "name": "c1",
    "sku": {"name": "Base", "tier": "Free"},
    "properties": {"provisioningState": "Succeeded", "addonProfiles": {"azurepolicy": {"enabled": True}}},
}
OFF, WARNING, ENFORCEMENT = Change(Level.OFF), Change(Level.WARNING), Change(Level.ENFORCEMENT)
FORBIDDEN = error(403, "AuthorizationFailed", "does not have authorization")


class Service(ResourceManager):
    """A subscription that is ready, and that stores an assignment as it is put."""

    def __init__(self, assignment=None, versions=None):
        super().__init__()
        self.on("GET", CLUSTER_ID, Answer(200, RAW_CLUSTER))
        self.on("GET", FEATURE, Answer(200, {"properties": {"state": "Registered"}}))
        self.on("GET", INITIATIVE, Answer(200, arm_body("3.0.0", versions=versions or VERSIONS)))
        for name in ("policyExemptions", "policyAssignments"):
            self.on("GET", f"{CLUSTER_ID}/providers/Microsoft.Authorization/{name}", Answer(200, {"value": []}))
        self.on("GET", PROVIDER, Answer(200, {"registrationState": "Registered"}))
        for scope in (CLUSTER_ID, GROUP_ID):
            self.on("GET", scope + PERMISSIONS, Answer(200, {"value": [{"actions": ["*"], "notActions": []}]}))
        if assignment is not None:
            self.on("GET", ASSIGNMENT, Answer(200, assignment))

    def send(self, request, **kwargs):
        if request.method == "PUT":
            self.on("PUT", ASSIGNMENT, Answer(201, stored(json.loads(request.body))))
        return super().send(request, **kwargs)

    @property
    def writes(self):
        return [call for call in self.calls if call.method != "GET"]


def plan(service, change, *, new_cluster=False, enables_addon=None):
    arm = client(service, retry_total=0)
    snapshot = take_snapshot(arm, CLUSTER, full=change.level is not Level.OFF, creating=new_cluster)
    return plan_change(arm, CLUSTER, snapshot, change, enables_addon)


def change(service, wanted):
    planned = plan(service, wanted)
    profile = apply_plan(client(service, retry_total=0), CLUSTER, planned)
    # So that every request is counted that was sent.
    planned.told_last()
    return planned, profile
