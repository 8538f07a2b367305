# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""All policies that the checker knows: one module each, found by name."""

from __future__ import annotations

from importlib import import_module

from azext_safeguards.check.policies.policy import Policy

# The order in which a reader meets them: the first published list, what came later, Pod Security.
_MODULES: tuple[str, ...] = (
    "no_node_edits",
    "resource_limits",
    "resource_requests",
    "anti_affinity",
    "no_aks_labels",
    "allowed_images",
    "reserved_taints",
    "probes",
    "csi_storage",
    "unique_selectors",
    "no_latest_tag",
    "image_pull_secrets",
    "pod_disruption_budgets",
    "pre_stop_hook",
    "mutation_notices",
    "pod_security.host_namespaces",
    "pod_security.host_ports",
    "pod_security.sysctls",
    "pod_security.users_groups",
    "pod_security.windows_no_admin",
    "pod_security.no_privilege_escalation",
    "pod_security.host_paths",
    "pod_security.apparmor",
    "pod_security.selinux",
    "pod_security.windows_host_process",
    "pod_security.privileged",
    "pod_security.proc_mount",
    "pod_security.capabilities",
    "pod_security.seccomp",
    "pod_security.volume_types",
)


def _registry(policies: list[Policy]) -> dict[str, Policy]:
    """Policies by short name; two with one name or reference id are a mistake of ours."""
    by_name: dict[str, Policy] = {}
    for policy in policies:
        if policy.short in by_name or policy.reference_id in {known.reference_id for known in by_name.values()}:
            raise ValueError(f"two policies are called {policy.short} or {policy.reference_id}")
        by_name[policy.short] = policy
    return by_name


REGISTRY: dict[str, Policy] = _registry(
    [import_module(f"azext_safeguards.check.policies.{name}").POLICY for name in _MODULES]
)
"""Every policy by its short name."""
