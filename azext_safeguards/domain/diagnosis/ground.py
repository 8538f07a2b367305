# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Checks of what safeguards stand on: the cluster, the subscription, the add-on, and who owns safeguards."""

from __future__ import annotations

from azext_safeguards.domain.acting.rows import acting_of
from azext_safeguards.domain.diagnosis.evidence import Check, Evidence, Status, first_line
from azext_safeguards.domain.managed import read_managed
from azext_safeguards.domain.owners import AksSide, ways
from azext_safeguards.domain.preflight import FEATURE, NAMESPACE, REGISTERED, has_policy_addon, is_automatic
from azext_safeguards.domain.read import Read
from azext_safeguards.domain.remedies import remedy


def check_cluster(given: Evidence) -> Check:
    """Whether the cluster runs at all."""
    properties = given.cluster.get("properties") or {}
    state = str(properties.get("provisioningState") or "")
    power = str((properties.get("powerState") or {}).get("code") or "Running")
    if power.lower() != "running":
        return Check(
            "cluster", Status.PROBLEM, f"The cluster is {power}.", (remedy("start-cluster", cluster=given.ref),)
        )
    if state.lower() in ("failed", "deleting", "canceled"):
        # An update without options has the service bring the cluster to what it should be.
        code = "show-cluster" if state.lower() == "deleting" else "reconcile-cluster"
        return Check("cluster", Status.PROBLEM, f"The cluster is {state}.", (remedy(code, cluster=given.ref),))
    return Check("cluster", Status.OK, f"The cluster is {power}, its last operation {state}.")


def check_feature(given: Evidence) -> Check:
    """Whether the feature flag is registered."""
    read = given.feature
    if read.failed:
        return Check("feature", Status.UNKNOWN, f"Could not read {NAMESPACE}/{FEATURE}: {first_line(read.error)}")
    if read.value is None:
        return Check("feature", Status.OK, f"Azure no longer has the feature {FEATURE}; none is needed.")
    seen = f"The feature {NAMESPACE}/{FEATURE} is {read.value}."
    if read.value.lower() == REGISTERED.lower():
        return Check("feature", Status.OK, seen)
    if is_automatic(given.cluster) or (given.managed.value is not None and given.assignment is None):
        return Check("feature", Status.OK, f"{seen} AKS's own safeguards need none.")
    return Check("feature", Status.PROBLEM, seen, (remedy("register", cluster=given.ref),))


def check_provider(given: Evidence, namespace: str, read: Read[str]) -> Check:
    """Whether a resource provider is registered."""
    name = f"provider {namespace}"
    if read.value is None:
        return Check(name, Status.UNKNOWN, f"Could not read {namespace}: {first_line(read.error)}")
    if read.value.lower() == REGISTERED.lower():
        return Check(name, Status.OK, f"{namespace} is registered.")
    command = remedy("register-provider", cluster=given.ref, namespace=namespace, wait=True)
    return Check(name, Status.PROBLEM, f"{namespace} is {read.value}.", (command,))


def check_addon(given: Evidence) -> Check:
    """Whether the add-on that enforces safeguards is enabled."""
    if has_policy_addon(given.cluster) or is_automatic(given.cluster):
        return Check("add-on", Status.OK, "The azure-policy add-on is enabled.")
    command = remedy("enable-addon", cluster=given.ref)
    return Check("add-on", Status.PROBLEM, "The azure-policy add-on is not enabled.", (command,))


def check_managed(given: Evidence) -> Check:
    """Whether AKS manages safeguards itself, beside ours."""
    read, automatic = given.managed, is_automatic(given.cluster)
    if read.failed and not (automatic and given.assignment is None):
        return Check(
            "managed safeguards", Status.UNKNOWN, f"Could not read whether AKS manages some: {first_line(read.error)}"
        )
    side = AksSide(automatic, read_managed(read.value) if read.value is not None else None)
    if not side.acts:
        return Check("managed safeguards", Status.OK, "AKS manages no safeguards on this cluster.")
    if given.assignment is None:
        return Check(
            "managed safeguards",
            Status.WARNING,
            f"AKS itself manages safeguards on this cluster, at level {side.level}: {_what_acts(side)}. The "
            "--safeguards-* flags are not used.",
            ways(side, given.ref),
        )
    level = side.level
    keep = "AKS Automatic keeps its own: remove the assignment." if automatic else "Remove one of them."
    to_one = (() if automatic else (remedy("delete-managed", cluster=given.ref),)) + (
        remedy("delete-assignment", cluster=given.ref),
    )
    return Check(
        "managed safeguards",
        Status.PROBLEM,
        f"AKS manages safeguards at level {level} beside the assignment: two owners. {keep}",
        to_one,
    )


def _what_acts(side: AksSide) -> str:
    """What AKS's own safeguards do, in few words."""
    acting = acting_of(side)
    assert acting is not None
    at_work = [member.does for member in acting.members if member.does != "off"]
    verb = {"deny": "denying", "warn": "warning"}.get(at_work[0] if at_work else "", "acting")
    parts = [f"{len(at_work)} policies {verb}"]
    if acting.mutators:
        parts.append(f"{len(acting.mutators)} mutators")
    if acting.pod_security:
        parts.append(f"Pod Security {acting.pod_security} by {len(acting.admission)} admission policies")
    if acting.user_namespaces:
        parts.append(f"left alone: {', '.join(acting.user_namespaces)}")
    return ", ".join(parts)
