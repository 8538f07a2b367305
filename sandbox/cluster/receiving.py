# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a server does with an object before any policy sees it: decode, fill in, validate. The rules are the checker's.

Custom resources are held against the schema of their definition instead.
"""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.receiving import Change, receive
from azext_safeguards.check.apiserver.refusals import UNKNOWN_FIELD, Refusal, decoding_text
from sandbox.cluster.core.failures import Failure, bad_request, invalid
from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.core.schema import Type, unknown_fields, without
from sandbox.cluster.objects import custom

Json = dict[str, Any]


def received(
    kind: Kind, item: Json, validation: str, warnings: list[str], change: Change | None = None
) -> tuple[Json, list[str]]:
    """Return an object as its type holds it with defaults, and the errors of its fields.

    ``validation``: what becomes of unknown fields, see Request.validation; texts for Warn are added to ``warnings``.
    ``change``: a webhook that changes objects before they are validated. Raises Failure (400) when it can't be decoded.
    """
    first = receive(item, change=change)
    refusals = [one for one in first.refusals if one.stage != "validate"]
    unknown = [one for one in refusals if one.cluster.startswith(UNKNOWN_FIELD)]
    if refusals and (validation == "Strict" or len(unknown) < len(refusals)):
        raise bad_request(decoding_text(kind.kind, kind.api_version, refusals))
    if unknown:
        _warn([one.cluster for one in unknown], validation, warnings)
        # From behind, so that the indexes of the others stay what they are.
        for refusal in sorted(unknown, key=lambda one: list(map(str, one.path)), reverse=True):
            item = without(item, refusal.path)
    result = receive(item, change=change) if unknown else first
    if result.object is None:
        return item, _fields(result.refusals)
    return result.object, []


def received_custom(
    kind: Kind, version: Json, type_: Type, item: Json, validation: str, warnings: list[str]
) -> tuple[Json, list[str]]:
    """Return a custom resource with the defaults of its schema, and the errors of its fields. Raises Failure (400)."""
    found = list(unknown_fields(item, type_))
    texts = [f'unknown field "{shown}"' for shown, _ in found]
    if texts and validation == "Strict":
        text = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: strict decoding error: '
        raise bad_request(text + ", ".join(texts))
    _warn(texts, validation, warnings)
    for _, steps in reversed(found):
        item = without(item, steps)
    node = custom.schema_of(version)
    filled = custom.defaulted(item, node)
    return filled, list(custom.errors_of(filled, node))


def check_valid(kind: Kind, item: Json, errors: list[str]) -> None:
    """Check that an object has no errors. Raises Failure (422)."""
    if errors:
        raise invalid(kind, str(item["metadata"].get("name") or ""), errors)


def check_kind(kind: Kind, item: Json) -> None:
    """Check that an object is of the kind that the path names. Raises Failure (400)."""
    given, version = item.get("kind"), item.get("apiVersion")
    if not given or not version:
        missing = "kind" if not given else "apiVersion"
        raise bad_request(f"Object '{missing.capitalize() if missing == 'kind' else missing}' is missing in the body")
    if version != kind.api_version:
        text = f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})"
        raise bad_request(text)
    if given != kind.kind:
        raise bad_request(
            f'{given} in version "{kind.version}" cannot be handled as a {kind.kind}: '
            f'no kind "{given}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:110"'
        )
    metadata = item.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise bad_request(f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
                          "json: cannot unmarshal into Go struct field .metadata of type v1.ObjectMeta")  # fmt: skip


def _fields(refusals: tuple[Refusal, ...]) -> list[str]:
    return list(dict.fromkeys(one.cluster for one in refusals))


def _warn(texts: list[str], validation: str, warnings: list[str]) -> None:
    if validation == "Warn":
        warnings += texts


def namespaced(kind: Kind, item: Json, namespace: str) -> Json:
    """Return an object in the namespace of its path. Raises Failure where it names another."""
    metadata = dict(item.get("metadata") or {})
    given = metadata.get("namespace")
    if not kind.namespaced:
        if given:
            # As kubectl sees it (apimachinery, rest/create.go).
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        metadata.pop("namespace", None)
    elif given and given != namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    else:
        metadata["namespace"] = namespace
    return {**item, "metadata": metadata}


def missing_namespace(name: str) -> Failure:
    """Return the failure of a namespace that does not exist."""
    text = f'namespaces "{name}" not found'
    return Failure(404, "NotFound", text, {"name": name, "kind": "namespaces"})
