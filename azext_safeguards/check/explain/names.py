# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which policy a name means: short name, reference id, or the constraint that a cluster prints."""

from __future__ import annotations

import re

from azext_safeguards.check.mutations import REGISTRY as MUTATIONS
from azext_safeguards.check.mutations.mutation import Mutation
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.domain.initiative.records.record import LONGEST_CONSTRAINT

# azurepolicy-, at most 30 characters of the lower-case kind, - and a hash; kubectl may put the resource before it.
_CONSTRAINT = re.compile(r"(?:[a-z0-9.]+/)?azurepolicy-(?P<kind>[a-z0-9]+)(?:-[0-9a-f]+)?\Z")
# The recorded form with the policy's own short name, and the older add-on's, without version and with a longer hash.
_PLAIN = re.compile(r"azurepolicy-(?P<name>[a-z0-9-]+?)(?:-[0-9a-f]{20,64})?\Z")
_OLD = {
    "container-no-privilege": "privileged",
    "container-limits": "resource-limits",
    "container-allowed-images": "allowed-images",
    "container-no-privilege-escalation": "no-privilege-escalation",
    "container-allowed-capabilities": "capabilities",
    "allowed-capabilities": "capabilities",
    "block-host-namespace": "host-namespaces",
    "host-networking-ports": "host-ports",
    "host-filesystem": "host-paths",
    "allowed-users-groups": "users-groups",
    "allowed-proc-mount-types": "proc-mount",
    "enforce-apparmor-profile": "apparmor",
    "allowed-seccomp-profiles": "seccomp",
    "forbidden-sysctl-interfaces": "sysctls",
    "volume-types": "volume-types",
    "selinux": "selinux",
}
_LONG_HASH = re.compile(r"-[0-9a-f]{64}\Z")
_KIND = re.compile(r"k8sazure(?:v\d+)?(?P<rest>[a-z0-9]+)\Z")

# What AKS itself puts on a cluster for Pod Security (MicrosoftDocs/azure-aks-docs, deployment-safeguards.md).
_MANAGED_PREFIX = re.compile(r"aks-managed-(?:baseline|restricted)-")


def by_name(name: str) -> Policy | Mutation | None:
    """The policy that a user names: by short name, reference id, constraint, its kind, or a managed check's name."""
    lowered = name.strip("[],:'\"").lower()
    known: list[Policy | Mutation] = [*REGISTRY.values(), *MUTATIONS.values()]
    for policy in known:
        if lowered in (policy.short, policy.reference_id.lower()):
            return policy
    return by_constraint(lowered) or by_managed_check(lowered)


def by_constraint(name: str) -> Policy | None:
    """The policy whose constraint this is, whatever the version of its template and the hash; None for any other."""
    lowered = name.lower().removesuffix(".constraints.gatekeeper.sh")
    match = _CONSTRAINT.match(lowered)
    kind = match["kind"] if match else lowered
    rest = _rest(kind)
    if not rest:
        return _by_plain_name(lowered)
    for policy in REGISTRY.values():
        if not policy.constraint:
            continue
        own = _rest(policy.constraint)
        # A name of 30 characters may be cut; a whole kind goes on where ours is cut.
        cut = len(policy.constraint) == LONGEST_CONSTRAINT and rest.startswith(own)
        if rest == own or cut or (len(kind) == LONGEST_CONSTRAINT and own.startswith(rest)):
            return policy
    return None


def _by_plain_name(name: str) -> Policy | None:
    """The policy of a constraint that is named after it, `azurepolicy-probes`, or as the older add-on did."""
    match = _PLAIN.match(name)
    if not match:
        return None
    short = match["name"] if match["name"] in REGISTRY else _OLD.get(match["name"], "")
    return REGISTRY.get(short)


def is_foreign(name: str, said: Policy | None) -> bool:
    """Whether a constraint that `by_constraint` does not know is somebody else's.

    Members whose constraint's kind is not published are known by their text alone.

    :param said: the policy whose text it prints, or None.
    """
    lowered = name.lower()
    if not said or not lowered.startswith("azurepolicy-"):
        return True
    if _LONG_HASH.search(lowered):
        return False
    match = _CONSTRAINT.match(lowered)
    return bool(said.constraint) or not match or not _KIND.match(match["kind"])


def by_managed_check(name: str) -> Policy | None:
    """The policy that says the same as a ValidatingAdmissionPolicy that AKS manages."""
    lowered = name.lower()
    match = _MANAGED_PREFIX.match(lowered)
    rest = lowered[match.end() :] if match else ""
    return next((policy for policy in REGISTRY.values() if rest and policy.managed_check == rest), None)


def _rest(kind: str) -> str:
    """A kind without K8sAzure and the template's version; "" for other kinds."""
    match = _KIND.match(kind)
    return match["rest"] if match else ""
