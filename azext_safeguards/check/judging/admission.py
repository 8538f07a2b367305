# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects on the way to the policies: sent by kubectl, received by the API server, mutated, received again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azext_safeguards.check.apiserver import receive
from azext_safeguards.check.apiserver.applying import (
    apply_refusals,
    as_sent,
    can_be_served,
    is_not_served,
    unsendable_name,
)
from azext_safeguards.check.apiserver.defaults import fill_in
from azext_safeguards.check.apiserver.plain import plain, plain_again
from azext_safeguards.check.apiserver.quick import Doubt, quick
from azext_safeguards.check.apiserver.receiving import Change, received
from azext_safeguards.check.apiserver.refusals import UNKNOWN_FIELD, Refusal
from azext_safeguards.check.apiserver.scopes import CLUSTER_SCOPED
from azext_safeguards.check.apiserver.types import object_meta, table
from azext_safeguards.check.apiserver.validation.rules import validate
from azext_safeguards.check.apiserver.warnings import Warned, warn
from azext_safeguards.check.documents.problem import is_object
from azext_safeguards.check.documents.reading import Document
from azext_safeguards.check.judging.lists import is_list
from azext_safeguards.check.policies.policy import Path

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
    found, refusals = admit(content, default_namespace, change)
    group, kind = content["apiVersion"].rpartition("/")[0], content["kind"]
    return found, refusals, warn(found, group, kind) if found is not None else []


def admit(
    content: Object, default_namespace: str, change: Change | None = None
) -> tuple[Object | None, tuple[Refusal, ...]]:
    """The same without warnings, and looked at word by word, whatever the object."""
    version, kind = content["apiVersion"], content["kind"]
    group = version.rpartition("/")[0]
    struct = table().kind(version, kind)
    try:
        decoded = quick(content, struct) if struct else _custom(content, group)
    except Doubt:
        pass
    else:
        # Nothing of this is wrong to kubectl either, if there is a name.
        if decoded.get("metadata", _NOTHING).get("name"):
            found, refusals = received(decoded, content, default_namespace, change)
            # A name that kubectl cannot send is none that the API server takes.
            return found, refusals and (tuple(unsendable_name(decoded)) or refusals)
    unsent = apply_refusals(content)
    if unsent:
        return None, tuple(unsent)
    return receive(as_sent(content), namespace=default_namespace, change=change)


_NOTHING: Object = {}


def _custom(content: Object, group: str) -> Object:
    """An object of a kind that is not Kubernetes' own, of which only the metadata has a type."""
    if group in table().groups or is_not_served(group) or not can_be_served(group):
        raise Doubt
    metadata = content.get("metadata")
    if metadata.__class__ is not dict:
        raise Doubt
    return {**content, "metadata": quick(metadata, object_meta())}


def refused_rows(document: Document, at: Path, who: Identity, refusals: Iterable[Refusal]) -> list[Plain]:
    """Refusals with their places; see `Refused`."""
    rows = []
    for one in refusals:
        # An unknown field is wrong itself, anything else has a wrong value.
        is_field = one.cluster.startswith(UNKNOWN_FIELD)
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
        pass
    filled = _filled(after, group, kind)
    refusals = validate(filled, group, kind)
    if refusals:
        known = {one.cluster for one in validate(_filled(before, group, kind), group, kind)}
        refusals = [one for one in refusals if one.cluster not in known]
    return filled, refusals


def _filled(content: Object, group: str, kind: str) -> Object:
    filled: Object = _copied(content)
    fill_in(filled, group, kind)
    return filled


def _copied(value: Any) -> Any:
    """A copy as defaults want it, in which parts are shared that nobody changes."""
    if value.__class__ is dict:
        return {key: inner if inner.__class__ is str else _copied(inner) for key, inner in value.items()}
    return [_copied(item) for item in value] if value.__class__ is list else value


def _text(value: Any) -> str:
    """A name as it is printed; "" for what is no name."""
    return value if isinstance(value, str) else ""
