# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Compliance states: what the policies of an assignment found on each cluster when it was last evaluated.

The add-on evaluates a cluster every 15 minutes (documented: policy-for-kubernetes), and an evaluation may be asked for.
In between the states stay as they are, whatever becomes of the cluster or of the assignment.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.authorization.exemptions import Exemptions
from sandbox.authorization.initiative import SET_ID, Initiative
from sandbox.authorization.meaning import concerns, contains, meaning_of, selects
from sandbox.authorization.models import Assignments, definition_of
from sandbox.containerservice.models import Clusters, has_add_on
from sandbox.core.clock import Clock
from sandbox.core.ids import ById, fold
from sandbox.policyinsights.exceptions import ScanNotFound
from sandbox.policyinsights.judging import COMPLIANT, EXEMPT, NON_COMPLIANT, Component, judge
from sandbox.policyinsights.workloads import Workloads

Json = dict[str, Any]


@dataclass(frozen=True)
class State:
    """What one policy of an assignment found on one cluster."""

    assignment: Json
    member: Json
    effect: str
    version: str
    state: str
    resource: str
    location: str
    scanned: datetime
    components: list[Component] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """The reference id of the member, as the definition writes it."""
        return str(self.member["policyDefinitionReferenceId"])

    @property
    def stamp(self) -> str:
        """When it was found, as Azure writes it."""
        return self.scanned.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


@dataclass(frozen=True)
class Scan:
    """An evaluation that somebody asked for."""

    name: str
    scope: str
    ends: datetime


@dataclass
class _Result:
    instance: Any
    scanned: datetime
    states: list[State]


