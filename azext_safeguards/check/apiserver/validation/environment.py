# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Environment variables of a container and where their values come from."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_name

Object = dict[str, Any]

_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_RESOURCES = tuple(f"{of}.{name}" for of in ("limits", "requests") for name in ("cpu", "ephemeral-storage", "memory"))
_HUGE = ("limits.hugepages-", "requests.hugepages-")
_BYTES = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")

FIELDS_OF_VARIABLES = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"),
    *("status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
)
"""What of a Pod a variable can hold, beside single labels and annotations."""

# What the downward API can tell at all.
_FIELDS = frozenset(
    {*FIELDS_OF_VARIABLES, "metadata.labels", "metadata.annotations", "spec.restartPolicy", "spec.schedulerName"}
    | {"status.phase", "spec.host"}
)


def environment(errors: Errors, variables: list[Object], path: Path) -> None:
    """Checks the variables of a container."""
    for index, variable in enumerate(variables):
        name = variable.get("name", "")
        if not name:
            errors.required((*path, index, "name"))
        elif not name.isascii() or not name.isprintable() or "=" in name:
            errors.invalid((*path, index, "name"), name, _NAME)
        if "valueFrom" in variable:
            _value_from(errors, variable["valueFrom"], bool(variable.get("value")), (*path, index, "valueFrom"))


_NAME = "a valid environment variable name must consist only of printable ASCII characters other than '='"


def _value_from(errors: Errors, source: Object, has_value: bool, path: Path) -> None:
    if "fieldRef" in source:
        field_reference(errors, source["fieldRef"], FIELDS_OF_VARIABLES, (*path, "fieldRef"))
    if "resourceFieldRef" in source:
        resource_reference(errors, source["resourceFieldRef"], (*path, "resourceFieldRef"))
    for one in ("configMapKeyRef", "secretKeyRef"):
        if one in source:
            _key_reference(errors, source[one], (*path, one))
    given = len([one for one in _SOURCES if one in source])
    if not given:
        detail = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
    elif has_value:
        detail = "may not be specified when `value` is not empty"
    elif given > 1:
        detail = "may not have more than one field specified at a time"
    else:
        return
    errors.invalid(path, "", detail, reason=f"valueFrom {detail}")


def _key_reference(errors: Errors, found: Object, path: Path) -> None:
    check_name(errors, (*path, "name"), found.get("name", ""), names.subdomain)
    key = found.get("key", "")
    if not key:
        errors.required((*path, "key"))
    else:
        for message in names.config_key(key):
            errors.invalid((*path, "key"), key, message)


def field_reference(errors: Errors, found: Object, known: tuple[str, ...], path: Path) -> None:
    """Checks a `fieldRef`; `known` are the fields that can be told in its place."""
    text = found.get("fieldPath", "")
    if not text:
        errors.required((*path, "fieldPath"))
        return
    name, is_member, key = text.partition("['")
    is_member = bool(name and is_member and text.endswith("']"))
    version = found.get("apiVersion") or "v1"
    at = (*path, "fieldPath")
    if version != "v1":
        errors.invalid(at, text, f"error converting fieldPath: unsupported pod version: {version}")
    elif is_member and name not in ("metadata.labels", "metadata.annotations"):
        errors.invalid(at, text, f"error converting fieldPath: field label does not support subscript: {text}")
    elif is_member:
        key = key.removesuffix("']")
        key = key.lower() if name == "metadata.annotations" else key
        for message in names.qualified(key):
            errors.invalid(path, key, message, at=at)
    elif text not in _FIELDS:
        reason = f"fieldPath '{text}' is nothing that a Pod can tell; it can be {', '.join(known)}"
        errors.invalid(at, text, f"error converting fieldPath: field label not supported: {text}", reason=reason)
    elif text not in known:
        errors.unsupported(at, "spec.nodeName" if text == "spec.host" else text, sorted(known))


def resource_reference(errors: Errors, found: Object, path: Path, *, in_volume: bool = False) -> None:
    """Checks a `resourceFieldRef`; in a volume it has to name a container."""
    resource = found.get("resource", "")
    if in_volume and not found.get("containerName"):
        errors.required((*path, "containerName"))
    elif not resource:
        errors.required((*path, "resource"))
    elif resource not in _RESOURCES and not resource.startswith(_HUGE):
        errors.unsupported((*path, "resource"), resource, _RESOURCES)
    divisor = found.get("divisor", "0")
    of = resource.partition(".")[2]
    if divisor == "0":
        return
    if of == "cpu":
        known: tuple[str, ...] = ("1m", "1")
        what = "1m and 1 are supported with the cpu resource"
    else:
        words = {"memory": "memory", "ephemeral-storage": "local ephemeral storage"}
        of = "hugepages" if of.startswith("hugepages-") else of
        known, what = _BYTES, f"{', '.join(_BYTES)} are supported with the {words.get(of, of)} resource"
    if of in ("cpu", "memory", "ephemeral-storage", "hugepages") and divisor not in known:
        errors.invalid((*path, "divisor"), resource, f"only divisor's values {what}")


def environment_from(errors: Errors, sources: list[Object], path: Path) -> None:
    """Checks the `envFrom` of a container."""
    for index, source in enumerate(sources):
        at = (*path, index)
        prefix = source.get("prefix", "")
        if prefix and (not prefix.isascii() or not prefix.isprintable() or "=" in prefix):
            errors.invalid((*at, "prefix"), prefix, _NAME)
        given = [one for one in ("configMapRef", "secretRef") if one in source]
        for one in given:
            name = source[one].get("name", "")
            if not name:
                errors.required((*at, one, "name"))
            else:
                check_name(errors, (*at, one, "name"), name, names.subdomain_prefix)
        if len(given) != 1:
            detail = "may not have more than one field specified at a time"
            detail = detail if given else "must specify one of: `configMapRef` or `secretRef`"
            errors.invalid(path, "", detail, at=at, reason=f"envFrom {detail}")
