# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads the safeguards of whole subscriptions: by Azure Resource Graph, or by lists where it does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from azext_safeguards.domain.assignment.currency import last_write
from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME, outgrows, pins_to_know
from azext_safeguards.domain.assignment.shape import ASSIGNMENT
from azext_safeguards.domain.cluster import CLUSTER
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.fleet.rows import FleetCluster, Row, Safeguards, cluster_of, in_order, safeguards_of
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import INITIATIVE_ID
from azext_safeguards.domain.managed import Managed, read_managed
from azext_safeguards.services import resource_graph, resources
from azext_safeguards.services.answers import UnusableAnswerError
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.planning import fetch_definition, offered_definitions
from azext_safeguards.services.resource_graph import Page
from azext_safeguards.services.snapshot import is_unregistered, outcome

_AT_ONCE = 8

Progress = Callable[[str, int, int], None]
"""Is told what is being read, how much of it there is by now, and how much there will be (0: not known)."""


@dataclass(frozen=True)
class Tenant:
    """Subscriptions that one sign-in reaches, and the client that is signed in."""

    arm: ArmClient
    subscriptions: tuple[str, ...]


@dataclass
class Fleet:
    """What was read."""

    rows: list[Row] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)
    """What could not be read, by subscription; its clusters are not among the rows."""
    notes: list[str] = field(default_factory=list)
    """What the reader must know about the rows, as sentences."""


@dataclass(frozen=True)
class _Pages:
    """Three lists, page by page; each is read once, to its end."""

    clusters: Iterator[Page]
    assignments: Iterator[Page]
    states: Iterator[Page]


def list_fleet(
    tenants: Sequence[Tenant],
    group: str | None = None,
    *,
    live: bool = False,
    asks_aks: bool = False,
    progress: Progress | None = None,
) -> Fleet:
    """The safeguards of every cluster of some subscriptions, in order of subscription, group and name.

    With Resource Graph it takes a request for each thousand clusters, one for each thousand assignments and one for
    each thousand of them that have compliance states. Without it, three lists for each subscription. A version of
    the initiative that is not bundled costs at most two more. Bodies are dropped page by page.

    :param group: a resource group to keep to.
    :param live: whether to leave Resource Graph alone, which may lag some minutes behind.
    :param asks_aks: whether each cluster is asked, by a request of its own, for AKS's safeguards.
    :param progress: is told how far it is.
    :raises azure.core.exceptions.ClientAuthenticationError: when the sign-in is refused.
    """
    fleet = Fleet()
    for tenant in tenants:
        rows = None if live else _by_graph(tenant, group, fleet, progress)
        if rows is None:
            rows = _by_lists(tenant, group, fleet, progress, is_only=len(tenants) == 1)
        fleet.rows.extend(_with_managed(tenant.arm, rows, fleet, progress) if asks_aks else rows)
    fleet.rows = in_order(fleet.rows)
    return fleet


def _with_managed(arm: ArmClient, rows: Sequence[Row], fleet: Fleet, progress: Progress | None) -> list[Row]:
    """The rows with AKS's own safeguards, alone or beside an assignment; what could not be read is noted."""
    asked = rows
    tell = progress or (lambda *_: None)
    found: dict[str, Managed] = {}
    unread = 0
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        reads = pool.map(lambda row: outcome(lambda: resources.get_managed_safeguards(arm, row.cluster.ref)), asked)
        for number, (row, read) in enumerate(zip(asked, reads, strict=True), 1):
            if read.value is not None:
                found[row.cluster.ref.id] = read_managed(read.value)
            unread += bool(read.failed)
            tell("AKS's own safeguards", number, len(asked))
    if unread:
        fleet.notes.append(f"Whether AKS manages their safeguards could not be read of {unread:,} clusters.")
    return [replace(row, managed=found.get(row.cluster.ref.id)) for row in rows]


def _by_graph(tenant: Tenant, group: str | None, fleet: Fleet, progress: Progress | None) -> list[Row] | None:
    """The rows by Resource Graph; None where it does not answer."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    arm, where = tenant.arm, tenant.subscriptions
    pages = _Pages(
        resource_graph.cluster_pages(arm, where, group),
        resource_graph.assignment_pages(arm, where, group),
        resource_graph.state_pages(arm, where, group),
    )
    try:
        return _read(arm, pages, progress)
    except ClientAuthenticationError:
        raise
    except AzureError as error:
        reason = " ".join(str(getattr(error, "message", None) or error).split())
        fleet.notes.append(f"Resource Graph did not answer; read each subscription's lists instead. ({reason})")
        return None


def _by_lists(
    tenant: Tenant, group: str | None, fleet: Fleet, progress: Progress | None, *, is_only: bool
) -> list[Row]:
    """The rows by lists, one subscription after the other; what fails is noted, and the others are read."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    rows: list[Row] = []
    for subscription in tenant.subscriptions:
        place = f"/subscriptions/{subscription}" + (f"/resourceGroups/{group}" if group else "")
        pages = _Pages(_clusters(tenant.arm, place), _assignments(tenant.arm, place), _states(tenant.arm, place, fleet))
        try:
            rows.extend(_read(tenant.arm, pages, progress, before=len(rows)))
        except ClientAuthenticationError:
            raise
        except AzureError as error:
            is_alone = is_only and len(tenant.subscriptions) == 1
            # Of many subscriptions few have the group that was asked for, and some never had a cluster.
            if is_unregistered(error) or (getattr(error, "status_code", None) == 404 and not is_alone):
                continue
            fleet.failures[subscription] = error
    return rows


