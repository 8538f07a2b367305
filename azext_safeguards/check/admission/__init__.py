# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's own ValidatingAdmissionPolicies: what they say of a Pod, or of the Pod template of a workload.

They are asked before Gatekeeper's webhook, and a cluster prints only the first text that denies; nothing else is asked
then (tried on kube-apiserver 1.34.4). Of the kinds that they match, DaemonSets and Pods are seen in public logs; all
workloads are taken to be matched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from azext_safeguards.check.admission import baseline, restricted
from azext_safeguards.check.policies.policy import Object, Path, Violation
from azext_safeguards.check.policies.workloads import POD_PLACES
from azext_safeguards.check.rego.values import get
from azext_safeguards.domain.acting.records import PREFIX

KINDS = frozenset(POD_PLACES)
"""(group, kind) of what they are asked about."""

Rule = Callable[[Object], Iterable[Violation]]
"""What a policy says of a Pod, or of a Pod template: texts in its order, with paths from there."""

RULES: dict[str, Rule] = {
    **{f"{PREFIX}baseline-{name}": rule for name, rule in baseline.RULES.items()},
    **{f"{PREFIX}restricted-{name}": rule for name, rule in restricted.RULES.items()},
}
"""Every policy by its name."""


class Said(NamedTuple):
    """One text of one policy about one object."""

    policy: str
    text: str
    path: Path
    """Of the field at fault, from the object's root."""


def judge(names: Iterable[str], item: Object, kind: tuple[str, str]) -> Iterator[Said]:
    """What some policies say of an object, in the order of the names.

    :param names: of policies; those that are not known here say nothing.
    :param kind: (group, kind) of the object.
    """
    place = POD_PLACES.get(kind)
    if place is None:
        return
    pod = get(item, *place)
    if not isinstance(pod, dict):
        return
    for name in names:
        rule = RULES.get(name)
        for text, path in rule(pod) if rule else ():
            yield Said(name, text, (*place, *path))


def denial(policy: str, text: str) -> str:
    """A text as a cluster prints it in a denial, behind `RESOURCE "NAME" is forbidden: ` (public logs)."""
    return f"ValidatingAdmissionPolicy '{policy}' with binding '{policy}-binding' denied request: {text}"


def warning(policy: str, text: str) -> str:
    """A text as a cluster warns of it, behind `Warning: ` (tried on kube-apiserver 1.34.4)."""
    return f"Validation failed for ValidatingAdmissionPolicy '{policy}' with binding '{policy}-binding': {text}"
