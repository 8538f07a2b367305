# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Policies that the API server itself judges by, and what binds them (pkg/apis/admissionregistration/validation).

Their CEL expressions are not compiled here: one that the API server cannot compile is taken.
"""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.selectors import label_selector
from azext_safeguards.check.apiserver.validation.webhooks import (
    FAILURE_POLICIES,
    MATCH_POLICIES,
    match_conditions,
    operations_and_rule,
)

Object = dict[str, Any]

_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_MOST_ANNOTATIONS = 20
_LONGEST_VALUE = 5 * 1024
_BOTH = (
    "must not contain both Deny and Warn (repeating the same validation failure information in the API response and "
    "headers serves no purpose)"
)
_identifier = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*\Z").match
_RESERVED = frozenset(
    {"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"}
    | {"let", "loop", "package", "namespace", "return", "var", "void", "while"}
)


def policy(errors: Errors, content: Object) -> None:
    """Checks a ValidatingAdmissionPolicy."""
    spec, path = content.get("spec") or {}, ("spec",)
    errors.one_of(spec.get("failurePolicy", "Fail"), FAILURE_POLICIES, (*path, "failurePolicy"))
    if "paramKind" in spec:
        _parameter_kind(errors, spec["paramKind"], (*path, "paramKind"))
    constraints, at = spec.get("matchConstraints"), (*path, "matchConstraints")
    if constraints is None:
        errors.required(at)
    else:
        _match(errors, constraints, at)
        if not constraints.get("resourceRules"):
            errors.required((*at, "resourceRules"))
    match_conditions(errors, spec.get("matchConditions") or (), (*path, "matchConditions"))
    for index, variable in enumerate(spec.get("variables") or ()):
        _variable(errors, variable, (*path, "variables", index))
    validations, annotations = spec.get("validations") or (), spec.get("auditAnnotations") or []
    if not validations and not annotations:
        for field in ("validations", "auditAnnotations"):
            errors.required((*path, field), "validations or auditAnnotations must contain at least one item")
    for index, one in enumerate(validations):
        _validation(errors, one, (*path, "validations", index))
    _annotations(errors, annotations, (content.get("metadata") or {}).get("name", ""), (*path, "auditAnnotations"))


def _parameter_kind(errors: Errors, found: Object, path: Path) -> None:
    version, kind = found.get("apiVersion", ""), found.get("kind", "")
    at = (*path, "apiVersion")
    if not version:
        errors.required(at)
    elif version.count("/") > 1:
        errors.invalid(at, version, f"unexpected GroupVersion string: {version}")
    else:
        group, _, number = ("", "", "") if version == "/" else version.rpartition("/")
        if group and names.subdomain(group):
            errors.invalid(at, group, ",".join(names.subdomain(group)))
        if not number:
            errors.invalid(at, version, "version must be specified")
        elif names.dns1035(number):
            errors.invalid(at, number, ",".join(names.dns1035(number)))
    if not kind:
        errors.required((*path, "kind"))
    elif names.dns1035(kind.lower()):
        detail = f"may have mixed case, but should otherwise match: {','.join(names.dns1035(kind.lower()))}"
        errors.invalid((*path, "kind"), kind, detail)


def _match(errors: Errors, found: Object, path: Path) -> None:
    errors.one_of(found.get("matchPolicy", "Exact"), MATCH_POLICIES, (*path, "matchPolicy"))
    label_selector(errors, found.get("namespaceSelector"), (*path, "namespaceSelector"))
    label_selector(errors, found.get("objectSelector"), (*path, "objectSelector"))
    for field in ("resourceRules", "excludeResourceRules"):
        for index, rule in enumerate(found.get(field) or ()):
            at = (*path, field, index)
            _resource_names(errors, rule.get("resourceNames") or (), (*at, "resourceNames"))
            operations_and_rule(errors, rule, at)


def _resource_names(errors: Errors, found: Any, path: Path) -> None:
    seen: set[str] = set()
    for index, name in enumerate(found):
        for message in names.path_segment(name):
            errors.invalid((*path, index), name, message)
        if name in seen:
            errors.duplicate((*path, index), name)
        seen.add(name)


def _variable(errors: Errors, variable: Object, path: Path) -> None:
    name = variable.get("name", "")
    if not name.strip():
        errors.required((*path, "name"), "name is not specified")
    elif not _identifier(name) or name in _RESERVED:
        errors.invalid((*path, "name"), name, "must be a valid CEL identifier")
    if not variable.get("expression", "").strip():
        errors.required((*path, "expression"), "expression is not specified")


def _validation(errors: Errors, one: Object, path: Path) -> None:
    message, other = one.get("message", ""), one.get("messageExpression", "")
    if not one.get("expression", "").strip():
        errors.required((*path, "expression"), "expression is not specified")
    if other and not other.strip():
        errors.invalid((*path, "messageExpression"), other, "must be non-empty if specified")
    if message and not message.strip():
        errors.invalid((*path, "message"), message, "must be non-empty if specified")
    elif re.search(r"[\n\r]", message.strip()):
        errors.invalid((*path, "message"), message, "must not contain line breaks")
    if "reason" in one:
        errors.one_of(one["reason"], _REASONS, (*path, "reason"))


def _annotations(errors: Errors, found: list[Object], policy_name: str, path: Path) -> None:
    if len(found) > _MOST_ANNOTATIONS:
        inner = [{"Key": one.get("key", ""), "ValueExpression": one.get("valueExpression", "")} for one in found]
        errors.invalid(path, inner, f"must not have more than {_MOST_ANNOTATIONS} auditAnnotations")
    seen: set[str] = set()
    for index, one in enumerate(found):
        at, key = (*path, index), one.get("key", "")
        if policy_name:
            for message in names.qualified(f"{policy_name}/{key}"):
                errors.invalid((*at, "key"), f"{policy_name}/{key}", message)
        else:
            errors.invalid((*at, "key"), key, "requires metadata.name be non-empty")
        value = one.get("valueExpression", "").strip()
        if not value:
            errors.required((*at, "valueExpression"), "valueExpression is not specified")
        elif len(value.encode("utf-8", "replace")) > _LONGEST_VALUE:
            errors.required((*at, "valueExpression"), f"must not exceed {_LONGEST_VALUE} bytes in length")
        if key in seen:
            errors.duplicate((*at, "key"), key)
        seen.add(key)


def binding(errors: Errors, content: Object) -> None:
    """Checks a ValidatingAdmissionPolicyBinding."""
    spec, path = content.get("spec") or {}, ("spec",)
    name = spec.get("policyName", "")
    if not name:
        errors.required((*path, "policyName"))
    else:
        for message in names.subdomain(name):
            errors.invalid((*path, "policyName"), name, message)
    if "paramRef" in spec:
        _parameter(errors, spec["paramRef"], (*path, "paramRef"))
    if "matchResources" in spec:
        _match(errors, spec["matchResources"], (*path, "matchResources"))
    _actions(errors, spec.get("validationActions") or [], (*path, "validationActions"))


def _parameter(errors: Errors, found: Object, path: Path) -> None:
    name, selector = found.get("name", ""), found.get("selector")
    if name:
        for message in names.path_segment(name):
            errors.invalid((*path, "name"), name, message)
        if selector is not None:
            errors.forbidden((*path, "name"), "name and selector are mutually exclusive")
    if selector is not None:
        label_selector(errors, selector, (*path, "selector"))
        if name:
            errors.forbidden((*path, "selector"), "name and selector are mutually exclusive")
    if not name and selector is None:
        errors.required(path, "one of name or selector must be specified")
    action = found.get("parameterNotFoundAction")
    if not action:
        errors.required((*path, "parameterNotFoundAction"))
    else:
        errors.one_of(action, ("Deny", "Allow"), (*path, "parameterNotFoundAction"))


def _actions(errors: Errors, found: list[str], path: Path) -> None:
    seen: set[str] = set()
    for index, action in enumerate(found):
        errors.one_of(action, ("Audit", "Deny", "Warn"), (*path, index))
        if action in seen:
            errors.duplicate((*path, index), action)
        seen.add(action)
    if {"Deny", "Warn"} <= seen:
        errors.invalid(path, found, _BOTH)
    if not seen:
        errors.required(path, "at least one validation action is required")
