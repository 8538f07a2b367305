# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a record of a policy holds, and the words that records share."""

from __future__ import annotations

from dataclasses import dataclass

V1, V2, V3 = "v1.0.0", "v2.0.0", "v3.0.0"
EVERY = (V1, V2, V3)
"""Every safeguards version."""

BASELINE = "Baseline"
RESTRICTED = "Restricted"

LONGEST_CONSTRAINT = 30
"""How much of its kind the add-on puts into the name of a constraint."""

POD = ("", "Pod")
"""Policies on this kind also judge the Pods that workloads imply."""
NODE = ("", "Node")
SERVICE = ("", "Service")
DEPLOYMENT = ("apps", "Deployment")
STATEFUL_SET = ("apps", "StatefulSet")
REPLICA_SET = ("apps", "ReplicaSet")
# Constraints name it in the group apps, where no cluster has one.
REPLICATION_CONTROLLER = ("apps", "ReplicationController")
STORAGE_CLASS = ("storage.k8s.io", "StorageClass")
BUDGET = ("policy", "PodDisruptionBudget")

SAFEGUARDS = "https://learn.microsoft.com/azure/aks/deployment-safeguards"
STANDARDS = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
"""Where Kubernetes says what Baseline and Restricted mean."""


@dataclass(frozen=True)
class Record:
    """A member policy of the initiative: its one identity, and the words that help the reader of a finding."""

    short: str
    """The name people use, instead of reference ids and GUIDs."""

    reference_id: str
    """The policy definition reference id; no version of the initiative calls a member differently."""

    title: str
    """What the policy wants, in a few words: a sentence without a full stop."""

    versions: tuple[str, ...] = ()
    """The safeguards versions in which a level turns it on."""

    template: str = ""
    """The kind of its Gatekeeper template and constraints; "" of a mutation, and where it was not published."""

    constraint: str = ""
    """That kind in lower case and cut to 30 characters, as a cluster prints it after `azurepolicy-`; "" if unknown. To
    be given only where more than that is not known."""

    managed_check: str = ""
    """What AKS calls the check of its own that says the same, after `aks-managed-baseline-` or `-restricted-`."""

    pod_security: str | None = None
    """"Baseline" or "Restricted" for the Pod Security members, the lowest level that turns it on."""

    kinds: frozenset[tuple[str, str]] = frozenset()
    """(API group, kind) of the objects that it judges or changes; with `POD` also the Pods of workloads."""

    parameters: tuple[str, ...] = ()
    """The initiative parameters that its rule reads; others have no influence."""

    why: str = ""
    """Why it exists: what goes wrong without it. One or two sentences."""

    fix: str = ""
    """What to do, in one or two sentences."""

    patch: str = ""
    """The fix as a YAML patch: the part of a manifest as it should be, ready to be merged in; ends with a newline."""

    docs: str = ""
    """A page that says more (learn.microsoft.com or kubernetes.io)."""

    seen_by: frozenset[str] = frozenset()
    """For a mutation: the short names of the policies that read a field which it sets."""

    fills_in: tuple[str, str] | None = None
    """For a mutation that sets a limit where there is none: what is limited, as people say it, and the limit."""

    def __post_init__(self) -> None:
        if self.template:
            object.__setattr__(self, "constraint", self.template.lower()[:LONGEST_CONSTRAINT])
