# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads how a cluster complies from Microsoft.PolicyInsights, and has it evaluated anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from azext_safeguards.domain.assignment.others import SetByOthers
from azext_safeguards.domain.assignment.profile import Profile, profile_of
from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME, Assignment
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.compliance.components import records_of_state
from azext_safeguards.domain.compliance.exempted import exempted_by
from azext_safeguards.domain.compliance.found import Compliance
from azext_safeguards.domain.compliance.shape import COMPONENT, STATE
from azext_safeguards.domain.compliance.summary import compliance_of, compliance_of_managed
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import INITIATIVE_NAME
from azext_safeguards.domain.owners import AksSide
from azext_safeguards.domain.read import Read
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.around import AroundReading
from azext_safeguards.services.planning import load_assignment
from azext_safeguards.services.resources import POLICY_STATES_API
from azext_safeguards.services.snapshot import outcome
from azext_safeguards.services.waves import at_once

COMPONENT_STATES_API = "2022-04-01"
_OURS = {"$filter": f"policyAssignmentName eq '{ASSIGNMENT_NAME}'"}
_INITIATIVE = {"$filter": f"policySetDefinitionName eq '{INITIATIVE_NAME}'"}
# What refuses componentPolicyStates where a cloud does not have it.
_NOT_THERE = (400, 404)
# Where Azure names no pause.
_PAUSE_SECONDS = 10.0
_SHORTEST_PAUSE_SECONDS = 0.1

Progress = Callable[[str], None]
Loaded = tuple[Assignment, Definitions]
"""What `load_assignment` returns."""


class ScanTimeout(Exception):
    """An evaluation did not end in the time that was given."""

    def __init__(self) -> None:
        super().__init__("The scan has not ended")


class StatesUnreadError(Exception):
    """The compliance states of a cluster could not be read, whatever there is of its assignment.

    :param reason: what azure-core raised.
    """

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Reading:
    """What was read of a cluster."""

    compliance: Compliance
    profile: Profile
    body: Mapping[str, Any]
    """The assignment."""
    objects_error: Exception | None
    """Why the states of objects could not be read; None where they were."""
    exemptions_error: Exception | None = None
    """Why the policy exemptions could not be read; None where they were, or where they do not matter."""
    aks: AksSide | None = None
    """AKS's own safeguards where they are what acts, and the states are of whatever assigns the initiative."""
    beside: tuple[SetByOthers, ...] = ()
    """What others put beside the assignment: exemptions, and the initiative assigned elsewhere."""


def read_compliance(arm: ArmClient, cluster: ClusterRef, known: Loaded | None = None) -> Reading:
    """How a cluster complies with its safeguards, in one wave of concurrent reads.

    A second one is needed where componentPolicyStates says nothing, or a cloud does not have it: then objects come
    without messages.

    :param known: the assignment, where it was read a moment ago.
    :raises azure.core.exceptions.ResourceNotFoundError: when there is no assignment, or no cluster.
    :raises azure.core.exceptions.AzureError: when the assignment could not be read.
    :raises StatesUnreadError: when states could not be read.
    :raises ForeignDefinitionError: when the assignment of our name assigns something else.
    """
    others = AroundReading(arm, cluster, asks_exemptions=False)
    reads = {
        "assignment": lambda: Read(known) if known else outcome(lambda: load_assignment(arm, cluster)),
        "exemptions": lambda: outcome(lambda: resources.list_exemptions(arm, cluster)),
        **_reads(arm, cluster, _OURS),
    }
    found = at_once(reads)
    loaded: Read[Any] = found["assignment"]
    if loaded.raised is not None or loaded.value is None:
        raise loaded.raised or LookupError(cluster.id)
    assignment, definitions = loaded.value
    summary, states, records, error = _told(arm, cluster, _OURS, found)
    exemptions: Read[Any] = found["exemptions"]
    exempted = exempted_by(exemptions.value, resources.assignment_id(cluster), datetime.now(timezone.utc))
    compliance = compliance_of(assignment, summary, states, records, exempted)
    profile = profile_of(assignment, definitions)
    around = replace(others.result(), exemptions=exemptions)
    beside = tuple(around.that_matters(profile.level, definitions, assignment.location))
    return Reading(compliance, profile, assignment.body, error, exemptions_error=exemptions.raised, beside=beside)


