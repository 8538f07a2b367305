# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects that are not as most are on the way to the policies: see `admission`."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.applying import apply_refusals, as_sent, unsendable_name
from azext_safeguards.check.apiserver.defaults import fill_in
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.groups import can_be_served, is_misspelt, is_not_served
from azext_safeguards.check.apiserver.quick import quick
from azext_safeguards.check.apiserver.receiving import Change, receive, received
from azext_safeguards.check.apiserver.refusals import Refusal
from azext_safeguards.check.apiserver.types import object_meta, table
from azext_safeguards.check.apiserver.validation.rules import validate
from azext_safeguards.check.apiserver.warnings.asking import warn
from azext_safeguards.check.apiserver.warnings.warned import Warned

Object = dict[str, Any]


def taken(
    content: Object, default_namespace: str, change: Change | None = None
) -> tuple[Object | None, tuple[Refusal, ...], list[Warned]]:
    """See `admission.taken`."""
    found, refusals = admit(content, default_namespace, change)
    group, kind = content["apiVersion"].rpartition("/")[0], content["kind"]
    return found, refusals, warn(found, group, kind) if found is not None else []


def admit(
    content: Object, default_namespace: str, change: Change | None = None
) -> tuple[Object | None, tuple[Refusal, ...]]:
    """The same without warnings."""
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
    if "." not in group and is_misspelt(group, content["kind"]):
        raise Doubt
    metadata = content.get("metadata")
    if metadata.__class__ is not dict:
        raise Doubt
    return {**content, "metadata": quick(metadata, object_meta())}


def readmitted(before: Object, after: Object, group: str, kind: str) -> tuple[Object, list[Refusal]]:
    """See `admission.readmitted`."""
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
