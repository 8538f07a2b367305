# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The permissions that docs/permissions.md and the role name are enough, and each of them is needed."""

from __future__ import annotations

import json

import pytest

from .azcli import ROOT

ROLE = json.loads((ROOT / "docs" / "safeguards-role.json").read_text("utf-8"))
A, C, F = "Microsoft.Authorization", "Microsoft.ContainerService", "Microsoft.Features/providers/features"
# Azure's public errors name the first; they count as one here.
PROVIDERS = ("Microsoft.Resources/subscriptions/providers/read", "Microsoft.Resources/providers/read")
WRITE = f"{A}/policyAssignments/write"
CORE_CREATES = [f"{C}/managedClusters/write", f"{C}/locations/operations/read"]
CORE_CREATES += ["Microsoft.Resources/subscriptions/resourceGroups/read"]
UPDATE = "aks update -g rg -n c1 --safeguards-level Enforcement -o none"
OFF = "aks update -g rg -n c1 --safeguards-level Off -o none"
CREATE = "aks create -g rg -n new --no-ssh-key --enable-addons azure-policy --safeguards-level Warning -o none"
REGISTER = "aks safeguards register -o none"
DIAGNOSE = "aks safeguards diagnose -g rg -n c1 --fail-on never -o json"
DELETE = "aks safeguards profile delete -g rg -n c1 --yes"
SHOW = "aks safeguards profile show -g rg -n c1 -o none"
REGISTERS = [f"{F}/read", f"{F}/register/action", f"{C}/register/action"]
REGISTERS += ["Microsoft.PolicyInsights/register/action", *PROVIDERS]
DIAGNOSES = [action for action in ROLE["Actions"] if action != WRITE]
DIAGNOSES += [f"{A}/policyExemptions/read", "Microsoft.PolicyInsights/policyStates/queryResults/read"]
DOCUMENTED = {
    UPDATE: ROLE["Actions"],
    OFF: [f"{C}/managedClusters/read", f"{C}/deploymentSafeguards/read", f"{A}/policyAssignments/read", WRITE],
    CREATE: [*ROLE["Actions"], *CORE_CREATES],
    REGISTER: REGISTERS,
    DIAGNOSE: DIAGNOSES,
    DELETE: [f"{C}/deploymentSafeguards/read", f"{A}/policyAssignments/read", f"{A}/policyAssignments/delete"],
    SHOW: [f"{A}/policyAssignments/read"],
}
# The sandbox lets everybody ask for their own permissions; in Azure it may take this one.
NOT_ASKED_FOR = {f"{A}/permissions/read"}


@pytest.fixture
def allowed(box, warm):
    """Puts a cluster with safeguards in place and then leaves these permissions only."""
    box.add_cluster("rg", "c1")
    warm("aks update -g rg -n c1 --safeguards-level Warning -o none")

    def leave(actions, line):
        if line == REGISTER:
            box.features.set_state("SafeguardsPreview", "NotRegistered")
            box.providers.set_state("Microsoft.PolicyInsights", "NotRegistered")
        box.permissions.set([{"actions": list(actions), "notActions": []}])

    return leave


def unknown(done):
    return [check["check"] for check in done.json if check["status"] == "unknown"]


@pytest.mark.parametrize("line", DOCUMENTED)
def test_the_documented_permissions_suffice(warm, allowed, line):
    allowed(DOCUMENTED[line], line)
    done = warm(line)
    assert done.err == ""
    assert line != DIAGNOSE or unknown(done) == []


@pytest.mark.parametrize(
    ("line", "without"),
    [
        (line, action)
        for line, actions in DOCUMENTED.items()
        for action in actions
        if action not in NOT_ASKED_FOR and action != PROVIDERS[1] and (line != CREATE or action not in CORE_CREATES)
    ],
)
def test_a_documented_permission_that_is_missing_is_noticed(warm, allowed, line, without):
    gone = PROVIDERS if without == PROVIDERS[0] else (without,)
    allowed([action for action in DOCUMENTED[line] if action not in gone], line)
    done = warm.run(line)
    needed = (f"{C}/managedClusters/read", f"{A}/policyAssignments/read", WRITE)
    if line == DIAGNOSE:
        assert (done.code == 1) if without == needed[0] else unknown(done) != []
    elif line in (UPDATE, CREATE, OFF, DELETE) and without not in (*needed, f"{A}/policyAssignments/delete"):
        assert done.code == 0
        assert done.err.startswith("WARNING: ")
    else:
        assert done.code == 1
        assert done.err.startswith("ERROR: ")
        assert "Authorization" in done.err or without in done.err
    if line in (UPDATE, CREATE) and without in needed[1:]:
        assert done.writes == []


def test_the_role_names_what_the_page_names():
    page = (ROOT / "docs" / "permissions.md").read_text("utf-8")
    for actions in (ROLE["Actions"], REGISTERS[:4], DIAGNOSES, DOCUMENTED[DELETE]):
        assert [action for action in actions if f"`{action}`" not in page] == []
    assert set(ROLE) == {"Name", "IsCustom", "Description", "Actions", "NotActions", "AssignableScopes"}
