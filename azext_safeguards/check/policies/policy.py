# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a policy of the checker is: a rule, where it applies, and the words that help the reader of a finding."""

from __future__ import annotations

import enum
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Object = Mapping[str, Any]
"""A Kubernetes object as JSON carries it: apiVersion, kind, metadata and the rest, with Python's plain types."""

Parameters = Mapping[str, Any]
"""The parameters of the assignment by their names in the initiative, with its defaults filled in."""

Path = tuple[str | int, ...]

POD = ("", "Pod")
"""Policies on this kind also judge the Pods that workloads imply."""


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
class Policy:
    """A member of the safeguards initiative that judges objects."""

    short: str
    """The name people use, as in `domain.policies.SHORT_NAMES`."""

    reference_id: str
    """The policy definition reference id in the initiative."""

    constraint: str
    """The kind of the constraint in lower case, printed after `azurepolicy-` up to 30 characters; "" if unknown."""

    title: str
    """What the policy wants, in a few words: a sentence without a full stop."""

    why: str
    """Why it exists: what goes wrong without it. One or two sentences."""

    fix: str
    """What to do, in one or two sentences."""

    patch: str
    """The fix as a YAML patch: the part of a manifest as it should be, ready to be merged in; ends with a newline."""

    docs: str
    """A page that says more (learn.microsoft.com or kubernetes.io)."""

    kinds: frozenset[tuple[str, str]]
    """(API group, kind) of the objects that the policy judges; with `POD` also the Pods of workloads."""

    rule: Rule | None = None
    rule_among: RuleAmong | None = None

    among: frozenset[tuple[str, str]] = frozenset()
    """For `rule_among`: the kinds that the rule must see."""

    keep: tuple[str, ...] = ()
    """For `rule_among`: the only members of `spec` that the rule reads; of all else apiVersion, kind and
    metadata.{name,namespace} are kept in memory and nothing more."""

    places: tuple[Path, ...] = ()
    """For `rule_among`: the paths at which it finds violations."""

    likenesses: Callable[[Object], Iterable[Hashable]] = lambda _: (None,)
    """For `rule_among`: what two objects must have in common for the rule to say anything about them, such as their
    selectors; the rule is given only others that share at least one. The default compares all with all."""

    pod_security: str | None = None
    """"Baseline" or "Restricted" for the Pod Security members, the lowest level that turns it on."""

    confidence: Confidence = Confidence.TEMPLATE

    offline: str = ""
    """What an offline check cannot know about this policy; "" when it knows all. Said once in a report."""

    template_parameters: tuple[str, ...] = field(default=())
    """The initiative parameters that the rule reads; others have no influence."""
