# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a policy of the checker is: a rule, where it applies, and the words that help the reader of a finding."""

from __future__ import annotations

import enum
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from azext_safeguards.domain.initiative.records.record import POD as POD
from azext_safeguards.domain.initiative.records.record import Record

Object = Mapping[str, Any]
"""A Kubernetes object as JSON carries it: apiVersion, kind, metadata and the rest, with Python's plain types."""

Parameters = Mapping[str, Any]
"""The parameters of the assignment by their names in the initiative, with its defaults filled in."""

Path = tuple[str | int, ...]


class Confidence(enum.Enum):
    """How a rule is known."""

    TEMPLATE = "the template of the policy was published"
    DESCRIPTION = "only the policy's description and its documentation are published"
    TWIN = "a published policy of the Gatekeeper library does the same"


class Violation(NamedTuple):
    """One message of a policy about one object, and the path of the field at fault from the object's root.

    The path may go on where the object ends: it then names the field that should be there.
    """

    message: str
    path: Path


Rule = Callable[[Object, Parameters], Iterable[Violation]]

RuleAmong = Callable[[Object, Parameters, "Iterable[Object]"], Iterable[Violation]]
"""A rule that needs other objects of the same namespace: those of `Policy.among` with the same `Policy.likenesses`,
without the object itself."""


@dataclass(frozen=True)
class Policy(Record):
    """A member of the safeguards initiative that judges objects: its record, and the rule it judges by."""

    rule: Rule | None = None
    rule_among: RuleAmong | None = None

    among: frozenset[tuple[str, str]] = frozenset()
    """For `rule_among`: the kinds that the rule must see."""

    keep: tuple[str, ...] = ()
    """For `rule_among`: the only members of `spec` that the rule reads; of all else apiVersion, kind and
    metadata.{name,namespace} are kept in memory and nothing more."""

    looks_back: bool = False
    """For `rule_among`: whether it is given only what came before. A cluster compares an object with those that it has
    stored; of two that are alike, it denies the later."""

    places: tuple[Path, ...] = ()
    """For `rule_among`: the paths at which it finds violations."""

    likenesses: Callable[[Object], Iterable[Hashable]] = lambda _: (None,)
    """For `rule_among`: what two objects must have in common for the rule to say anything about them, such as their
    selectors; the rule is given only others that share at least one. The default compares all with all."""

    confidence: Confidence = Confidence.TEMPLATE

    offline: str = ""
    """What an offline check cannot know about this policy; "" when it knows all. Said once in a report."""
