# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Overrides of an assignment: what they name, which of them are ours, and how ours are written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Documented limits of Azure Policy assignments (learn.microsoft.com, "Azure Policy assignment structure").
MAX_OVERRIDES = 10
MAX_REFERENCES = 50

Override = Mapping[str, Any]

_REFERENCE_SELECTOR = "policydefinitionreferenceid"
_CLUSTER_TYPE = "Microsoft.ContainerService/managedClusters"


def sets_effect(override: Override) -> bool:
    """Whether an override changes an effect; the other kind, `definitionVersion`, does not."""
    return str(override.get("kind", "policyEffect")).lower() == "policyeffect"


def named(override: Override) -> frozenset[str]:
    """The reference ids, lower-case, that an override names with `in`."""
    return frozenset(
        str(reference).lower() for selector in _reference_selectors(override) for reference in selector.get("in") or ()
    )


def named_by(overrides: Iterable[Override]) -> frozenset[str]:
    """The reference ids, lower-case, whose effect some overrides decide by name."""
    return frozenset[str]().union(*(named(item) for item in overrides if sets_effect(item)))


def acts_here(override: Override, location: str | None) -> bool:
    """Whether an override, or a resource selector, applies to a cluster, by its selectors of locations and types.

    :param location: the cluster's location, or None where it is not known: then every location is taken to match.
    """
    for selector in override.get("selectors") or ():
        kind = str(selector.get("kind", "")).lower()
        own = {"resourcelocation": location, "resourcetype": _CLUSTER_TYPE, "resourcewithoutlocation": ""}.get(kind)
        if own is None:
            continue
        inside, outside = selector.get("in"), selector.get("notIn")
        if inside is not None and _plain(own) not in {_plain(str(item)) for item in inside}:
            return False
        if outside is not None and _plain(own) in {_plain(str(item)) for item in outside}:
            return False
    return True


def needs_location(overrides: Iterable[Override]) -> bool:
    """Whether what some overrides, or resource selectors, do depends on where the cluster is."""
    return any(
        str(selector.get("kind", "")).lower() == "resourcelocation"
        for override in overrides
        for selector in override.get("selectors") or ()
    )


def reaches(override: Override, reference_id: str) -> bool:
    """Whether an override's reference selectors let a member through."""
    return reach(override)(reference_id)


def reach(override: Override) -> Callable[[str], bool]:
    """What says of a reference id whether an override's reference selectors let that member through."""
    insides: list[frozenset[str]] = []
    outside: set[str] = set()
    for selector in _reference_selectors(override):
        if selector.get("in") is not None:
            insides.append(frozenset(str(item).lower() for item in selector["in"]))
        outside.update(str(item).lower() for item in selector.get("notIn") or ())

    def is_reached(reference_id: str) -> bool:
        lowered = reference_id.lower()
        return lowered not in outside and all(lowered in inside for inside in insides)

    return is_reached


def is_sweeping(override: Override) -> bool:
    """Whether an effect override applies without naming members: it has no reference `in`."""
    return sets_effect(override) and not named(override)


def write(effects: Mapping[str, str]) -> list[dict[str, Any]]:
    """Overrides that give each member its effect, one per effect, split where a selector would be too long.

    :param effects: reference id -> effect, in the order that the selectors keep.
    """
    groups: dict[str, list[str]] = {}
    for reference, effect in effects.items():
        groups.setdefault(effect, []).append(reference)
    return [
        {
            "kind": "policyEffect",
            "value": effect,
            "selectors": [{"kind": "policyDefinitionReferenceId", "in": members[start : start + MAX_REFERENCES]}],
        }
        for effect, members in sorted(groups.items(), key=lambda group: group[0] != "Deny")
        for start in range(0, len(members), MAX_REFERENCES)
    ]


@dataclass(frozen=True)
class Split:
    """The overrides of an assignment by owner."""

    ours: tuple[Override, ...]
    foreign: tuple[Override, ...]

    @property
    def present(self) -> list[Override]:
        """All of them, somebody else's first."""
        return [*self.foreign, *self.ours]


def fingerprint(override: Override) -> str:
    """A short text by which an override that we wrote is known again: overrides have no name of their own.

    :returns: 8 hexadecimal digits of its effect and its members, whatever their order and case.
    """
    text = "|".join([str(override.get("value", "")).lower(), *sorted(named(override))])
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]