def _read(arm: ArmClient, pages: _Pages, progress: Progress | None, before: int = 0) -> list[Row]:
    """Joins the three lists; keeps no more of a page than its rows need."""
    tell = progress or (lambda *_: None)
    clusters: dict[str, FleetCluster] = {}
    for items, total in pages.clusters:
        for item in items:
            found = _cluster(item)
            clusters[found.ref.plain_id.lower()] = found
        tell("Clusters", before + len(clusters), before + total if total else 0)
    if not clusters:
        return []
    reader = _AssignmentReader(arm)
    assigned: dict[str, Safeguards] = {}
    written: dict[str, str] = {}
    for items, total in pages.assignments:
        for item in items:
            owner = _owner(item)
            if owner in clusters:
                assigned[owner] = reader.read(item, clusters[owner].location)
                written[owner] = last_write(item)
        tell("Assignments", len(assigned), total)
    counts: dict[str, int] = {}
    scans: dict[str, str] = {}
    if assigned:
        for items, total in pages.states:
            counts.update({_owner(item): int(item["nonCompliant"]) for item in items})
            scans.update({_owner(item): str(item.get("lastScan") or "") for item in items})
            tell("Compliance", len(counts), total)
    return [
        Row(cluster, assigned.get(key), counts.get(key), scans.get(key, ""), written.get(key, ""))
        for key, cluster in clusters.items()
    ]


def _cluster(item: Mapping[str, Any]) -> FleetCluster:
    """A cluster of a list, which must be one.

    :raises UnusableAnswerError: when its id is none.
    """
    try:
        return cluster_of(item)
    except SafeguardsError as error:
        raise UnusableAnswerError(f"The list of clusters names one that is none: {error.message}") from error


class _AssignmentReader:
    """Reads assignments, most of which are alike in a fleet: the same properties are worked out once."""

    def __init__(self, arm: ArmClient) -> None:
        self._arm = arm
        self._bundled, self._definitions = Definitions(), Definitions()
        self._known: dict[str, Safeguards] = {}

    def read(self, item: Mapping[str, Any], location: str) -> Safeguards:
        """What an assignment amounts to; an unknown version of the initiative is fetched once."""
        key = _likeness(item, location)
        if key not in self._known:
            pins = pins_to_know(item)
            # Not for all once it is for one: an assignment that was written before would seem to have drifted.
            is_newer = outgrows(item, self._bundled) or any(self._bundled.get(pin) is None for pin in pins)
            for pin in pins if is_newer else ():
                self._fetch(pin)
            self._known[key] = safeguards_of(item, self._definitions if is_newer else self._bundled, location)
        return self._known[key]

    def _fetch(self, pin: str) -> None:
        if self._definitions.offered is None:
            read = outcome(lambda: resources.get_initiative(self._arm))
            offered = Definitions(offered=()) if read.failed else offered_definitions(read.value)
            self._definitions.offered = offered.offered
            self._definitions.fetched.update(offered.fetched)
        fetch_definition(self._arm, self._definitions, pin, must_exist=False)


def _likeness(item: Mapping[str, Any], location: str) -> str:
    """A text that two assignments share when they amount to the same: all but where, when and by whom."""
    import hashlib
    import json

    properties = dict(item.get("properties") or {})
    own = ("createdBy", "createdOn", "updatedBy", "updatedOn")
    properties["metadata"] = {k: v for k, v in (properties.get("metadata") or {}).items() if k not in own}
    for name in ("scope", "instanceId"):
        properties.pop(name, None)
    # Which clusters excluded scopes hold depends on the cluster.
    own_place = _owner(item) if properties.get("notScopes") else ""
    return hashlib.sha256(json.dumps([properties, location, own_place], sort_keys=True).encode()).hexdigest()


def _owner(item: Mapping[str, Any]) -> str:
    """The id, in lower case, of the cluster that an assignment is on."""
    return str(item.get("id") or "").lower().partition("/providers/microsoft.authorization/")[0]


def _clusters(arm: ArmClient, place: str) -> Iterator[Page]:
    path = f"{place}/providers/Microsoft.ContainerService/managedClusters"
    for items in arm.list_pages(path, resources.CLUSTER_API):
        yield resources.all_of_shape(items, CLUSTER, "The list of clusters"), 0


def _assignments(arm: ArmClient, place: str) -> Iterator[Page]:
    """The assignments of our name at and below a place.

    Listed by definition, which the service filters; an assignment of our name on something else is not among them.
    """
    query = {"$filter": f"policyDefinitionId eq '{INITIATIVE_ID}'"}
    path = f"{place}/providers/Microsoft.Authorization/policyAssignments"
    for items in arm.list_pages(path, resources.POLICY_API, query):
        resources.all_of_shape(items, ASSIGNMENT, "The list of policy assignments")
        yield [item for item in items if str(item.get("name") or "").lower() == ASSIGNMENT_NAME], 0


def _states(arm: ArmClient, place: str, fleet: Fleet) -> Iterator[Page]:
    """One summary for all assignments; where it can't be read compliance is not known, and the rest is."""
    from azure.core.exceptions import AzureError

    try:
        summary = resources.summarize(arm, place, {"$filter": _OURS})
    except AzureError as error:
        fleet.notes.append(f"Compliance could not be read: {getattr(error, 'message', None) or error}")
        return
    items = [
        {
            "id": found.get("policyAssignmentId"),
            "nonCompliant": (found.get("results") or {}).get("nonCompliantPolicies") or 0,
        }
        for value in summary["value"]
        for found in value.get("policyAssignments") or ()
        if str(found.get("policyAssignmentId") or "").lower().endswith(f"/{ASSIGNMENT_NAME}")
    ]
    yield items, 0


_OURS = f"policyAssignmentName eq '{ASSIGNMENT_NAME}'"
