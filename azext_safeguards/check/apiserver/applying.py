# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What `kubectl apply` refuses before it sends an object: seen with kubectl 1.34 against a cluster."""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver.decoding import decode_field
from azext_safeguards.check.apiserver.groups import KUSTOMIZE, can_be_served, is_misspelt, is_not_served
from azext_safeguards.check.apiserver.refusals import Refusal
from azext_safeguards.check.apiserver.types import object_meta, table
from azext_safeguards.domain.go_quoting import quoted

Object = dict[str, Any]


def apply_refusals(document: Object) -> list[Refusal]:
    """Why kubectl would not send an object.

    :param document: an object with apiVersion and kind, both text.
    :returns: metadata of wrong types, a kind that no cluster has, an object without a name, or with one that can be no
        part of a URL; nothing when it is sent. The text in `cluster` is kubectl's, without the name of the file.
    """
    _, refusals = decode_field(document.get("metadata"), "metadataOnlyObject", "metadata", object_meta())
    # An unknown field of metadata is left to the API server.
    version = document["apiVersion"]
    if version.count("/") > 1:
        reason = "an apiVersion is VERSION or GROUP/VERSION"
        return [Refusal("read", ("apiVersion",), reason, 400, f"unexpected GroupVersion string: {version}")]
    found = [one._replace(stage="read") for one in refusals if not one.cluster.startswith("unknown field")]
    return found or _unknown_kind(document) or _unnamed(document) or unsendable_name(document)


def as_sent(document: Object) -> Object:
    """An object as `kubectl apply` sends it for the first time: without members that are null, at any depth, but for
    annotations of the object, which are empty then. Seen with kubectl 1.31, 1.34 and 1.37; nulls in a list stay.
    """
    sent: Object = _without_nulls(document)
    metadata = document.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(annotations, dict):
        sent["metadata"]["annotations"] = {key: "" if value is None else value for key, value in annotations.items()}
    return sent


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _unknown_kind(document: Object) -> list[Refusal]:
    """Refuses a kind that no supported cluster has, in a group that is Kubernetes' own; others may be custom."""
    version, kind = document["apiVersion"], document["kind"]
    known = table()
    group = version.rpartition("/")[0]
    is_possible = group not in known.groups and not is_not_served(group) and can_be_served(group)
    is_possible = is_possible and not is_misspelt(group, kind)
    if known.kind(version, kind) or is_possible or kind in _NO_OBJECTS:
        return []
    text = f'no matches for kind "{kind}" in version "{version}"'
    if kind == "List":
        reason = "a List has items: what kubectl is to send"
        return [Refusal("read", ("kind",), reason, 400, "invalid object to validate")]
    other = known.kinds_named_like(kind)
    exact = next((name for where, name in other if where == version and kind == name.lower()), None)
    if exact:
        # kubectl knows the kinds in lower case, too, and sends such an object; the API server does not.
        text = f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:110"'
        return [Refusal("decode", ("kind",), f"the kind {kind} is written {exact}", 400, text)]
    if not can_be_served(group):
        hint = ": the part before '/' can be no API group, which has lower-case letters, digits, '-' and '.' alone"
    elif other:
        # The stable one of a version that never was to last: autoscaling/v2 for autoscaling/v2beta2.
        stable = re.sub("(alpha|beta)[0-9]+$", "", version)
        there = next((one for one in other if one[0] == stable), other[0])
        hint = f"; it is {there[1]} in {there[0]}"
    else:
        from difflib import get_close_matches

        close = get_close_matches(kind, known.kinds_of(version), 1, 0.75)
        hint = f"; did you mean {close[0]}?" if close else ""
        if group == KUSTOMIZE:
            hint = ": kubectl builds it with -k, and check where its folder is named"
    is_kind = can_be_served(group) and (not other or other[0][0] == version)
    path = ("kind",) if is_kind else ("apiVersion",)
    return [Refusal("read", path, f"no cluster has the kind {kind} in {version}{hint}", 404, text)]


# Known to the API, though the table has no type for them; nobody applies them, but a refusal might be wrong.
_NO_OBJECTS = frozenset(
    {"Scale", "Status", "DeleteOptions", "WatchEvent", "APIGroup", "APIVersions", "PodStatusResult"}
)


def _unnamed(document: Object) -> list[Refusal]:
    """Refuses an object without a name; kubectl could not find it again.

    Of Kubernetes' own kinds only: tools keep what looks like objects beside manifests (skaffold, kind).
    """
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    if metadata.get("name"):
        return []
    if metadata.get("generateName"):
        reason = "generateName without a name is for `kubectl create`; `kubectl apply` needs a name"
        text = f"from {metadata['generateName']}: cannot use generate name with apply"
        return [Refusal("read", ("metadata", "generateName"), reason, 400, text)]
    if not table().kind(document["apiVersion"], document["kind"]):
        return []
    return [Refusal("read", ("metadata", "name"), "the object has no name", 400, "resource name may not be empty")]


def unsendable_name(document: Object) -> list[Refusal]:
    """Refuses a name that kubectl cannot put into a URL; seen with kubectl 1.34 for objects of all kinds."""
    name = (document.get("metadata") or {}).get("name") or ""
    if name in (".", ".."):
        wrong = [f"may not be '{name}'"]
    else:
        wrong = [f"may not contain '{one}'" for one in "/%" if one in name]
    if not wrong:
        return []
    text = f"invalid resource name {quoted(name)}: [{' '.join(wrong)}]"
    return [Refusal("read", ("metadata", "name"), f"the name {name} {' and '.join(wrong)}", 400, text)]
