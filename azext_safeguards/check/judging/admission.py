# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects on the way to the policies: sent by kubectl, received by the API server, mutated, received again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain import plain, plain_again
from azext_safeguards.check.apiserver.refusals import UNKNOWN_FIELD, Refusal
from azext_safeguards.check.apiserver.scopes import CLUSTER_SCOPED
from azext_safeguards.check.apiserver.warnings.warned import Warned
from azext_safeguards.check.documents.problem import is_object
from azext_safeguards.check.documents.reading import Document
from azext_safeguards.check.judging.lists import is_list
from azext_safeguards.check.policies.policy import Path

if TYPE_CHECKING:
    from azext_safeguards.check.apiserver.receiving import Change

Object = dict[str, Any]
Plain = tuple[Any, ...]
Identity = tuple[str, str, str]
"""Kind, name and namespace."""


def identity(content: Object, default_namespace: str) -> Identity:
    """Kind, name and namespace of an object, whatever stands there."""
    metadata = content.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = _text(metadata.get("name")) or _text(metadata.get("generateName"))
    kind = content["kind"]
    if (content["apiVersion"].rpartition("/")[0], kind) in CLUSTER_SCOPED:
        return kind, name, ""
    return kind, name, _text(metadata.get("namespace")) or default_namespace


def named(data: Any, default_namespace: str) -> Identity:
    """The same of what a text holds that kubectl does not read; all empty where that is no object."""
    if not is_object(data):
        return "", "", ""
    return (data["kind"], "", "") if is_list(data) else identity(data, default_namespace)


def taken(
    content: Object, default_namespace: str, change: Change | None = None
) -> tuple[Object | None, tuple[Refusal, ...], list[Warned]]:
    """An object as the API server hands it on, or why it does not get that far; and what it warns of.

    :param change: a webhook that changes objects before they are validated.
    """
    if change is None:
        try:
            as_most, warned = plain(content, default_namespace)
        except Doubt:
            pass
        else:
            return as_most, (), warned
    # Most runs do without all that has to be loaded for it.
    from azext_safeguards.check.judging import word_by_word

    return word_by_word.taken(content, default_namespace, change)


def refused_rows(document: Document, at: Path, who: Identity, refusals: Iterable[Refusal]) -> list[Plain]:
    """Refusals with their places; see `Refused`."""
    rows = []
    for one in refusals:
        # An unknown field is wrong itself, anything else has a wrong value.
        is_field = one.cluster.startswith(UNKNOWN_FIELD) or f": {UNKNOWN_FIELD}" in one.cluster
        place = document.locate(at + one.path) if is_field else document.locate_value(at + one.path)
        # Of the items of a list kubectl does not read as much.
        stage = "decode" if at and one.cluster.startswith("json: ") else one.stage
        rows.append((*place, *who, stage, one.reason, one.cluster))
    return rows


def readmitted(before: Object, after: Object, group: str, kind: str) -> tuple[Object, list[Refusal]]:
    """An object that was mutated, with defaults filled in again, and what has become invalid by that.

    :param before: the object, which is valid, or as invalid as it may be.
    :param after: as mutations leave it; it may share values with others, and is not changed.
    """
    try:
        return plain_again(after), []
    except Doubt:
        from azext_safeguards.check.judging import word_by_word

        return word_by_word.readmitted(before, after, group, kind)


def _text(value: Any) -> str:
    """A name as it is printed; "" for what is no name."""
    return value if isinstance(value, str) else ""
