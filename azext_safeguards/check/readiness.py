# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a cluster would do with each object, and the few kinds of fixes that are needed: a report to decide by.

What an annotation or the baseline silences counts here as what the cluster does: it silences the check alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from azext_safeguards.check.findings import ExcludedObject, Finding, IgnoredFinding, Refused, Report, SeenObject
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.domain.acting.records import ADMISSION, MUTATORS

REFUSED, DENIED, WARNED, CHANGED, PASSES, EXCLUDED = "refused", "denied", "warned", "changed", "passes", "excluded"
OUTCOMES = (REFUSED, DENIED, WARNED, CHANGED, PASSES, EXCLUDED)
"""What becomes of an object, the worst first; of several the worst counts. What is excluded is not judged."""

_Key = tuple[str, str, str, str]
_EFFECTS = {"deny": DENIED, "warn": WARNED}


class JudgedObject(NamedTuple):
    """An object and what becomes of it."""

    file: str
    line: int
    kind: str
    name: str
    namespace: str
    outcome: str
    """One of `OUTCOMES`."""
    policies: tuple[str, ...]
    """Short names of what denies it, warns of it or changes it; nothing for what the API server refuses."""
    changes: tuple[tuple[str, object], ...]
    """What AKS's mutators set in it: path and value; also where it is denied all the same."""


class Fix(NamedTuple):
    """One kind of fix, and how many objects need it."""

    policy: str
    """Short name; nothing for what the API server refuses."""
    outcome: str
    title: str
    fix: str
    objects: int


@dataclass(frozen=True)
class Readiness:
    """What would become of all objects that were read."""

    objects: tuple[JudgedObject, ...]
    """In the order of the files."""
    fixes: tuple[Fix, ...]
    """The worst outcome first, then those that most objects need."""
    namespaces: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Namespace ("" for objects in none) -> outcome -> number of objects."""

    @property
    def totals(self) -> dict[str, int]:
        """Outcome -> number of objects."""
        return {outcome: sum(counts[outcome] for counts in self.namespaces.values()) for outcome in OUTCOMES}

    @property
    def is_ready(self) -> bool:
        """Whether nothing would be denied or refused."""
        totals = self.totals
        return not (totals[DENIED] or totals[REFUSED])


def readiness(report: Report, policies: Mapping[str, Policy]) -> Readiness:
    """The readiness that a report amounts to.

    :param report: of a run that was to remember all objects (`Settings.want_objects`).
    :param policies: prose by short name.
    """
    acting = _acting(report)
    changed = {(one.file, one.line, one.kind, one.name, one.namespace): one for one in report.seen}
    excluded = {_key(one) for one in report.excluded_objects}
    objects = [_judged(one, acting, excluded) for one in changed.values()]
    known = {_key(one) for one in objects}
    # What could not be read as an object of a kind was not seen, and is refused all the same.
    objects += [_refused(one) for one in _first(report.refused) if _key(one) not in known]
    namespaces: dict[str, dict[str, int]] = {}
    for one in objects:
        counts = namespaces.setdefault(one.namespace, dict.fromkeys(OUTCOMES, 0))
        counts[one.outcome] += 1
    ordered = dict(sorted(namespaces.items()))
    return Readiness(tuple(objects), tuple(_fixes(objects, acting, policies)), ordered)


def _acting(report: Report) -> dict[_Key, dict[str, str]]:
    """What is said about each object: short name -> outcome; "" is the API server."""
    found: dict[_Key, dict[str, str]] = {}
    silenced = [one for one in report.ignored_findings if one.effect in _EFFECTS]
    said: Iterable[Finding | IgnoredFinding] = [*report.findings, *silenced]
    for one in said:
        found.setdefault(_key(one), {}).setdefault(one.policy, _EFFECTS[one.effect])
    for refused in report.refused:
        found.setdefault(_key(refused), {})[""] = REFUSED
    return found


def _judged(one: SeenObject, acting: Mapping[_Key, Mapping[str, str]], excluded: set[_Key]) -> JudgedObject:
    said = {**acting.get(_key(one), {}), **dict.fromkeys(one.mutators, CHANGED)}
    found = set(said.values()) | {EXCLUDED if _key(one) in excluded else PASSES}
    outcome = next(name for name in OUTCOMES if name in found)
    names = tuple(policy for policy, does in said.items() if policy and does == outcome)
    place = (one.file, one.line, one.kind, one.name, one.namespace)
    return JudgedObject(*place, outcome, names, () if outcome == REFUSED else one.changes)


def _refused(one: Refused) -> JudgedObject:
    return JudgedObject(one.file, one.line, one.kind, one.name, one.namespace, REFUSED, (), ())


def _first(refused: Iterable[Refused]) -> list[Refused]:
    """The first refusal of each object."""
    return list({_key(one): one for one in reversed(list(refused))}.values())[::-1]


def _fixes(
    objects: Iterable[JudgedObject], acting: Mapping[_Key, Mapping[str, str]], policies: Mapping[str, Policy]
) -> list[Fix]:
    counts: dict[tuple[str, str], int] = {}
    for one in objects:
        said = dict(acting.get(_key(one), {}))
        if one.outcome == CHANGED:
            said |= dict.fromkeys(one.policies, CHANGED)
        for policy, outcome in said.items():
            counts[outcome, policy] = counts.get((outcome, policy), 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (OUTCOMES.index(item[0][0]), -item[1], item[0][1]))
    return [Fix(policy, outcome, *_prose(policy, policies), number) for (outcome, policy), number in ordered]


def _prose(policy: str, policies: Mapping[str, Policy]) -> tuple[str, str]:
    """Title and fix of a kind."""
    if not policy:
        return "Objects are such as kubectl and the API server take", "See 'refused' for each value and the way out."
    own = MUTATORS.get(policy) or ADMISSION.get(policy)
    about = own or policies.get(policy)
    return (about.title, about.fix) if about else (policy, "See the finding.")


def _key(one: Finding | IgnoredFinding | Refused | SeenObject | ExcludedObject | JudgedObject) -> _Key:
    return one.file, one.kind, one.name, one.namespace
