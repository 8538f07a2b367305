# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""CustomResourceDefinitions (apiextensions-apiserver, pkg/apis/apiextensions/validation and pkg/apiserver/schema).

Of schemas the types are checked: that there is one where there has to be, and that it is one. Rules in CEL, defaults
and what is nested in `allOf` and the like are not looked at.
"""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, webhooks
from azext_safeguards.check.apiserver.validation.errors import Errors, Key

Object = dict[str, Any]

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_APPROVED = "api-approved.kubernetes.io"
_WHY = "https://github.com/kubernetes/enhancements/pull/1111"


def name_of(content: Object) -> str:
    """The name that a definition has to have."""
    spec = content.get("spec") or {}
    return f"{(spec.get('names') or {}).get('plural', '')}.{spec.get('group', '')}"


def definition(errors: Errors, content: Object) -> None:
    """Checks a CustomResourceDefinition."""
    spec, metadata = content.get("spec") or {}, content.get("metadata") or {}
    name = metadata.get("name", "")
    if name and name != name_of(content):
        reason = f"the name has to be {name_of(content)}: the plural, a dot and the group"
        errors.invalid(("metadata", "name"), name, 'must be spec.names.plural+"."+spec.group', reason=reason)
    group = spec.get("group", "")
    if not group:
        errors.required(("spec", "group"))
    elif names.subdomain(group):
        errors.invalid(("spec", "group"), group, ",".join(names.subdomain(group)))
    elif "." not in group:
        errors.invalid(("spec", "group"), group, "should be a domain with at least one dot")
    _given(errors, spec.get("scope", ""), ("Cluster", "Namespaced"), ("spec", "scope"))
    versions = spec.get("versions") or []
    for index, version in enumerate(versions):
        if "openAPIV3Schema" not in (version.get("schema") or {}):
            told = ("spec", "versions", index, "schema", "openAPIV3Schema")
            reason = f"the version {version.get('name', '')} has no schema"
            errors.required(told, at=("spec", "versions", index), reason=reason)
    _versions(errors, versions)
    first = versions[0].get("name", "") if versions else ""
    if first and names.dns1035(first):
        at = ("spec", "versions", 0, "name")
        errors.invalid(("spec", "version"), first, ",".join(names.dns1035(first)), at=at)
    _names(errors, spec.get("names") or {})
    if versions and _is_same(versions, "schema"):
        schema = (versions[0].get("schema") or {}).get("openAPIV3Schema")
        place = ("spec", "versions", 0, "schema", "openAPIV3Schema")
        with_status = any("status" in (version.get("subresources") or {}) for version in versions)
        _schema(errors, schema, ("spec", "validation", "openAPIV3Schema"), place, with_status)
    for field in ("subresources", "additionalPrinterColumns"):
        if versions and _is_same(versions, field):
            _beside(errors, versions[0], field, ("spec", field), ("spec", "versions", 0, field))
    _conversion(
        errors,
        spec.get("conversion", {"strategy": "None"}),
        ("spec", "conversion"),
        bool(spec.get("preserveUnknownFields")),
    )
    _stored(errors, [version.get("name", "") for version in versions if version.get("storage")])
    _approval(errors, group, metadata.get("annotations") or {})
    if spec.get("preserveUnknownFields"):
        detail = (
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        )
        errors.invalid(("spec", "preserveUnknownFields"), True, detail)


def _stored(errors: Errors, found: list[str]) -> None:
    """Checks that a version is stored, and no other; `found` are those that are marked."""
    told, at = ("status", "storedVersions"), ("spec", "versions")
    if not found:
        reason = "no version is marked with storage: true"
        errors.invalid(told, None, "must have at least one stored version", reason=reason, at=at)
    for index, name in enumerate(found):
        # Of two with one name the second is none that is stored.
        if index and (name != found[0] or found.index(name) < index):
            reason = "two versions are marked with storage: true"
            errors.invalid(told, found[:1], f"must have the storage version {name}", reason=reason, at=at)


def _is_same(versions: list[Object], field: str) -> bool:
    """Whether a field is the same in all versions; the API server then tells it as one of the whole."""
    return all(version.get(field) == versions[0].get(field) for version in versions)


def _given(errors: Errors, value: str, allowed: tuple[str, ...], path: Path) -> None:
    if not value:
        errors.required(path)
    else:
        errors.one_of(value, allowed, path)


def _versions(errors: Errors, versions: list[Object]) -> None:
    same = {field: _is_same(versions, field) for field in ("schema", "subresources", "additionalPrinterColumns")}
    found: list[str] = []
    for index, version in enumerate(versions):
        path, name = ("spec", "versions", index), version.get("name", "")
        found.append(name)
        if names.dns1035(name):
            errors.invalid((*path, "name"), name, ",".join(names.dns1035(name)))
        _deprecation(errors, version, path)
        if not same["schema"]:
            at = (*path, "schema", "openAPIV3Schema")
            with_status = "status" in (version.get("subresources") or {})
            _schema(errors, (version.get("schema") or {}).get("openAPIV3Schema"), at, at, with_status)
        for field in ("subresources", "additionalPrinterColumns"):
            if not same[field]:
                _beside(errors, version, field, (*path, field), (*path, field))
    told = ("spec", "versions")
    # With schemas that differ the API server prints all of them here, which nobody can read.
    shown = [_shown(version) for version in versions] if all(same.values()) else found
    if len(set(found)) < len(found):
        errors.invalid(told, shown, "must contain unique version names", reason="two versions have the same name")
    stored = [version.get("name", "") for version in versions if version.get("storage")]
    if len(stored) != 1:
        reason = f"{len(stored)} versions are marked with storage: true; it has to be one"
        detail = "must have exactly one version marked as storage version"
        errors.invalid(told, shown or None, detail, reason=reason)


def _shown(version: Object) -> Object:
    """A version as Go prints it, without what all versions have alike."""
    return {
        **{"Name": version.get("name", ""), "Served": version.get("served", False)},
        **{"Storage": version.get("storage", False), "Deprecated": version.get("deprecated", False)},
        "DeprecationWarning": version.get("deprecationWarning"),
        **dict.fromkeys(("Schema", "Subresources", "AdditionalPrinterColumns", "SelectableFields")),
    }


def _deprecation(errors: Errors, version: Object, path: Path) -> None:
    text = version.get("deprecationWarning")
    at = (*path, "deprecationWarning")
    if text is None:
        return
    if not version.get("deprecated"):
        errors.invalid(at, text, "can only be set for deprecated versions")
        return
    if len(text.encode("utf-8", "replace")) > 256:
        errors.invalid(at, text, "must be <= 256 characters long")
    if not text:
        errors.invalid(at, text, "must not be an empty string")


def _names(errors: Errors, found: Object) -> None:
    path, kind = ("spec", "names"), found.get("kind", "")
    if not found.get("plural"):
        errors.required((*path, "plural"))
    singular, list_kind = (
        found.get("singular") or kind.lower(),
        found.get("listKind") or (f"{kind}List" if kind else ""),
    )
    for field, value in (("singular", singular), ("kind", kind), ("listKind", list_kind)):
        if not value:
            errors.required((*path, field))
    for field, value in (("plural", found.get("plural", "")), ("singular", singular)):
        if value and names.dns1035(value):
            errors.invalid((*path, field), value, ",".join(names.dns1035(value)))
    for field, value in (("kind", kind), ("listKind", list_kind)):
        if value and names.dns1035(value.lower()):
            detail = f"may have mixed case, but should otherwise match: {','.join(names.dns1035(value.lower()))}"
            errors.invalid((*path, field), value, detail)
    _labels(errors, found.get("shortNames") or (), (*path, "shortNames"))
    if kind and kind == list_kind:
        errors.invalid((*path, "listKind"), list_kind, "kind and listKind may not be the same")
    _labels(errors, found.get("categories") or (), (*path, "categories"))


def _labels(errors: Errors, found: Any, path: Path) -> None:
    for index, one in enumerate(found):
        if names.dns1035(one):
            errors.invalid((*path, index), one, ",".join(names.dns1035(one)))


def _beside(errors: Errors, version: Object, field: str, path: Path, at: Path) -> None:
    """Checks what a version has beside its schema."""
    if field == "subresources":
        scale = (version.get(field) or {}).get("scale")
        if scale is not None:
            _scale(errors, scale, (*path, "scale"), (*at, "scale"))
        return
    for index, column in enumerate(version.get(field) or ()):
        _column(errors, column, (*path, index), (*at, index))


def _scale(errors: Errors, scale: Object, path: Path, at: Path) -> None:
    ways = (("specReplicasPath", ".spec."), ("statusReplicasPath", ".status."))
    for field, start in ways:
        text = scale.get(field, "")
        if not text:
            errors.required((*path, field), at=at, reason=f"scale has no {field}")
        elif not text.startswith("."):
            errors.invalid((*path, field), text, "must be a simple json path starting with .", at=(*at, field))
        elif not text.startswith(start):
            errors.invalid((*path, field), text, f"should be a json path under {start[:-1]}", at=(*at, field))
    text = scale.get("labelSelectorPath", "")
    field = "labelSelectorPath"
    if text and not text.startswith("."):
        errors.invalid((*path, field), text, "must be a simple json path starting with .", at=(*at, field))
    elif text and not text.startswith((".spec.", ".status.")):
        errors.invalid((*path, field), text, "should be a json path under either .spec or .status", at=(*at, field))


def _column(errors: Errors, column: Object, path: Path, at: Path) -> None:
    if not column.get("name"):
        errors.required((*path, "name"), at=at, reason="the column has no name")
    kinds = f"must be one of {','.join(_COLUMN_TYPES)}"
    if not column.get("type"):
        errors.required((*path, "type"), kinds, at=at)
    elif column["type"] not in _COLUMN_TYPES:
        errors.invalid((*path, "type"), column["type"], kinds, at=(*at, "type"))
    if column.get("format") and column["format"] not in _COLUMN_FORMATS:
        detail = f"must be one of {','.join(_COLUMN_FORMATS)}"
        errors.invalid((*path, "format"), column["format"], detail, at=(*at, "format"))
    text = column.get("jsonPath", "")
    if not text:
        errors.required((*path, "JSONPath"), at=at, reason="the column has no jsonPath")
    elif not text.startswith("."):
        detail = "must be a simple json path starting with ."
        errors.invalid((*path, "JSONPath"), text, detail, at=(*at, "jsonPath"))


def _conversion(errors: Errors, found: Object, path: Path, keeps_all: bool) -> None:
    strategy, hook = found.get("strategy", ""), found.get("webhook") or {}
    if keeps_all and strategy != "None":
        detail = "must be None if spec.preserveUnknownFields is true"
        errors.invalid((*path, "strategy"), strategy, detail)
    _given(errors, strategy, ("None", "Webhook"), (*path, "strategy"))
    config, versions = hook.get("clientConfig"), hook.get("conversionReviewVersions") or []
    at, told = (*path, "webhook"), (*path, "webhookClientConfig")
    if strategy == "Webhook":
        if config is None:
            reason = "the webhook of the conversion has no clientConfig"
            errors.required(told, "required when strategy is set to Webhook", at=path, reason=reason)
        else:
            webhooks.client(errors, config, told, (*at, "clientConfig"))
        if versions:
            webhooks.review_versions(errors, versions, (*path, "conversionReviewVersions"))
        else:
            errors.required((*path, "conversionReviewVersions"), at=at)
        return
    for field, value, words in (
        ("clientConfig", config, "webhookClientConfig"),
        ("conversionReviewVersions", versions or None, "conversionReviewVersions"),
    ):
        if value is not None:
            detail = "should not be set when strategy is not set to Webhook"
            errors.forbidden((*path, words), detail, at=(*at, field))


def _approval(errors: Errors, group: str, annotations: dict[str, str]) -> None:
    """Checks that somebody has approved an API in a group of Kubernetes' own."""
    if group not in ("k8s.io", "kubernetes.io") and not group.endswith((".k8s.io", ".kubernetes.io")):
        return
    text, at = annotations.get(_APPROVED, ""), ("metadata", "annotations", Key(_APPROVED))
    if not text:
        detail = f'protected groups must have approval annotation "{_APPROVED}", see {_WHY}'
        errors.required(at, detail, at=("metadata", "annotations"))
    elif not text.startswith("unapproved") and not re.match("https?://[^/]|[a-z]+://[^/]", text):
        detail = (
            f'protected groups must have approval annotation "{_APPROVED}" with either a URL or a reason starting with '
            f'"unapproved", see {_WHY}'
        )
        errors.invalid(at, text, detail, at=("metadata", "annotations"))


