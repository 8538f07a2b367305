# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Azure refuses, by the real az: one try, its own way out, and what was done is what is said."""

from __future__ import annotations

import pytest

from sandbox.core.refusals import FORBIDDING, REFUSALS

from .test_fault_matrix import FEATURE, MANAGED, OURS, before, prepare, ready, state

__all__ = ["before"]

UPDATE = "aks update -g rg -n c1 --safeguards-level Enforcement"
AGAIN = f"az {UPDATE}"
WAYS = {
    "AuthorizationFailed": "az role assignment create --role 'Resource Policy Contributor'",
    "ExpiredAuthenticationToken": "az login",
    "InvalidAuthenticationToken": "az login",
    "InvalidAuthenticationTokenTenant": "az login --tenant 00000000-0000-4000-8000-00000000000b",
    "LinkedAuthorizationFailed": "az role assignment create --role Reader",
    "MissingSubscriptionRegistration": "az provider register --namespace Microsoft.Authorization --wait",
    "PolicyAssignmentQuotaExceeded": "az policy assignment list --scope ",
    "ReadOnlyDisabledSubscription": "az account show --subscription ",
    "RequestDisallowedByPolicy": "az policy exemption create --name safeguards-1 --exemption-category Waiver",
    "ScopeLocked": "az lock list --resource-group rg --subscription ",
    "SubscriptionNotFound": "az account list --all --refresh -o table",
}


def test_every_refusal_of_the_sandbox_has_a_way_out():
    assert set(WAYS) == set(REFUSALS)


@pytest.mark.parametrize("code", list(WAYS))
def test_a_refused_write(running, warm, before, code):
    prepare(running, "update", before)
    old = state(running)
    fault = running.faults.add("PUT", OURS, refusal=code, times=None)
    failed = warm(UPDATE, code=None)
    assert "The cluster itself was not touched. The safeguards assignment was not written:" in failed.err
    assert f"({code})" in failed.err
    lines = failed.err.splitlines()
    assert any(line.startswith(WAYS[code]) for line in lines), failed.err
    assert lines[-1] == AGAIN
    assert fault.hits == (2 if REFUSALS[code][0] == 401 else 1)
    assert failed.slept == 0
    assert state(running) == old


@pytest.mark.parametrize(
    ("line", "method", "path", "action"),
    [
        (UPDATE, "GET", OURS, "Microsoft.Authorization/policyAssignments/read"),
        ("aks safeguards profile show -g rg -n c1", "GET", OURS, "Microsoft.Authorization/policyAssignments/read"),
        ("aks safeguards register", "GET", FEATURE, "Microsoft.Features/providers/features/read"),
        ("aks safeguards register", "POST", "/providers/Microsoft.PolicyInsights/register$",
         "Microsoft.PolicyInsights/register/action"),
        ("aks safeguards policy set -g rg -n c1 --policy probes --effect Off", "PUT", OURS,
         "Microsoft.Authorization/policyAssignments/write"),
        ("aks safeguards profile delete -g rg -n c1 --yes", "DELETE", OURS,
         "Microsoft.Authorization/policyAssignments/delete"),
        ("aks safeguards profile migrate -g rg -n c1 --to managed --yes", "PUT", MANAGED,
         "Microsoft.ContainerService/managedClusters/deploymentSafeguards/write"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_named_with_a_role(running, warm, before, line, method, path, action):
    prepare(running, line.split()[2], before)
    running.faults.add(method, path, refusal="AuthorizationFailed", times=None)
    failed = warm(line, code=None)
    assert action.rpartition("/")[2] in failed.err
    assert f"You lack {action}" in failed.err or action.startswith("Microsoft.ContainerService"), failed.err
    assert "docs/permissions.md" in failed.err
    assert "az role assignment create --role " in failed.err


def test_a_policy_that_forbids_is_named(running, warm, before):
    prepare(running, "update", before)
    running.faults.add("PUT", OURS, refusal="RequestDisallowedByPolicy", times=None)
    failed = warm(UPDATE, code=None)
    assert f"The policy assignment '{FORBIDDING}' forbids it; an exemption" in failed.err


def test_a_long_wait_is_told_while_it_lasts(running, warm, before):
    prepare(running, "update", before)
    running.faults.add("PUT", OURS, status=429, headers={"Retry-After": "25"})
    done = warm(UPDATE)
    assert done.err.count("Azure asks to wait 25 seconds (status 429, too many requests).") == 1
    assert done.slept == 25


def test_a_retry_after_that_is_no_time(running, warm, before):
    prepare(running, "update", before)
    running.faults.add("PUT", OURS, status=429, headers={"Retry-After": "soon"})
    assert "asks to wait" not in warm(UPDATE).err


def test_throttling_that_does_not_end(running, warm, before):
    prepare(running, "update", before)
    running.faults.add("PUT", OURS, status=429, headers={"Retry-After": "7200"}, times=None)
    failed = warm(UPDATE, code=None)
    assert "Azure takes no more requests for the moment and asks to wait 120 minutes" in failed.err
    assert "was not written" in failed.err
    assert failed.slept == 0


def test_a_refusal_while_the_cluster_is_created_is_told_after_it(running, warm):
    ready(running)
    running.faults.add("PUT", OURS, refusal="ScopeLocked", times=None)
    failed = warm(
        "aks create -g rg -n c2 --no-ssh-key --enable-addons azure-policy --safeguards-level Warning", code=None
    )
    assert "The cluster 'c2' was created. The safeguards assignment was not written: A lock on " in failed.err
    assert failed.err.splitlines()[-1] == "az aks update -g rg -n c2 --safeguards-level Warning"


def test_both_failures_are_told_where_the_cluster_failed_too(running, warm):
    ready(running)
    running.faults.add("PUT", "managedClusters/c2$", operation="Failed")
    running.faults.add("PUT", OURS, refusal="ScopeLocked", times=None)
    failed = warm(
        "aks create -g rg -n c2 --no-ssh-key --enable-addons azure-policy --safeguards-level Warning", code=None
    )
    assert "InternalOperationError" in failed.errors[0]
    (said,) = [line for line in failed.err.splitlines() if "was not written either" in line]
    assert "(ScopeLocked)" in said
    assert said.endswith("Then: az aks update -g rg -n c2 --safeguards-level Warning")
