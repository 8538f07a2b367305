# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Collects what a diagnosis looks at, in two waves of concurrent reads at most; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from functools import partial
from typing import Any

from azext_safeguards.domain.assignment.profile import profile_of
from azext_safeguards.domain.assignment.reading import Assignment, pins_to_know, read_assignment
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.diagnosis import Check, Evidence, diagnose
from azext_safeguards.domain.errors import ForeignDefinitionError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.preflight import NAMESPACE, POLICY_INSIGHTS
from azext_safeguards.domain.read import Read
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.planning import fetch_definition, offered_definitions
from azext_safeguards.services.snapshot import Reader, outcome
from azext_safeguards.services.waves import at_once


def diagnose_cluster(arm: ArmClient, cluster: ClusterRef, now: datetime | None = None) -> list[Check]:
    """All checks of a cluster, in order.

    :param now: the time to judge ages by; the present by default.
    :raises azure.core.exceptions.AzureError: when the cluster itself could not be read, or does not exist.
    """
    return diagnose(collect(arm, cluster, now or datetime.now(timezone.utc)))


def collect(arm: ArmClient, cluster: ClusterRef, now: datetime) -> Evidence:
    """Everything that the checks look at; what could not be read is there as a failed read.

    :raises azure.core.exceptions.AzureError: when the cluster itself could not be read, or does not exist.
    """
    readers: dict[str, Reader] = {
        "cluster": lambda: resources.get_cluster(arm, cluster),
        "assignment": lambda: resources.get_assignment(arm, cluster),
        "initiative": lambda: resources.get_initiative(arm),
        "feature": lambda: resources.get_feature_state(arm),
        "container_service": lambda: resources.get_provider_state(arm, NAMESPACE),
        "policy_insights": lambda: resources.get_provider_state(arm, POLICY_INSIGHTS),
        "managed": lambda: resources.get_managed_safeguards(arm, cluster),
        "exemptions": lambda: resources.list_exemptions(arm, cluster),
        "assignments": lambda: resources.list_initiative_assignments(arm, cluster),
        "last_state": lambda: resources.get_last_state_time(arm, cluster),
    }
    reads: dict[str, Read[Any]] = at_once({name: partial(outcome, reader) for name, reader in readers.items()})
    found, initiative = reads.pop("cluster"), reads.pop("initiative")
    if found.value is None:
        raise found.raised or LookupError(cluster.id)
    definitions = Definitions() if initiative.failed else offered_definitions(initiative.value)
    read = reads.pop("assignment")
    assignment, foreign = _assignment(arm, read.value, definitions, found.value.get("location"))
    return Evidence(
        cluster=found.value,
        ref=cluster.spelled(found.value.get("id")),
        assignment=assignment,
        profile=profile_of(assignment, definitions) if assignment else None,
        unreadable=read.error or "no reason was given" if read.failed else "",
        foreign_definition=foreign,
        definitions=definitions,
        now=now,
        **reads,
    )


def _assignment(
    arm: ArmClient, body: Mapping[str, Any] | None, definitions: Definitions, location: str | None
) -> tuple[Assignment | None, str]:
    """The assignment, or why the one that is there is not ours to look at."""
    if body is None:
        return None, ""
    for pin in pins_to_know(body):
        fetch_definition(arm, definitions, pin, must_exist=False)
    try:
        return read_assignment(body, definitions, location), ""
    except ForeignDefinitionError as error:
        return None, error.message
