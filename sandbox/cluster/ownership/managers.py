# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The managers of an object's fields, and what a write makes of them (apimachinery, util/managedfields)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sandbox.cluster.core.failures import Failure
from sandbox.cluster.core.schema import Type
from sandbox.cluster.ownership.fields import Field, from_v1, is_key, leaves, removed, shown, to_v1
from sandbox.cluster.ownership.merging import merged

Json = dict[str, Any]
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Manager(NamedTuple):
    """Who owns fields, by which kind of write."""

    name: str
    operation: str
    """Apply or Update."""
    api_version: str
    subresource: str = ""

    def shown(self) -> str:
        """Return the manager as a conflict names it (recorded, without the time of the write)."""
        text = json.dumps(self.name)
        if self.subresource:
            text += f" with subresource {json.dumps(self.subresource)}"
        if self.operation == "Update":
            text += f" using {self.api_version}"
        return text


class Owned(NamedTuple):
    """What one manager owns, and since when."""

    fields: set[Field]
    time: str


Owners = dict[Manager, Owned]


def owners_of(item: Json | None) -> Owners:
    """Return the managers of an object."""
    found: Owners = {}
    for entry in ((item or {}).get("metadata") or {}).get("managedFields") or ():
        if isinstance(entry, dict) and entry.get("manager"):
            manager = Manager(
                str(entry["manager"]),
                str(entry.get("operation") or "Update"),
                str(entry.get("apiVersion") or ""),
                str(entry.get("subresource") or ""),
            )
            found[manager] = Owned(set(from_v1(entry.get("fieldsV1"))), str(entry.get("time") or ""))
    return found


def updated(
    before: Json | None, after: Json, type_: Type, manager: Manager, now: str, has_status: bool = True
) -> list[Json]:
    """Return the managedFields after a write that is no apply: the manager owns what it has changed.

    ``after`` may bring managedFields of its own, as a client that moves ownership sends them.
    """
    old = leaves(before, type_, manager.subresource, has_status) if before else {}
    new = leaves(after, type_, manager.subresource, has_status)
    changed = {field for field, value in new.items() if field not in old or old[field] != value}
    gone = old.keys() - new.keys()
    owners = owners_of(after) or owners_of(before)
    if changed or gone:
        owners = _taken(owners, changed | gone)
    if changed:
        mine = owners.get(manager)
        owners[manager] = Owned((mine.fields if mine else set()) | changed, now)
    return entries(owners)


def applied(
    live: Json | None, given: Json, type_: Type, manager: Manager, force: bool, now: str, has_status: bool = True
) -> tuple[Json, list[Json]]:
    """Return an object after a server-side apply, and its managedFields.

    Raises Failure (409) when somebody else owns a field that would change, unless it is forced.
    """
    owners = owners_of(live)
    mine = set(leaves(given, type_, "", has_status))
    if live is None:
        return given, entries({manager: Owned(mine, now)})
    result = merged(live, given, type_)
    before = leaves(live, type_, "", has_status)
    after = leaves(result, type_, "", has_status)
    changed = {field for field, value in after.items() if field not in before or before[field] != value}
    others = {one: owned for one, owned in owners.items() if one != manager}
    conflicts = [(one, field) for one, owned in others.items() for field in sorted(owned.fields & changed)]
    if conflicts and not force:
        raise _conflict(conflicts)
    others = _taken(others, changed)
    previous = owners.get(manager)
    if previous:
        result = _pruned(result, type_, previous.fields - mine, mine, others)
    kept = previous.time if previous and previous.fields == mine and previous.time else now
    return result, entries({manager: Owned(mine, kept), **others})


def with_last_applied(item: Json, live: Json | None, given: Json, manager: str) -> Json:
    """Return an object whose annotation of client-side apply, if it has one, says what kubectl has applied.

    The server does that for this manager only (apimachinery, managedfields/lastappliedupdater.go; recorded).
    """
    held = ((live or {}).get("metadata") or {}).get("annotations") or {}
    if manager != "kubectl" or not held.get(_LAST_APPLIED):
        return item
    metadata = dict(given["metadata"])
    annotations = {name: value for name, value in (metadata.get("annotations") or {}).items() if name != _LAST_APPLIED}
    metadata |= {"annotations": annotations} if annotations else {}
    text = json.dumps({**given, "metadata": metadata}, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    noted = {**(item["metadata"].get("annotations") or {}), _LAST_APPLIED: text}
    return {**item, "metadata": {**item["metadata"], "annotations": noted}}


def entries(owners: Owners) -> list[Json]:
    """Return managedFields: those of applies first, then by time."""
    found = []
    for manager, owned in sorted(owners.items(), key=lambda one: (one[0].operation != "Apply", one[1].time, one[0])):
        found.append(
            {
                "manager": manager.name,
                "operation": manager.operation,
                "apiVersion": manager.api_version,
                **({"time": owned.time} if owned.time else {}),
                "fieldsType": "FieldsV1",
                "fieldsV1": to_v1(owned.fields),
                **({"subresource": manager.subresource} if manager.subresource else {}),
            }
        )
    return found


def _taken(owners: Owners, fields: Iterable[Field]) -> Owners:
    """The owners without these fields, and without those that own nothing any more."""
    lost = set(fields)
    left = {manager: Owned(owned.fields - lost, owned.time) for manager, owned in owners.items()}
    return {manager: owned for manager, owned in left.items() if owned.fields}


def _pruned(item: Json, type_: Type, dropped: set[Field], mine: set[Field], others: Owners) -> Json:
    """The object without what its manager applied before and does not apply any more, unless somebody else owns it."""
    held = mine.union(*(owned.fields for owned in others.values()))
    gone: set[Field] = set()
    for field in sorted(dropped, key=len):
        # What is in an item that goes goes with it; what an item is known by stays as long as the item does.
        inside = any(field[:length] in gone for length in range(1, len(field)))
        if inside or field in held or is_key(field):
            continue
        if not any(one[: len(field)] == field for one in held):
            item = removed(item, type_, field)
            gone.add(field)
    return item


def _conflict(conflicts: list[tuple[Manager, Field]]) -> Failure:
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {one.shown()}", "field": shown(field)}
        for one, field in conflicts
    ]
    if len(conflicts) == 1:
        text = f"Apply failed with 1 conflict: {causes[0]['message']}: {causes[0]['field']}"
    else:
        by_manager: dict[str, list[str]] = {}
        for one, field in conflicts:
            by_manager.setdefault(one.shown(), []).append(f"- {shown(field)}")
        lines = [line for name in sorted(by_manager) for line in (f"conflicts with {name}:", *by_manager[name])]
        text = f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines)
    return Failure(409, "Conflict", text, {"causes": causes})
