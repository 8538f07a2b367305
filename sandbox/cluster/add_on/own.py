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
from azext_safeguards.check.apiserver.defaults import fill_in
from azext_safeguards.check.apiserver.receiving import Change
from azext_safeguards.check.judging.excluded import matcher
from azext_safeguards.check.judging.mutated import by_webhooks
from azext_safeguards.check.webhooks import REGISTRY as MUTATORS
from sandbox.cluster.add_on.acting import Acting
from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]


class Answer(NamedTuple):
    """What the admission policies say about one object."""

    denial: str
    """The first text that denies, behind `RESOURCE "NAME" is forbidden: `; empty where nothing does."""
    warnings: list[str]


def mutators_of(acting: tuple[Acting, ...], kind: Kind) -> Change | None:
    """Return what AKS's mutators do to objects of a kind: they are asked before an object is validated."""
    asked = [one for one in acting if any(kind.identity in MUTATORS[name].kinds for name in one.mutators)]
    if not asked:
        return None

    def change(item: Json) -> Json:
        for one in asked:
            if not _is_excluded(one, item):
                result = by_webhooks(one.mutators, item, kind.identity)
                if result.names:
                    item = result.content
                    fill_in(item, *kind.identity)
        return item

    return change


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
