# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from __future__ import annotations

import pytest

from azext_safeguards.check.explain.names import by_constraint, by_managed_check, by_name
from azext_safeguards.check.policies.registry import REGISTRY


@pytest.mark.parametrize("policy", REGISTRY.values(), ids=REGISTRY)
def test_every_policy_by_all_its_names(policy):
    names = [policy.short, policy.reference_id, policy.reference_id.upper(), f"[{policy.short}]"]
    if policy.constraint:
        names += [
            policy.constraint,
            f"azurepolicy-{policy.constraint}-0e8a839bcd103e7b96a8",
            f"[azurepolicy-{policy.constraint}-0e8a839bcd103e7b96a8]",
            f"{policy.constraint}.constraints.gatekeeper.sh/azurepolicy-{policy.constraint}-0e8a839bcd103e7b96a8",
        ]
    assert [by_name(name) for name in names] == [policy] * len(names)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("K8sAzureV2ContainerEnforceProbes", "probes"),
        ("k8sazurev9containerenforceprobes", "probes"),
        ("k8sazurev1disallowedbadpoddisruptionbudgets", "pod-disruption-budgets"),
        ("k8sazurev3noprivilegeescalation", "no-privilege-escalation"),
        ("azurepolicy-k8sazurev3noprivilegeescalatio-34966dd0470a05002d80", "no-privilege-escalation"),
        ("azurepolicy-k8sazurev2noprivilege-e12c4338d05b4acd7981", "privileged"),
        ("azurepolicy-k8sazurev1antiaffinityrules", "anti-affinity"),
        ("k8sazurev3blockhostnamespace.constraints.gatekeeper.sh", "host-namespaces"),
        ("mutate-cpu-limits", "mutate-cpu-limits"),
        ("resourceCPULimits", "mutate-cpu-limits"),
        ("aks-managed-baseline-hostpath-volumes", "host-paths"),
        ("aks-managed-restricted-seccomp", "seccomp"),
    ],
)
def test_names_of_other_ages(name, short):
    found = by_name(name)
    assert found
    assert found.short == short


@pytest.mark.parametrize(
    "name",
    [
        "",
        "k8sazure",
        "k8sazurev2",
        "k8sazurev2c",
        "azurepolicy-k8sazurev2customcontainerallow-0e8a839bcd103e7b96a8",
        "azurepolicy-k8sazurev1blockdefault-0e8a839bcd103e7b96a8",
        "k8srequiredlabels",
        "aks-managed-baseline-host-probes-lifecycle-hooks",
        "probe",
    ],
)
def test_what_is_no_member(name):
    assert by_name(name) is None


def test_each_kind_of_name_has_its_function():
    assert by_constraint("probes") is None
    assert by_managed_check("baseline-seccomp") is None
