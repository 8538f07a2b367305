# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object through an API server, up to where policies see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from azext_safeguards.check.apiserver.decoding import decode, decode_field, is_nothing
from azext_safeguards.check.apiserver.defaults import fill_in
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.quick import quick
from azext_safeguards.check.apiserver.refusals import Refusal, as_written
from azext_safeguards.check.apiserver.scopes import CLUSTER_SCOPED
from azext_safeguards.check.apiserver.types import object_meta, table
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.autoscaling import AUTOSCALER, no_policies
from azext_safeguards.check.apiserver.validation.rules import validate

Object = dict[str, Any]


class Received(NamedTuple):
    """What an API server makes of an object."""

    object: Object | None
    """The object as webhooks see it; None when it is refused."""

    refusals: tuple[Refusal, ...]


Change = Callable[[Object], Object]
"""A mutating webhook: an object with defaults in, the object as it is to go on out."""


def receive(document: Object, *, namespace: str = "default", change: Change | None = None) -> Received:
    """Decodes an object, fills in defaults and validates it, as an API server does when it is created.

    :param document: an object with apiVersion and kind, as JSON carries it. A kind that is not Kubernetes' own keeps
        its fields as they are; only its metadata is looked at.
    :param namespace: where it goes if it names no namespace.
    :param change: a webhook that changes objects before they are validated.
    """
    content, refusals = decoded(document)
    if refusals:
        return Received(None, tuple(refusals))
    return received(content, document, namespace, change)


def received(content: Object, document: Object, namespace: str, change: Change | None = None) -> Received:
    """The same for a document that is decoded to `content`, which is changed."""
    group, kind = document["apiVersion"].rpartition("/")[0], document["kind"]
    fill_in(content, group, kind)
    if change is not None:
        content = change(content)
    refusals = validate(content, group, kind)
    if (group, kind) not in CLUSTER_SCOPED:
        # Elsewhere the API server takes a namespace away that somebody wrote.
        refusals = [*_namespace(content, namespace), *refusals]
    if kind == AUTOSCALER and group == "autoscaling":
        refusals = [*refusals, *no_policies(document)]
    return Received(None, as_written(refusals, document)) if refusals else Received(content, ())


def decoded(document: Object) -> tuple[Object, list[Refusal]]:
    """An object in the types of its kind, and what its decoder refuses."""
    struct = table().kind(document["apiVersion"], document["kind"])
    if struct:
        try:
            return copied(quick(document, struct)), []
        except Doubt:
            return decode(document, struct)
    content = copied(document)
    metadata = object_meta()
    found, refusals = decode_field(content.get("metadata"), document["kind"], "metadata", metadata)
    content.pop("metadata", None)
    if not is_nothing(found, metadata):
        content["metadata"] = found
    return content, refusals


def copied(value: Any) -> Any:
    """A copy of JSON values that shares nothing which could be changed; several times faster than `copy.deepcopy`."""
    if isinstance(value, dict):
        return {key: inner if inner.__class__ is str else copied(inner) for key, inner in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def _namespace(content: Object, default: str) -> list[Refusal]:
    """Refuses a namespace that cannot exist; one that may exist somewhere is believed."""
    metadata = content.get("metadata") or {}
    name = metadata.get("namespace") or default
    if not names.label(name):
        return []
    reason = f"there can be no namespace '{name}'"
    return [Refusal("validate", ("metadata", "namespace"), reason, 404, f'namespaces "{name}" not found')]
