# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""All policies that the checker knows: one module each, found by name."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

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


# Module and short name are one, but for what is allowed in a name.
_BY_NAME = {module.rpartition(".")[2].replace("_", "-"): module for module in _MODULES}

NAMES: tuple[str, ...] = tuple(_BY_NAME)
"""The short names of all policies."""


@cache
def policy(short: str) -> Policy:
    """A policy by its short name; only its own module is loaded.

    :raises KeyError: when there is none of that name.
    """
    found: Policy = import_module(f"azext_safeguards.check.policies.{_BY_NAME[short]}").POLICY
    return found


def _registry() -> dict[str, Policy]:
    """Policies by short name; a module that is not called like its policy, or a second policy for one member, is a
    mistake of ours."""
    by_name = {short: policy(short) for short in NAMES}
    references = {one.reference_id for one in by_name.values()}
    if len(references) < len(NAMES) or any(one.short != short for short, one in by_name.items()):
        raise ValueError("each module must have the one policy that it is called after")
    return by_name


REGISTRY: dict[str, Policy]
"""Every policy by its short name; all modules are loaded when it is first asked for."""


def __getattr__(name: str) -> Any:
    if name == "REGISTRY":
        globals()[name] = _registry()
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
