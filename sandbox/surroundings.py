# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What surrounds the API server of a cluster: its assignments, its add-on, the clock and the compliance scans."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.authorization.exemptions import Exemptions
from sandbox.authorization.initiative import SET_ID, Initiative
from sandbox.authorization.meaning import concerns, meaning_of, selects
from sandbox.authorization.models import definition_of
from sandbox.cluster.add_on.acting import Acting, Member, action_of, member_of
from sandbox.containerservice.models import Clusters, is_automatic
from sandbox.containerservice.templates import KUBERNETES_VERSION
from sandbox.core.clock import Clock
from sandbox.core.ids import fold
from sandbox.policyinsights.models import Compliance
from sandbox.syncing import Seen, Syncing

Json = dict[str, Any]
#: Compliance needs to be told only so often that it misses no scan.
_LOOKS = timedelta(seconds=1)
_NEVER = datetime.min
_MOST_MADE = 64


@dataclass(frozen=True)
class Parts:
    """The parts of the sandbox's state that matter to a cluster."""

    lock: threading.RLock
    syncing: Syncing
    initiative: Initiative
    exemptions: Exemptions
    clusters: Clusters
    compliance: Compliance
    clock: Clock


class Surroundings:
    """The outside of one cluster, see sandbox.cluster.world."""

    def __init__(self, parts: Parts, cluster_id: str) -> None:
        self._parts = parts
        self._id = cluster_id
        self._looked = _NEVER
        self._made: dict[str, Acting] = {}

    def acting(self) -> tuple[Acting, ...]:
        """Return what is assigned and at work on the cluster, as far as its add-on knows."""
        with self._parts.lock:
            seen = self._parts.syncing.seen()
            found = [*self._assigned(seen), *self._managed(seen)]
        return tuple(one for one in found if one.members)

    def has_add_on(self) -> bool:
        """Tell whether the policy add-on is enabled."""
        with self._parts.lock:
            return fold(self._id) in self._parts.syncing.seen().add_ons

    def now(self) -> datetime:
        """Return the present time."""
        return self._parts.clock.now()

    def version(self) -> str:
        """Return the version of Kubernetes."""
        cluster = self._parts.clusters.items.get(self._id) or {}
        properties = cluster.get("properties") or {}
        given = str(properties.get("currentKubernetesVersion") or properties.get("kubernetesVersion") or "")
        parts = given.split(".")
        return given if len(parts) == 3 and all(part.isdigit() for part in parts) else KUBERNETES_VERSION

    def before_write(self) -> None:
        """Let compliance evaluate what is due before an object changes."""
        now = self._parts.clock.now().replace(tzinfo=None)
        if self._looked == _NEVER or now - self._looked > _LOOKS:
            self._looked = now
            with self._parts.lock:
                self._parts.compliance.states(self._id)

    def _assigned(self, seen: Seen) -> list[Acting]:
        if fold(self._id) not in seen.add_ons:
            return []
        found = []
        for identifier, assignment in seen.assignments.items():
            properties = assignment["properties"]
            enforced = str(properties.get("enforcementMode") or "Default").lower() == "default"
            ours = fold(definition_of(assignment)) == fold(SET_ID)
            # What else is assigned (single policies, other initiatives) is not judged here.
            here = concerns(properties, identifier, self._id) and selects(properties, self._location())
            if enforced and ours and here:
                found.append(self._acting(identifier, properties, seen))
        return found

    def _location(self) -> str:
        return str((self._parts.clusters.items.get(self._id) or {}).get("location") or "")

    def _acting(self, identifier: str, properties: Json, seen: Seen) -> Acting:
        """What an assignment does here; made anew only when something about it has changed."""
        exempt = self._parts.exemptions.exempted(identifier, self._id, self._location(), seen.exemptions)
        exempted = None if exempt is None else sorted(exempt)
        key = json.dumps([identifier, properties, exempted, len(self._parts.initiative.versions)])
        return self._kept(key, lambda: self._make(identifier, properties, exempt))

    def _kept(self, key: str, make: Callable[[], Acting]) -> Acting:
        """What was made before of the same facts, or is made now."""
        if key not in self._made:
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            self._made[key] = make()
        return self._made[key]

    def _make(self, identifier: str, properties: Json, exempt: set[str] | None) -> Acting:
        meaning = meaning_of(properties, self._parts.initiative)
        members: list[Member | None] = []
        for member, effect in meaning.effects if exempt is not None else ():
            reference = str(member["policyDefinitionReferenceId"])
            action = action_of(effect, meaning.parameters.get("warn"))
            if action is not None and reference.lower() not in (exempt or ()):
                members.append(member_of(identifier, reference, action))
        excluded = tuple(str(name) for name in meaning.parameters.get("excludedNamespaces") or ())
        # Before 1.8.0 the initiative had no such parameter, and the definitions' default held.
        source = str(meaning.parameters.get("source") or "Original")
        return Acting(identifier, tuple(one for one in members if one), meaning.parameters, excluded, source=source)

    def _managed(self, seen: Seen) -> list[Acting]:
        """Managed deployment safeguards, as the product says what they make act: no version, no choices."""
        document = seen.managed.get(fold(self._id))
        if document is None:
            return []
        cluster = self._parts.clusters.items.get(self._id) or {}
        key = json.dumps([document["id"], document["properties"], is_automatic(cluster)])
        return [self._kept(key, lambda: _managed_acting(document, is_automatic(cluster)))]


def _managed_acting(document: Json, automatic: bool) -> Acting:
    # Imported when asked for: `python -m sandbox state` runs where the extension is not.
    from azext_safeguards.domain.acting.managed import acting_by_aks
    from azext_safeguards.domain.managed import read_managed

    found = acting_by_aks(read_managed(document), is_automatic=automatic)
    members = [
        member_of(document["id"], one.reference_id, "deny" if one.does == "deny" else "warn")
        for one in found.members
        # What a mutator has mended before is no longer found.
        if one.does in ("deny", "warn") and one.short not in found.fixed
    ]
    return Acting(
        document["id"],
        tuple(one for one in members if one),
        dict(found.parameters),
        found.excluded_namespaces,
        tuple(one.name for one in found.mutators),
        tuple((one.name, one.does) for one in found.admission),
    )