def read_managed_compliance(arm: ArmClient, cluster: ClusterRef, side: AksSide) -> Reading:
    """The same of a cluster whose safeguards AKS enforces itself, without an assignment of ours beside them.

    :raises StatesUnreadError: when states could not be read.
    """
    found = at_once(_reads(arm, cluster, _INITIATIVE))
    summary, states, records, error = _told(arm, cluster, _INITIATIVE, found)
    excluded = side.managed.excluded_namespaces if side.managed else ()
    profile = Profile(None, None, excluded, "", "", {}, ())
    return Reading(compliance_of_managed(summary, states, records), profile, {}, error, aks=side)


def _reads(arm: ArmClient, cluster: ClusterRef, query: Mapping[str, str]) -> dict[str, Callable[[], Any]]:
    """What is read of the states of a cluster, by name."""
    base = _base(cluster)
    return {
        "summary": lambda: outcome(lambda: resources.summarize(arm, cluster.id, query)),
        "states": lambda: outcome(lambda: _states(arm, base, query)),
        "components": lambda: outcome(lambda: _components(arm, base, query)),
    }


def _told(
    arm: ArmClient, cluster: ClusterRef, query: Mapping[str, str], found: Mapping[str, Read[Any]]
) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]] | None, Exception | None]:
    """Summary, states, and the records of objects or why there are none, from what was read."""
    read = found["components"]
    states, summary = _value(found["states"]), _value(found["summary"])
    records: Sequence[Mapping[str, Any]] | None = read.value
    error = read.raised
    if read.status in _NOT_THERE or (states and records is not None and not records):
        expanded = outcome(lambda: _expanded(arm, _base(cluster), query))
        if expanded.value or records is None:
            records, error = expanded.value, expanded.raised
    return summary, states, records, None if records is not None else error


def _base(cluster: ClusterRef) -> str:
    return f"{cluster.id}/providers/Microsoft.PolicyInsights"


def _components(arm: ArmClient, base: str, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """The records of componentPolicyStates, with the messages."""
    query = {**chosen, "$expand": "PolicyEvaluationDetails"}
    listed = arm.post_all(f"{base}/componentPolicyStates/latest/queryResults", COMPONENT_STATES_API, query)
    return resources.all_of_shape(listed, COMPONENT, "The compliance states of objects")


def _states(arm: ArmClient, base: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The records of policyStates."""
    listed = arm.post_all(f"{base}/policyStates/latest/queryResults", POLICY_STATES_API, query)
    return resources.all_of_shape(listed, STATE, "The compliance states")


def _expanded(arm: ArmClient, base: str, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """The states of objects from policyStates, which has no messages."""
    query = {
        **chosen,
        "$expand": "components($filter=ComplianceState eq 'NonCompliant' or ComplianceState eq 'Compliant')",
    }
    listed = _states(arm, base, query)
    return [item for record in listed for item in records_of_state(record)]


def _value(read: Read[Any]) -> Any:
    """The value that must be there."""
    if read.raised is not None:
        raise StatesUnreadError(read.raised) from read.raised
    return read.value


def scan(
    arm: ArmClient,
    cluster: ClusterRef,
    *,
    wait: bool,
    timeout: float,
    say: Progress = lambda text: None,
    sleep: Callable[[float], None] | None = None,
) -> None:
    """Has Azure Policy evaluate the resource group of a cluster: it evaluates no single resource on demand.

    :param wait: whether to wait for the end.
    :param timeout: how many seconds to wait at most.
    :raises ScanTimeout: when it takes longer.
    :raises azure.core.exceptions.AzureError: when it could not be asked for, or failed.
    """
    deadline = time.monotonic() + timeout
    path = f"{cluster.group_id}/providers/Microsoft.PolicyInsights/policyStates/latest/triggerEvaluation"
    pending = arm.begin(path, POLICY_STATES_API)
    while wait and pending is not None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ScanTimeout
        say("Waiting for the scan")
        pause = _PAUSE_SECONDS if pending.pause is None else max(pending.pause, _SHORTEST_PAUSE_SECONDS)
        (sleep or time.sleep)(min(pause, left))
        pending = arm.follow_up(pending)
