# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Drivers, classes, leases and API services (pkg/apis/{storage,node,coordination}/validation, kube-aggregator)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, pod_fields, resources
from azext_safeguards.check.apiserver.validation.amounts import not_negative
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_labels
from azext_safeguards.check.apiserver.validation.selectors import label_selector

Object = dict[str, Any]

_GROUP_POLICIES = ("File", "None", "ReadWriteOnceWithFSType")
_MODES = ("Persistent", "Ephemeral")
_MOST_PARAMETERS = 512
_LONGEST_PARAMETERS = 256 * 1024


def csi_driver(errors: Errors, content: Object) -> None:
    """Checks a CSIDriver."""
    spec = content.get("spec") or {}
    errors.one_of(spec.get("fsGroupPolicy", "None"), _GROUP_POLICIES, ("spec", "fsGroupPolicy"))
    seen: set[str] = set()
    for index, one in enumerate(spec.get("tokenRequests") or ()):
        path, audience = ("spec", "tokenRequests", index), one.get("audience", "")
        if audience in seen:
            errors.duplicate((*path, "audience"), audience)
            continue
        seen.add(audience)
        seconds, at = one.get("expirationSeconds"), (*path, "expirationSeconds")
        if seconds is not None and seconds < 600:
            errors.invalid(at, seconds, "may not specify a duration less than 10 minutes")
        if seconds is not None and seconds > 1 << 32:
            errors.invalid(at, seconds, "may not specify a duration larger than 2^32 seconds")
    for index, mode in enumerate(spec.get("volumeLifecycleModes") or ()):
        if mode not in _MODES:
            told = ("spec", "volumeLifecycleModes")
            errors.unsupported(told, mode, _MODES, at=(*told, index))


def provisioner(errors: Errors, name: str, path: Path) -> None:
    """Checks the name of a driver that makes volumes."""
    if not name:
        errors.required(path)
    else:
        for message in names.qualified(name.lower()):
            errors.invalid(path, name.lower(), message)


def parameters(errors: Errors, found: dict[str, str]) -> None:
    """Checks what a class tells its driver."""
    path = ("parameters",)
    if len(found) > _MOST_PARAMETERS:
        errors.too_long(path, _MOST_PARAMETERS)
        return
    if "" in found:
        errors.invalid(path, "", "field can not be empty.")
    size = sum(len(text.encode("utf-8", "replace")) for pair in found.items() for text in pair)
    if size > _LONGEST_PARAMETERS:
        errors.too_long(path, _LONGEST_PARAMETERS)


def volume_attributes_class(errors: Errors, content: Object) -> None:
    """Checks a VolumeAttributesClass."""
    provisioner(errors, content.get("driverName", ""), ("driverName",))
    parameters(errors, content.get("parameters") or {})
    if not content.get("parameters"):
        errors.required(("parameters",), "must contain at least one key/value pair")


def storage_capacity(errors: Errors, content: Object) -> None:
    """Checks a CSIStorageCapacity."""
    label_selector(errors, content.get("nodeTopology"), ("nodeTopology",))
    name = content.get("storageClassName", "")
    for message in names.subdomain(name):
        errors.invalid(("storageClassName",), name, message)
    amount = content.get("capacity", "0")
    if str(amount).startswith("-"):
        errors.invalid(("capacity",), amount, "must be greater than or equal to 0")


def runtime_class(errors: Errors, content: Object) -> None:
    """Checks a RuntimeClass."""
    handler = content.get("handler", "")
    for message in names.label(handler):
        errors.invalid(("handler",), handler, message)
    amounts = (content.get("overhead") or {}).get("podFixed")
    if amounts:
        inner = Errors()
        resources.requirements(inner, {"limits": amounts}, ("overhead",))
        for one in inner.refusals:
            path = ("overhead", "podFixed", *(step for step in one.path[2:]))
            errors.refusals.append(one._replace(path=path))
    scheduling, path = content.get("scheduling") or {}, ("scheduling", "tolerations")
    check_labels(errors, scheduling.get("nodeSelector"), ("scheduling", "nodeSelector"))
    found = scheduling.get("tolerations") or ()
    inner = Errors()
    pod_fields.tolerations(inner, found, (*path, "tolerations"))
    errors.refusals.extend(one._replace(path=(*path, *one.path[3:])) for one in inner.refusals)
    seen: set[tuple[str, ...]] = set()
    for index, one in enumerate(found):
        key = tuple(one.get(field, "") for field in ("key", "operator", "value", "effect"))
        if key in seen:
            shown = dict(zip(("Key", "Operator", "Value", "Effect"), key, strict=True))
            shown = {**shown, "TolerationSeconds": one.get("tolerationSeconds")}
            errors.duplicate((*path, index), shown, reason="the toleration is there twice")
        seen.add(key)


def lease(errors: Errors, content: Object) -> None:
    """Checks a Lease. Its strategy is dropped while coordinated leader election is in beta."""
    spec, path = content.get("spec") or {}, ("spec",)
    seconds = spec.get("leaseDurationSeconds")
    if seconds is not None and seconds <= 0:
        errors.invalid((*path, "leaseDurationSeconds"), seconds, "must be greater than 0")
    not_negative(errors, spec, path, "leaseTransitions")


def api_service(errors: Errors, content: Object) -> None:
    """Checks an APIService."""
    spec, name = content.get("spec") or {}, (content.get("metadata") or {}).get("name", "")
    group, version = spec.get("group", ""), spec.get("version", "")
    needed = f"{version}.{group}"
    if name and name != needed and not names.path_segment(name):
        reason = f"the name has to be {needed}: the version, a dot and the group"
        errors.invalid(("metadata", "name"), name, f'must be `spec.version+"."+spec.group`: "{needed}"', reason=reason)
    if not group and version != "v1":
        errors.required(("spec", "group"), "only v1 may have an empty group and it better be legacy kube")
    for message in names.subdomain(group) if group else ():
        errors.invalid(("spec", "group"), group, message)
    for message in names.dns1035(version):
        errors.invalid(("spec", "version"), version, message)
    for field, most in (("groupPriorityMinimum", 20000), ("versionPriority", 1000)):
        number = spec.get(field, 0)
        if not 0 < number <= most:
            errors.invalid(("spec", field), number, f"must be positive and less than {most}")
    service, bundle = spec.get("service"), spec.get("caBundle")
    skips, at = bool(spec.get("insecureSkipTLSVerify")), ("spec", "insecureSkipTLSVerify")
    if service is None:
        if skips:
            errors.invalid(at, True, "local APIServices may not have insecureSkipTLSVerify")
        return
    for field in ("namespace", "name"):
        if not service.get(field):
            errors.required(("spec", "service", field))
    port = service.get("port", 443)
    if names.port_number(port):
        detail = f"port is not valid: {', '.join(names.port_number(port))}"
        errors.invalid(("spec", "service", "port"), port, detail)
    if skips and bundle:
        errors.invalid(at, True, "may not be true if caBundle is present")