def split(present: Sequence[Override], expected: Mapping[str, str], written: Collection[str] = ()) -> Split:
    """Tells the overrides that rendering put on an assignment from those of somebody else.

    Ours are known by their fingerprints. One that somebody shortened or lengthened since is still ours, and repaired,
    when it gives the same effect to more than half of the members that rendering gives it to; anything less is
    somebody's own choice. Where no fingerprints were recorded, ours is what holds exactly what rendering gives for an
    effect, less members that another override names.

    :param present: the overrides as the assignment holds them.
    :param expected: reference id -> effect, as the intent renders them when nothing is foreign.
    :param written: the fingerprints that were recorded when ours were written.
    """
    ours = [index for index, item in enumerate(present) if _is_plain(item) and fingerprint(item) in written]
    covered = {str(present[index].get("value", "")).lower() for index in ours}
    for effect, members in _by_effect(expected).items():
        # An effect for which we wrote nothing, because others name all of its members, has a fingerprint too.
        if effect in covered or fingerprint({"value": effect}) in written:
            continue
        same = [
            index
            for index, item in enumerate(present)
            if index not in ours and _is_plain(item) and str(item.get("value", "")).lower() == effect
        ]
        exact = [] if written else [index for index in same if _exact(present, index, members)]
        most = [index for index in same if 2 * len(named(present[index]) & members) > len(members)]
        ours.extend(_largest(present, exact) or _largest(present, most))
    return Split(
        tuple(present[index] for index in sorted(ours)),
        tuple(item for index, item in enumerate(present) if index not in ours),
    )


def without_unknown(foreign: Iterable[Override], known: frozenset[str]) -> tuple[list[Override], list[str]]:
    """Foreign overrides with the references removed that a version of the initiative no longer has.

    The service refuses an unknown reference. An override whose `in` loses its last reference goes with it.

    :param known: the reference ids of that version, lower-case.
    :returns: the overrides that can be sent, and the reference ids that were lost, in order.
    """
    kept: list[Override] = []
    lost: list[str] = []
    for override in foreign:
        unknown = [
            str(item)
            for selector in _reference_selectors(override)
            for side in ("in", "notIn")
            for item in selector.get(side) or ()
            if str(item).lower() not in known
        ]
        if not unknown:
            kept.append(override)
            continue
        lost.extend(unknown)
        selectors, alive = [], True
        for selector in override.get("selectors") or ():
            if selector not in _reference_selectors(override):
                selectors.append(selector)
                continue
            trimmed = dict(selector)
            for side in ("in", "notIn"):
                references = selector.get(side)
                if references is None:
                    continue
                trimmed[side] = [item for item in references if str(item).lower() in known]
            if selector.get("in") and not trimmed["in"]:
                alive = False
            # A `notIn` that names nobody any more selects everything, which is what having no selector means.
            if trimmed.get("in") or trimmed.get("notIn") or trimmed == selector:
                selectors.append(trimmed)
        if alive:
            kept.append({**override, "selectors": selectors} if "selectors" in override else override)
    return kept, list(dict.fromkeys(lost))


def without_members(foreign: Iterable[Override], members: frozenset[str]) -> list[Override]:
    """Foreign overrides of an effect without some members that somebody names; one that loses all of them goes.

    Only those that hold nothing but an effect and a list of members: what also selects places is left as it is.

    :param members: reference ids, lower-case.
    """
    kept: list[Override] = []
    for override in foreign:
        if not _is_plain(override) or not named(override) & members:
            kept.append(override)
            continue
        (selector,) = override["selectors"]
        left = [item for item in selector["in"] if str(item).lower() not in members]
        if left:
            kept.append({**override, "selectors": [{**selector, "in": left}]})
    return kept


def _plain(name: str) -> str:
    """A location or type as Azure compares it: `East US` is `eastus`."""
    return name.replace(" ", "").lower()


def _reference_selectors(override: Override) -> list[Mapping[str, Any]]:
    return [
        selector
        for selector in override.get("selectors") or ()
        if str(selector.get("kind", "")).lower() == _REFERENCE_SELECTOR
    ]


def _is_plain(override: Override) -> bool:
    """Whether it has the only shape that `write` gives: one reference selector with `in`."""
    selectors = override.get("selectors") or []
    return (
        sets_effect(override)
        and len(selectors) == 1
        and len(_reference_selectors(override)) == 1
        and bool(named(override))
        and "notIn" not in selectors[0]
    )


def _by_effect(expected: Mapping[str, str]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for reference, effect in expected.items():
        groups.setdefault(effect.lower(), set()).add(reference.lower())
    return groups


def _exact(present: Sequence[Override], index: int, members: set[str]) -> bool:
    others = named_by(item for other, item in enumerate(present) if other != index)
    own = named(present[index])
    return members - others <= own <= members


def _largest(present: Sequence[Override], indexes: list[int]) -> list[int]:
    return [max(indexes, key=lambda index: len(named(present[index])))] if indexes else []