class Compliance:
    """The states of all assignments of the initiative, and the evaluations that make them."""

    def __init__(
        self,
        assignments: Assignments,
        exemptions: Exemptions,
        initiative: Initiative,
        clusters: Clusters,
        clock: Clock,
    ) -> None:
        self.first_scan = 0.0
        """Seconds from the creation of an assignment to its first evaluation; in Azure some 20 minutes."""
        self.interval = 900.0
        """Seconds between the evaluations of a cluster."""
        self.scan_seconds = 1.0
        """Seconds that an evaluation takes that is asked for."""
        self.workloads = Workloads()
        self._assignments = assignments
        self._exemptions = exemptions
        self._initiative = initiative
        self._clusters = clusters
        self._clock = clock
        self._failing: ById[set[str]] = ById()
        self._results: dict[tuple[str, str], _Result] = {}
        self._scans: dict[str, Scan] = {}
        # What was due before a write is about what was there before it.
        assignments.before_write.append(self._settle)

    def set_non_compliant(self, assignment_id: str, references: list[str]) -> None:
        """Let these members of an assignment find something on the cluster at once, beside what manifests give."""
        self._failing[assignment_id] = {reference.lower() for reference in references}
        for key in [key for key in self._results if key[0] == fold(assignment_id)]:
            del self._results[key]

    def load(self, cluster_id: str, text: str | bytes, name: str = "manifest") -> int:
        """Put objects on a cluster; the next evaluation sees them. Returns how many. Raises ValueError."""
        self.states(cluster_id)
        return self.workloads.load(cluster_id, text, name)

    def clear(self, cluster_id: str) -> None:
        """Remove all objects of a cluster; the next evaluation sees that."""
        self.states(cluster_id)
        self.workloads.clear(cluster_id)

    def remove(self, cluster_id: str) -> None:
        """Forget a cluster that was deleted."""
        self.workloads.clear(cluster_id)
        for key in [key for key in self._results if key[1] == fold(cluster_id)]:
            del self._results[key]

    def states(self, scope: str) -> list[State]:
        """Return one state for each member that is on, of each assignment and cluster that the scope contains."""
        return [state for identifier in self._assignments.items for state in self.states_of(identifier, scope)]

    def states_of(self, assignment_id: str, scope: str) -> list[State]:
        """Return the states of one assignment; none where it assigns something else than the initiative."""
        assignment = self._assignments.items[assignment_id]
        if fold(definition_of(assignment)) != fold(SET_ID):
            return []
        return [
            state
            for cluster in self._concerned(assignment_id, assignment, scope)
            for state in self._up_to_date(assignment, cluster)
        ]

    def trigger(self, scope: str) -> Scan:
        """Begin an evaluation of a subscription or a resource group."""
        self.states(scope)
        scan = Scan(str(uuid.uuid4()), scope, self._clock.now() + timedelta(seconds=self.scan_seconds))
        self._scans[scan.name] = scan
        return scan

    def is_done(self, name: str) -> bool:
        """Tell whether an evaluation that was asked for has ended. Raises ScanNotFound."""
        scan = self._scans.get(name.lower())
        if scan is None:
            raise ScanNotFound(name)
        return scan.ends <= self._clock.now()

    def _settle(self, assignment_id: str) -> None:
        self.states_of(assignment_id, assignment_id.rpartition("/providers/")[0] or "/")

    def _concerned(self, identifier: str, assignment: Json, scope: str) -> list[Json]:
        """Return the clusters of a scope that an assignment concerns."""
        properties = assignment["properties"]
        own = str(properties.get("scope") or identifier.rpartition("/providers/")[0])
        # Most assignments are of one cluster, and there may be thousands of both.
        one = next((place for place in (own, scope) if place in self._clusters.items), "")
        candidates = [self._clusters.items[one]] if one else list(self._clusters.items.values())
        return [
            cluster
            for cluster in candidates
            if concerns(properties, identifier, cluster["id"])
            and selects(properties, str(cluster["location"]))
            and contains(scope, cluster["id"])
            and has_add_on(cluster)
        ]

    def _up_to_date(self, assignment: Json, cluster: Json) -> list[State]:
        """Return the states, after the evaluation whose time has come since somebody last looked."""
        key = (fold(assignment["id"]), fold(cluster["id"]))
        instance = assignment["properties"].get("instanceId")
        known = self._results.get(key)
        if known is not None and known.instance != instance:
            known = None
        due = self._due(assignment, cluster, known, self._clock.now())
        if due is not None:
            known = self._results[key] = _Result(instance, due, self._evaluated(assignment, cluster, due))
        return known.states if known is not None else []

    def _due(self, assignment: Json, cluster: Json, known: _Result | None, now: datetime) -> datetime | None:
        """Return when the newest evaluation was that is not known yet, or None."""
        interval = timedelta(seconds=self.interval)
        if known is not None:
            first = known.scanned + interval
        else:
            created = str((assignment.get("systemData") or {}).get("createdAt") or "")
            begun = datetime.fromisoformat(created[:26]).replace(tzinfo=timezone.utc) if created else now
            first = begun + timedelta(seconds=self.first_scan)
        due = [first + (now - first) // interval * interval] if first <= now else []
        due += [scan.ends for scan in self._scans.values() if scan.ends <= now and contains(scan.scope, cluster["id"])]
        newest = max(due, default=None)
        return newest if newest is not None and (known is None or newest > known.scanned) else None

    def _evaluated(self, assignment: Json, cluster: Json, when: datetime) -> list[State]:
        version, parameters, acting = meaning_of(assignment["properties"], self._initiative)
        validating = [
            str(member["policyDefinitionReferenceId"])
            for member, effect in acting
            if effect.lower() in ("audit", "deny")
        ]
        excluded = [str(name) for name in parameters.get("excludedNamespaces") or ()]
        found = judge(self.workloads.of(cluster["id"]), validating, parameters, excluded)
        failing = self._failing.get(assignment["id"], set())
        exempt = self._exemptions.exempted(assignment["id"], cluster["id"], str(cluster["location"]), at=when)
        states = []
        for member, effect in acting:
            reference = str(member["policyDefinitionReferenceId"]).lower()
            components = found.get(reference, [])
            bad = reference in failing or any(item.state == NON_COMPLIANT for item in components)
            state = NON_COMPLIANT if bad else COMPLIANT
            if exempt is None or reference in exempt:
                # Exemptions of components do not exist (documented); that of the cluster covers them all.
                state = EXEMPT
                components = [Component(item.kind, item.namespace, item.name, EXEMPT) for item in components]
            where = str(cluster["location"])
            states.append(
                State(assignment, member, effect, str(version), state, cluster["id"], where, when, components)
            )
        return states
