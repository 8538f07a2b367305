# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The end of a report to decide by, in the words and rows that all forms share. Nothing here is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azext_safeguards.check.readiness import CHANGED, DENIED, OUTCOMES, REFUSED, JudgedObject, Readiness
from azext_safeguards.check.report.interface import plural

TITLE = "Readiness"
MOST_CHANGED = 50
"""How many changed objects are listed; JSON has all."""

HEADS = ("Namespace", *(outcome.capitalize() for outcome in OUTCOMES))


def verdict(found: Readiness) -> str:
    """What it comes to, in a sentence."""
    totals = found.totals
    read = plural(len(found.objects), "object")
    stopped = [f"{totals[outcome]} would be {outcome}" for outcome in (REFUSED, DENIED) if totals[outcome]]
    changed = f"; {totals[CHANGED]} would be changed on the way in" if totals[CHANGED] else ""
    if stopped:
        return f"Not ready: of {read} {' and '.join(stopped)}{changed}."
    return f"Ready: of {read} none would be denied or refused{changed}."


def rows(found: Readiness) -> Iterator[tuple[str, ...]]:
    """The cells of `HEADS` for each namespace."""
    for namespace, counts in found.namespaces.items():
        yield (namespace or "(none)", *(str(counts[outcome]) for outcome in OUTCOMES))


def changed(found: Readiness) -> Iterator[tuple[JudgedObject, str]]:
    """The objects that are changed and let in, each with what is set in it."""
    for one in found.objects:
        if one.outcome == CHANGED:
            yield one, ", ".join(f"{path}{_value(value)}" for path, value in one.changes)


def _value(value: Any) -> str:
    """A value as it follows its path; of a whole structure the path is enough."""
    return f"={value}" if isinstance(value, str | int) else ""


def as_output(found: Readiness) -> dict[str, Any]:
    """The JSON."""
    spaces = [{"namespace": name, **counts} for name, counts in found.namespaces.items()]
    return {
        "ready": found.is_ready,
        "verdict": verdict(found),
        "totals": found.totals,
        "namespaces": spaces,
        "fixes": [one._asdict() for one in found.fixes],
        "objects": [_object(one) for one in found.objects],
    }


def _object(one: JudgedObject) -> Mapping[str, Any]:
    changes = [{"path": path, "value": value} for path, value in one.changes]
    return {**one._asdict(), "policies": list(one.policies), "policyNames": list(one.policies), "changes": changes}
