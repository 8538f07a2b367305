# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Custom resources: the kinds that definitions on the cluster add, with their schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sandbox.cluster.core import schema
from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.core.schema import Type

Json = dict[str, Any]
DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


def kinds_of(definition: Json) -> Iterator[Kind]:
    """Go through the kinds that a definition adds: one for each version that is served."""
    spec = definition.get("spec") or {}
    names = spec.get("names") or {}
    for version in spec.get("versions") or ():
        if isinstance(version, dict) and version.get("served") and names.get("plural") and names.get("kind"):
            below = version.get("subresources") or {}
            yield Kind(
                str(spec.get("group")),
                str(version.get("name")),
                str(names["plural"]),
                str(names["kind"]),
                spec.get("scope") == "Namespaced",
                tuple(names.get("shortNames") or ()),
                tuple(names.get("categories") or ()),
                tuple(name for name in ("status", "scale") if name in below),
                custom=True,
            )


def version_of(definition: Json, name: str) -> Json:
    """Return a version of a definition; {} where there is none of that name."""
    versions = (definition.get("spec") or {}).get("versions") or ()
    found: Json = next((one for one in versions if one.get("name") == name), {})
    return found


def established(definition: Json, now: str) -> Json:
    """Return the status of a definition that is in use."""
    spec = definition.get("spec") or {}
    conditions = [
        {"type": kind, "status": "True", "lastTransitionTime": now, "reason": reason, "message": message}
        for kind, reason, message in (
            ("NamesAccepted", "NoConflicts", "no conflicts found"),
            ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        )
    ]
    stored = [version.get("name") for version in spec.get("versions") or () if version.get("storage")]
    return {"conditions": conditions, "acceptedNames": spec.get("names") or {}, "storedVersions": stored}


def named(definition: Json) -> Json:
    """Return a definition with the names that the server fills in."""
    spec = dict(definition.get("spec") or {})
    names = dict(spec.get("names") or {})
    kind = str(names.get("kind") or "")
    names.setdefault("singular", kind.lower())
    names.setdefault("listKind", f"{kind}List")
    return {**definition, "spec": {"conversion": {"strategy": "None"}, **spec, "names": names}}


def schema_of(version: Json) -> Json:
    """Return the schema of a version."""
    found = (version.get("schema") or {}).get("openAPIV3Schema")
    return found if isinstance(found, dict) else {}


def type_of(version: Json, minor: int) -> Type:
    """Return the type of a custom resource."""
    given = schema_of(version)
    if not given.get("properties"):
        return schema.object_type(minor)
    base = schema.object_type(minor).node["properties"]
    node = {**given, "properties": {**given["properties"], **base}}
    return Type(node, schema.definitions(minor))


def defaulted(value: Any, node: Json) -> Any:
    """Return a value with the defaults of its schema filled in."""
    if isinstance(value, dict):
        filled = dict(value)
        for name, child in (node.get("properties") or {}).items():
            if not isinstance(child, dict):
                continue
            if name not in filled and "default" in child:
                filled[name] = child["default"]
            if name in filled:
                filled[name] = defaulted(filled[name], child)
        return filled
    if isinstance(value, list) and isinstance(node.get("items"), dict):
        return [defaulted(one, node["items"]) for one in value]
    return value


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "integer": (int,),
    "number": (int, float),
}  # fmt: skip


def errors_of(value: Any, node: Json, path: str = "") -> Iterator[str]:
    """Go through what a schema does not allow, as errors of fields. Patterns and formats are not looked at."""
    wanted = str(node.get("type") or "")
    if node.get("x-kubernetes-int-or-string"):
        wanted = "integer" if isinstance(value, int) else "string"
    if value is None and node.get("nullable"):
        return
    given = _name_of(value)
    if wanted in _TYPES and given != wanted and (given, wanted) != ("integer", "number"):
        yield f'{path}: Invalid value: "{given}": {path} in body must be of type {wanted}: "{given}"'
        return
    allowed = node.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        yield f"{path}: Unsupported value: {json.dumps(value)}: supported values: {', '.join(map(json.dumps, allowed))}"
    yield from _limits(value, node, path)
    if isinstance(value, dict):
        yield from _members(value, node, path)
    elif isinstance(value, list) and isinstance(node.get("items"), dict):
        for number, one in enumerate(value):
            yield from errors_of(one, node["items"], f"{path}[{number}]")


def _limits(value: Any, node: Json, path: str) -> Iterator[str]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        least, most = node.get("minimum"), node.get("maximum")
        if least is not None and value < least:
            yield f"{path}: Invalid value: {value}: {path} in body should be greater than or equal to {least}"
        if most is not None and value > most:
            yield f"{path}: Invalid value: {value}: {path} in body should be less than or equal to {most}"


def _members(value: Json, node: Json, path: str) -> Iterator[str]:
    properties = node.get("properties") or {}
    for name in node.get("required") or ():
        if name not in value:
            yield f"{path}.{name}: Required value".lstrip(".")
    rest = node.get("additionalProperties")
    for name, inner in value.items():
        child = properties.get(name, rest)
        if isinstance(child, dict) and not (not path and name in ("metadata", "apiVersion", "kind")):
            yield from errors_of(inner, child, f"{path}.{name}" if path else name)


def _name_of(value: Any) -> str:
    for name in ("boolean", "integer", "number", "string", "array", "object"):
        if isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool)):
            return name
    return "null"
