# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Components: the Kubernetes objects that Azure Policy has a state of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from azext_safeguards.domain.compliance.shape import STATE
from azext_safeguards.domain.compliance.states import State, state_of, worse
from azext_safeguards.domain.initiative.member_names import MemberNames
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.shapes import require

_KINDS = (
    "Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController", "Service",
    "Node", "Namespace", "StorageClass", "PersistentVolume", "PersistentVolumeClaim", "PodDisruptionBudget", "Ingress",
    "ConfigMap", "Secret", "ServiceAccount", "HorizontalPodAutoscaler", "NetworkPolicy",
)  # fmt: skip
_BY_LOWERED = {kind.lower(): kind for kind in _KINDS}
_NAMESPACE = re.compile(r"(?:^|/)namespaces/([^/]+)/", re.IGNORECASE)


@dataclass(frozen=True)
class Component:
    """The state of one Kubernetes object for one policy."""

    kind: str
    namespace: str
    """Empty for objects that have none."""
    name: str
    policy: str
    """The short name."""
    reference_id: str
    state: State
    message: str
    """Why; empty where Azure Policy gives no reason."""
    timestamp: str


def component_of(record: Mapping[str, Any], names: MemberNames) -> Component:
    """The component that a record of componentPolicyStates is about.

    Its id is `namespace/name`, or the name alone, its type the kind in lower case (Azure/azure-rest-api-specs,
    ComponentPolicyStates_QueryResourceScopeExpandPolicyEvaluationDetails.json); what is known to be written otherwise
    is read, too.
    """
    identifier = str(record.get("componentId") or "").strip("/")
    reference = names.reference(record)
    return Component(
        kind=kind_of(str(record.get("componentType") or "")),
        namespace=_namespace(identifier),
        name=str(record.get("componentName") or identifier.rpartition("/")[2]).rpartition("/")[2],
        policy=short_name(reference),
        reference_id=reference,
        state=state_of(record.get("complianceState")),
        message=str((record.get("policyEvaluationDetails") or {}).get("reason") or "").strip(),
        timestamp=str(record.get("timestamp") or ""),
    )


def records_of_state(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The components in a record of policyStates (`$expand=components`), in the form of componentPolicyStates.

    :raises UnreadableError: when it is no such record.
    """
    require(record, STATE, "A compliance state")
    shared = {key: record.get(key) for key in ("policyAssignmentId", "policyDefinitionId")}
    return [
        {
            **shared,
            "policyDefinitionReferenceId": record.get("policyDefinitionReferenceId"),
            "componentId": item.get("id"),
            "componentType": item.get("type"),
            "componentName": item.get("name"),
            "timestamp": item.get("timestamp"),
            "complianceState": item.get("complianceState"),
        }
        for item in record.get("components") or ()
    ]


def kind_of(text: str) -> str:
    """A kind in its own capitals, whatever comes before it (`apps/v1/deployment`)."""
    last = text.rpartition("/")[2]
    return _BY_LOWERED.get(last.lower()) or last[:1].upper() + last[1:]


def worst_of(components: Iterable[Component]) -> list[State]:
    """The worst state of each object, in no order."""
    worst: dict[tuple[str, str, str], State] = {}
    for item in components:
        key = (item.kind, item.namespace, item.name)
        worst[key] = worse(item.state, worst.get(key, item.state))
    return list(worst.values())


def _namespace(identifier: str) -> str:
    match = _NAMESPACE.search(identifier)
    return match[1] if match else identifier.rpartition("/")[0].rpartition("/")[2]
