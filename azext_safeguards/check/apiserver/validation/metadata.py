# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`metadata`: names, labels, annotations (apimachinery/pkg/api/validation/objectmeta.go)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.names import NameRule

MOST_ANNOTATION_BYTES = 256 * 1024
"""Of all keys and values of annotations together."""

TOO_LONG = f"Too long: may not be more than {MOST_ANNOTATION_BYTES} bytes"
"""What the API server says of more."""

STANDARD_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})
"""Finalizers that have no domain."""

NO_FINALIZER = "name is neither a standard finalizer name nor is it fully qualified"
"""What the API server says of another one without a domain."""

_SHORT: dict[NameRule, str] = {
    names.subdomain: "takes lower-case letters, digits, '-' and '.', and begins and ends with a letter or digit",
    names.subdomain_prefix: "takes lower-case letters, digits, '-' and '.', and begins with a letter or digit",
    names.label: "takes lower-case letters, digits and '-', and begins and ends with a letter or digit",
    names.dns1035: "takes lower-case letters, digits and '-', and begins with a letter",
    names.stateful_set: "takes lower-case letters, digits and '-', and begins and ends with a letter or digit",
    names.path_segment: "takes no '/' and no '%'",
}


# Most objects have no more; the rest is looked at word by word.
_USUAL = frozenset({"name", "namespace", "labels"})


def check_name(errors: Errors, path: Path, value: str, rule: NameRule) -> None:
    """Checks a name."""
    messages = rule(value)
    if not messages:
        return
    short = _SHORT.get(rule)
    for message in messages:
        words = (
            f"{path[-1]} '{value}' {message}"
            if short is None or "no more than" in message
            else f"'{value}': a name {short}"
        )
        errors.invalid(path, value, message, reason=words)


def object_meta(errors: Errors, metadata: dict[str, Any], rule: NameRule | None) -> None:
    """Checks `metadata` of an object whose name has to obey `rule`, if that is known."""
    name, labels = metadata.get("name"), metadata.get("labels")
    if name and not (rule and rule(name)) and metadata.keys() <= _USUAL and (not labels or are_labels(labels)):
        return
    path: Path = ("metadata",)
    generated = metadata.get("generateName")
    if generated and rule:
        # A suffix comes behind it, so that it may end with a hyphen.
        trimmed = generated[:-1] + "a" if generated.endswith("-") else generated
        for message in rule(trimmed):
            errors.invalid((*path, "generateName"), generated, message)
    if not name:
        if not generated:
            errors.required((*path, "name"), "name or generateName is required", reason="the object has no name")
    elif rule:
        check_name(errors, (*path, "name"), name, rule)
    check_labels(errors, labels, (*path, "labels"))
    check_annotations(errors, metadata.get("annotations"), (*path, "annotations"))
    for owner in metadata.get("ownerReferences") or ():
        _owner(errors, owner, (*path, "ownerReferences"))
    for index, finalizer in enumerate(metadata.get("finalizers") or ()):
        for message in names.qualified(finalizer):
            errors.invalid((*path, "finalizers"), finalizer, message, at=(*path, "finalizers", index))


def core_finalizers(errors: Errors, metadata: dict[str, Any]) -> None:
    """Checks finalizers of kinds of the first API group: Kubernetes' own, or names with a domain."""
    for index, finalizer in enumerate(metadata.get("finalizers") or ()):
        if "/" not in finalizer and finalizer not in STANDARD_FINALIZERS:
            errors.invalid(("metadata", "finalizers", index), finalizer, NO_FINALIZER)


def _owner(errors: Errors, owner: dict[str, Any], path: Path) -> None:
    for field in ("apiVersion", "kind", "name", "uid"):
        if not owner.get(field):
            detail = "version must not be empty" if field == "apiVersion" else "must not be empty"
            errors.invalid((*path, field), "", detail, at=path)


def are_labels(found: dict[str, str] | None) -> bool:
    """Whether nothing is wrong with labels."""
    if found:
        for key, value in found.items():
            if not names.is_label(key, value):
                return False
    return True


def check_labels(errors: Errors, found: dict[str, str] | None, path: Path) -> None:
    """Checks labels; the API server tells the mapping, not the label."""
    for key, value in found.items() if found else ():
        if names.is_label(key, value):
            continue
        for message in names.qualified(key):
            errors.invalid(path, key, message, at=(*path, key), reason=f"'{key}' is no key of a label")
        for message in names.label_value(value):
            errors.invalid(path, value, message, at=(*path, key), reason=_label_reason(key, value))


def _label_reason(key: str, value: str) -> str:
    if len(value) > 63:
        return f"the label {key} is longer than 63 characters"
    return f"the label {key} is '{value}': letters, digits, '-', '_' and '.' only, a letter or digit at both ends"


def check_annotations(errors: Errors, found: dict[str, str] | None, path: Path) -> None:
    """Checks annotations."""
    size = 0
    for key, value in (found or {}).items():
        # Unlike those of labels, keys of annotations may have capitals in their domain.
        for message in names.qualified(key.lower()):
            errors.invalid(path, key, message, at=(*path, key), reason=f"'{key}' is no key of an annotation")
        size += len(key) + len(value)
    # A character has up to four bytes.
    if size > MOST_ANNOTATION_BYTES // 4 and bytes_of(found or {}) > MOST_ANNOTATION_BYTES:
        errors.add(path, TOO_LONG, f"the annotations have more than {MOST_ANNOTATION_BYTES:,} bytes")


def bytes_of(annotations: dict[str, str]) -> int:
    """How many bytes the keys and values of annotations have."""
    return sum(
        len(key.encode("utf-8", "replace")) + len(value.encode("utf-8", "replace"))
        for key, value in annotations.items()
    )
