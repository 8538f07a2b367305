# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The OpenAPI v3 documents, one for each group and version, as far as clients read them.

kubectl looks up whether a kind takes ``fieldValidation`` and ``dryRun`` (in the parameters of its PATCH), and
`kubectl explain` reads the types.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.cluster.core import schema
from sandbox.cluster.core.kinds import Kind, Kinds

Json = dict[str, Any]
_COMPONENTS = "#/components/schemas/"
_QUERY = ("dryRun", "fieldManager", "fieldValidation", "force")


def index(kinds: Kinds, minor: int) -> Json:
    """Return what /openapi/v3 says: where the document of each group and version is."""
    paths = {}
    for group, versions in kinds.groups().items():
        for version in versions:
            path = f"apis/{group}/{version}" if group else f"api/{version}"
            # A hash lets clients keep a document: it must change with the kinds.
            stamp = json.dumps([minor, group, version, kinds.revision]).encode()
            digest = hashlib.sha256(stamp).hexdigest().upper()
            paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
    return {"paths": paths}


def document(kinds: Iterable[Kind], minor: int, own_schemas: Mapping[str, Json]) -> Json:
    """Return the document of the kinds of one group and version.

    ``own_schemas``: by kind, those that definitions on the cluster give.
    """
    paths: Json = {}
    schemas: Json = {}
    for kind in kinds:
        name = schema.by_kind(minor).get((kind.group, kind.version, kind.kind))
        gvk = {"group": kind.group, "version": kind.version, "kind": kind.kind}
        if name:
            _collect(name, schema.definitions(minor), schemas)
        else:
            name = ".".join([*reversed(kind.group.split(".")), kind.version, kind.kind])
            schemas[name] = _own(own_schemas.get(kind.kind) or {"type": "object"}, [gvk])
            _collect(schema.OBJECT_META, schema.definitions(minor), schemas)
        paths.update(_paths(kind, gvk, name))
    # The spelling of 3.0: clients of Kubernetes read no other.
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": f"v1.{minor}.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _paths(kind: Kind, gvk: Json, name: str) -> Json:
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    below = f"{root}/namespaces/{{namespace}}/{kind.plural}" if kind.namespaced else f"{root}/{kind.plural}"
    query = [{"name": one, "in": "query", "schema": {"type": "string", "uniqueItems": True}} for one in _QUERY]
    content = {"application/json": {"schema": {"$ref": _COMPONENTS + name}}}

    def operation(action: str) -> Json:
        answer = {"200": {"description": "OK", "content": content}}
        return {"x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk, "parameters": query,
                "responses": answer}  # fmt: skip

    verbs = kind.verbs
    collection = {"get": operation("list")} if "list" in verbs else {}
    collection |= {"post": operation("post")} if "create" in verbs else {}
    single = {"get": operation("get")} if "get" in verbs else {}
    for verb, method in (("update", "put"), ("patch", "patch"), ("delete", "delete")):
        single |= {method: operation(method)} if verb in verbs else {}
    return {below: collection, **({below + "/{name}": single} if single else {})}


def _own(given: Json, gvk: list[Json]) -> Json:
    # All objects have these; definitions leave them out.
    text = {"type": "string"}
    meta = {"allOf": [{"$ref": _COMPONENTS + schema.OBJECT_META}]}
    fields = {"apiVersion": text, "kind": text, "metadata": meta}
    properties = {**fields, **{k: v for k, v in (given.get("properties") or {}).items() if k not in fields}}
    return {**given, "properties": properties, "x-kubernetes-group-version-kind": gvk}


def _collect(name: str, known: Mapping[str, Json], into: Json) -> None:
    """Add a type, and all that it refers to."""
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in into:
            into[current] = _translated(known[current], waiting)


def _translated(node: Any, waiting: list[str]) -> Any:
    """Return a node in the words of OpenAPI 3.0; adds the types that it refers to."""
    if isinstance(node, list):
        return [_translated(one, waiting) for one in node]
    if not isinstance(node, dict):
        return node
    result: Json = {}
    for key, value in node.items():
        if key == "$ref":
            name = str(value).removeprefix("#/$defs/")
            waiting.append(name)
            result["$ref"] = _COMPONENTS + name
        elif key == "type" and isinstance(value, list):
            result["type"] = next(one for one in value if one != "null")
        elif key == "properties":
            result[key] = {name: _translated(one, waiting) for name, one in value.items()}
        elif key == "enum" and None in value:
            result[key] = [one for one in value if one is not None]
        else:
            result[key] = _translated(value, waiting) if key != "x-kubernetes-group-version-kind" else value
    if "$ref" in result and len(result) > 1:
        # Beside a reference nothing counts in 3.0.
        reference = result.pop("$ref")
        result = {**result, "allOf": [{"$ref": reference}]}
    return result
