# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The names by which people know the member policies, instead of reference ids and GUIDs."""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.domain.initiative.records import RECORDS

SHORT_NAMES: dict[str, str] = {record.reference_id: short for short, record in RECORDS.items()}
"""Reference id -> short name."""

POD_SECURITY: tuple[str, ...] = tuple(record.reference_id for record in RECORDS.values() if record.pod_security)
"""The reference ids of the Pod Security members."""

_BY_LOWERED = {reference.lower(): short for reference, short in SHORT_NAMES.items()}


def short_name(reference_id: str) -> str:
    """The short name of a member; a member we do not know keeps its reference id."""
    return _BY_LOWERED.get(reference_id.lower(), reference_id)


def reference_of(short: str) -> str:
    """The reference id of a member by its short name; a name that we do not know is taken for one."""
    record = RECORDS.get(short)
    return record.reference_id if record else short


def reference_ids(names: Iterable[str]) -> frozenset[str]:
    """The reference ids, lower-case, of policies by short name or reference id; an unknown name stays as it is."""
    by_short = {short: reference for reference, short in SHORT_NAMES.items()}
    return frozenset(by_short.get(name.strip().lower(), name.strip()).lower() for name in names)


def title_of(short: str) -> str:
    """The title of a policy by its short name; the name itself for one that we do not know."""
    record = RECORDS.get(short)
    return record.title if record else short