def _schema(errors: Errors, schema: Object | None, path: Path, at: Path, with_status: bool) -> None:
    if schema is None:
        return
    kind = schema.get("type", "")
    if with_status and kind and kind != "object":
        detail = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
        errors.invalid((*path, "type"), kind, detail, at=(*at, "type"))
    inner = Errors()
    _structure(inner, schema, path, at, "at the root")
    # They are sorted there, because the fields of a schema have no order.
    errors.refusals.extend(sorted(inner.refusals, key=lambda one: one.cluster))
    _types(errors, schema, path, at)


def _structure(errors: Errors, schema: Object, path: Path, at: Path, where: str) -> None:
    kind, is_root = schema.get("type", ""), where == "at the root"
    if kind == "array" and not isinstance(schema.get("items"), dict):
        errors.required((*path, "items"), "must be specified", at=at, reason="an array has no items")
    for steps, one in _children(schema):
        place = "for specified array items" if steps == ("items",) else "for specified object fields"
        told = tuple(Key(step) if number else step for number, step in enumerate(steps))
        _structure(errors, one, (*path, *told), (*at, *steps), place)
    loose = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if schema.get("x-kubernetes-embedded-resource") and kind != "object":
        detail = "must be object if x-kubernetes-embedded-resource is true"
        if kind:
            errors.invalid((*path, "type"), kind, detail, at=(*at, "type"))
        else:
            errors.required((*path, "type"), detail, at=at)
    elif not kind and not loose:
        errors.required((*path, "type"), f"must not be empty {where}", at=at, reason="a part of the schema has no type")
    if is_root and kind and kind != "object":
        errors.invalid((*path, "type"), kind, "must be object at the root", at=(*at, "type"))


def _children(schema: Object) -> list[tuple[tuple[str, ...], Object]]:
    found: list[tuple[tuple[str, ...], Object]] = []
    for field in ("items", "additionalProperties"):
        if isinstance(schema.get(field), dict):
            found.append(((field,), schema[field]))
    properties = schema.get("properties")
    for name, one in properties.items() if isinstance(properties, dict) else ():
        if isinstance(one, dict):
            found.append((("properties", name), one))
    return found


def _types(errors: Errors, schema: Object, path: Path, at: Path) -> None:
    kind = schema.get("type")
    if kind and kind not in _TYPES:
        errors.unsupported((*path, "type"), kind, _TYPES, at=(*at, "type"))
    for steps, one in _children(schema):
        told = tuple(Key(step) if number else step for number, step in enumerate(steps))
        _types(errors, one, (*path, *told), (*at, *steps))
