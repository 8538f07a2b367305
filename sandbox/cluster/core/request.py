# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One request as an API server reads it: what it wants of which object, and how the answer should look."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from sandbox.cluster.core import protobuf
from sandbox.cluster.core.failures import Failure, bad_request, no_such_path, not_acceptable, unsupported

Json = dict[str, Any]
#: The limit of kube-apiserver for a body.
LARGEST_BODY = 3 * 1024 * 1024
#: Deeper is read by no reader safely; Go's stops at 10,000.
DEEPEST = 500
_SEGMENT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:~@$-]*$")
_OPENING = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')
_WATCH = ("1", "true", "True")
PATCHES = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/apply-patch+yaml": "apply",
}


@dataclass(frozen=True)
class Place:
    """What a path below /api or /apis names."""

    group: str
    version: str
    plural: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""


@dataclass(frozen=True)
class Request:
    """What a client sent. Header names are lower-case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    query: dict[str, str] = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        path, _, query = self.target.partition("?")
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "query", dict(parse_qsl(query, keep_blank_values=True)))

    @property
    def place(self) -> Place:
        """What the path names. Raises Failure for a path that is none of an API."""
        return _place(self.path)

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be kept. Raises Failure for another value than All."""
        given = self.query.get("dryRun", "")
        if given not in ("", "All"):
            raise bad_request(f'invalid dryRun value "{given}": supported values: "All"')
        return given == "All"

    @property
    def validation(self) -> str:
        """What becomes of unknown fields: Strict, Warn (the server's default) or Ignore. Raises Failure."""
        given = self.query.get("fieldValidation") or "Warn"
        if given not in ("Strict", "Warn", "Ignore"):
            raise bad_request(
                f'fieldValidation: Unsupported value: "{given}": supported values: "Ignore", "Strict", "Warn"'
            )
        return given

    def check_options(self) -> None:
        """Check the options of a write. Raises Failure."""
        _ = self.dry_run, self.validation

    @property
    def manager(self) -> str:
        """Who writes: the field manager, or the first part of the user agent as a server takes it."""
        agent = self.headers.get("user-agent", "").partition("/")[0]
        return (self.query.get("fieldManager") or agent or "unknown")[:128]

    @property
    def watches(self) -> bool:
        """Whether a list is to be followed by what happens from then on."""
        return self.query.get("watch", "") in _WATCH

    @property
    def content_type(self) -> str:
        """The type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def accepts(self) -> list[dict[str, str]]:
        """Return what the client accepts, in its order: the type, and parameters such as ``as`` by name."""
        found = []
        for part in (self.headers.get("accept") or "*/*").split(","):
            kind, *parameters = [piece.strip() for piece in part.split(";")]
            pairs = (parameter.partition("=") for parameter in parameters)
            found.append({"type": kind.lower(), **{name.strip(): value.strip() for name, _, value in pairs}})
        return found

    def answer_form(self) -> str:
        """Return Table, PartialObjectMetadata, PartialObjectMetadataList or "" for the object itself.

        Raises Failure when the client accepts no JSON.
        """
        for one in self.accepts():
            if one["type"] in ("application/json", "application/*", "*/*", "application/yaml"):
                return one.get("as", "") if one.get("g", "meta.k8s.io") == "meta.k8s.io" else ""
        raise not_acceptable()

    def parsed(self) -> Any:
        """Return the body of a patch. Raises Failure."""
        return parse(self.body)

    def json_object(self) -> Json:
        """Return the body, which must be one JSON object, or YAML where a client may send that. Raises Failure."""
        kind = self.content_type
        if kind == protobuf.CONTENT_TYPE:
            return protobuf.decode(self.body)
        if kind in ("application/yaml", "application/apply-patch+yaml") and not self.body.lstrip().startswith(b"{"):
            return _object(_yaml(self.body))
        if kind not in ("", "application/json", "application/yaml", *PATCHES):
            raise unsupported(("application/json", "application/yaml", protobuf.CONTENT_TYPE))
        return _object(parse(self.body))


def parse(body: bytes) -> Any:
    """Return a body parsed as JSON; of two members with one name the last counts. Raises Failure."""
    depth = 0
    for token in _OPENING.finditer(body):
        char = token[0][:1]
        if char in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise bad_request("the body of the request is nested too deeply: exceeded max depth")
        elif char in b"]}":
            depth -= 1
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise bad_request(f"the object provided is unrecognized (must be of type JSON): {error}") from error


def _yaml(body: bytes) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # A few aliases of aliases make gigabytes.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(body, Loader=loader)):
            raise bad_request("error decoding YAML: aliases are not taken")
        return parse(json.dumps(yaml.load(body, Loader=loader)).encode())
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise bad_request(f"error decoding YAML: {error}") from error


def _no_constant(text: str) -> Any:
    raise ValueError(f"invalid character in literal {text}")


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise bad_request("the object provided is unrecognized: it is no object")
    return value


def _place(path: str) -> Place:
    parts = [unquote(part) for part in path.split("/")[1:]]
    if any(not _SEGMENT.match(part) for part in parts):
        raise no_such_path()
    if parts[:1] == ["api"] and len(parts) >= 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[:1] == ["apis"] and len(parts) >= 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        raise no_such_path()
    namespace = ""
    if rest[:1] == ["namespaces"] and len(rest) >= 3 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    if len(rest) > 3:
        raise no_such_path()
    plural, name, subresource = [*rest, "", "", ""][:3]
    return Place(group, version, plural, namespace, name, subresource)


def failure_of(error: Exception) -> Failure:
    """Return the answer to a bug of this server."""
    text = f"Internal error occurred: {type(error).__name__}: {error}"
    return Failure(500, "InternalError", text)
