# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""no-aks-labels: nobody but AKS sets labels of AKS.

The text prints the set of entries that matched (MicrosoftDocs/azure-aks-docs, deployment-safeguards.md). The rule is
that of its ancestors: each entry of the parameter `labels` is a regular expression that may match anywhere in
`key:value`. Azure/draft, restricted-labels/template.yaml of early 2024, has only keys equal to an entry; which of the
two is live is not published, and the documentation forbids all labels under kubernetes.azure.com.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.patterns import needed_pieces, occurs
from azext_safeguards.check.rego.values import get, literal_set
from azext_safeguards.domain.initiative.records import members


def _rule(one: Object, parameters: Parameters) -> Iterable[Violation]:
    labels = get(one, "metadata", "labels")
    reserved = parameters.get("labels")
    if not isinstance(labels, dict) or not reserved or not _may_match(labels, reserved):
        return ()
    found: dict[str, Path] = {}
    for key, value in labels.items():
        if isinstance(value, str):
            matched = [entry for entry in reserved if entry and occurs(entry, f"{key}:{value}")]
            if matched:
                message = f"Label <{literal_set(matched)}> is reserved for AKS use only"
                found.setdefault(message, ("metadata", "labels", key))
    return [Violation(message, path) for message, path in found.items()]


def _may_match(labels: Object, reserved: Any) -> bool:
    """Whether any label might be reserved: a look at all of them at once."""
    try:
        text = "\n".join((*labels, *labels.values()))
        needed = needed_pieces(tuple(reserved))
    except TypeError:
        return True
    for pieces in needed:
        for piece in pieces:
            if piece not in text:
                break
        else:
            return True
    return False


POLICY = Policy(
    **members("no-aks-labels"),
    rule=_rule,
    confidence=Confidence.DESCRIPTION,
    offline="whether who applies the object is one of allowedUsers or in one of allowedGroups, which lets it pass on a "
    "cluster",
)
