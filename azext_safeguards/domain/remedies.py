# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What leads on after a refusal or a warning, as a value: which way, and the facts that it takes.

A front end words it: `cli/az/remedies.py` as az commands to paste. The codes are listed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Remedy:
    """One way on.

    :param code: which one, such as `set-level`.
    :param facts: what it is about, by name: a cluster, a level, the name of a parameter.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def remedy(code: str, **facts: Any) -> Remedy:
    """A way on with its facts."""
    return Remedy(code, facts)


# Those that can be worded without a cluster, and are better with one.
_ABOUT_A_CLUSTER = ("resume", "set-level", "add-namespaces", "check-manifests")


def about(way: Remedy, cluster: Any) -> Remedy:
    """A way on with the cluster (a `ClusterRef`) that it is about, where it is about one and that was not said yet."""
    return replace(way, facts={"cluster": cluster, **way.facts}) if way.code in _ABOUT_A_CLUSTER else way


class Note(str):
    """A sentence about what went well and needs no look, such as that there was nothing to do.

    It is told like a warning and is none: a pipeline that takes a warning for a failure goes on.
    """


class Caution(str):
    """A sentence that a user has to be told and that is no refusal, with the way that ends what it is about.

    It is the sentence itself, so that whoever only shows texts can; `lead` introduces the command.
    """

    lead: str
    remedy: Remedy

    def __new__(cls, sentence: str, lead: str, way: Remedy) -> Caution:
        """A caution; `lead` is what stands before the command, without a colon."""
        caution = super().__new__(cls, sentence)
        caution.lead, caution.remedy = lead, way
        return caution
