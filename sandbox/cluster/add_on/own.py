# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What AKS has beside the add-on where it manages safeguards: mutating webhooks and ValidatingAdmissionPolicies.

The rules are the checker's. Whether namespaces that are excluded from managed safeguards are excluded from these, too,
is not published (NOT FOUND): they are here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from azext_safeguards.check.admission import denial, warning
from azext_safeguards.check.admission import judge as ask_policies
from azext_safeguards.check.judging.excluded import matcher
from azext_safeguards.check.judging.mutated import apply
from azext_safeguards.check.webhooks import REGISTRY as MUTATORS
from sandbox.cluster.add_on.acting import Acting
from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]


class Answer(NamedTuple):
    """What the admission policies say about one object."""

    denial: str
    """The first text that denies, behind `RESOURCE "NAME" is forbidden: `; empty where nothing does."""
    warnings: list[str]


def mutated_by_aks(acting: tuple[Acting, ...], kind: Kind, item: Json) -> Json:
    """Return an object as AKS's mutators leave it."""
    for one in acting:
        for name in one.mutators:
            mutator = MUTATORS[name]
            if kind.identity in mutator.kinds and not _is_excluded(one, item):
                changes = list(mutator.changes(item, kind.identity))
                item = apply(item, changes) if changes else item
    return item


def ask_admission_policies(acting: tuple[Acting, ...], kind: Kind, item: Json) -> Answer:
    """Return what AKS's admission policies say: of denials a cluster prints the first, of warnings all."""
    warnings: list[str] = []
    for one in acting:
        if not one.admission or _is_excluded(one, item):
            continue
        does = dict(one.admission)
        for said in ask_policies(does, item, kind.identity):
            if does[said.policy] == "deny":
                return Answer(denial(said.policy, said.text), warnings)
            warnings.append(warning(said.policy, said.text))
    return Answer("", warnings)


def _is_excluded(one: Acting, item: Json) -> bool:
    namespace = str(item["metadata"].get("namespace") or "")
    return bool(namespace) and matcher(one.excluded)(namespace)
