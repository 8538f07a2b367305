# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Affinities and topology spread constraints (pkg/apis/core/validation, validateAffinity and below)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.selectors import label_selector

Object = dict[str, Any]

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_ACTIONS = ("DoNotSchedule", "ScheduleAnyway")


def affinity(errors: Errors, found: Object, path: Path) -> None:
    """Checks the affinity of a Pod."""
    node = found.get("nodeAffinity")
    if node:
        _node(errors, node, (*path, "nodeAffinity"))
    for name in ("podAffinity", "podAntiAffinity"):
        terms = found.get(name) or {}
        for index, term in enumerate(terms.get(_REQUIRED) or ()):
            _pod_term(errors, term, (*path, name, _REQUIRED, index))
        for index, one in enumerate(terms.get(_PREFERRED) or ()):
            at = (*path, name, _PREFERRED, index)
            _weight(errors, one, at)
            _pod_term(errors, one.get("podAffinityTerm") or {}, (*at, "podAffinityTerm"))


def _weight(errors: Errors, one: Object, path: Path) -> None:
    weight = one.get("weight", 0)
    if not 1 <= weight <= 100:
        errors.invalid((*path, "weight"), weight, "must be in the range 1-100")


def _pod_term(errors: Errors, term: Object, path: Path) -> None:
    for name in ("matchLabelKeys", "mismatchLabelKeys"):
        label_keys(errors, term, name, path)
    label_selector(errors, term.get("labelSelector"), (*path, "labelSelector"))
    label_selector(errors, term.get("namespaceSelector"), (*path, "namespaceSelector"))
    for index, name in enumerate(term.get("namespaces") or ()):
        for message in names.label(name):
            # Told with the path of the term.
            errors.invalid((*path, "namespace"), name, message, at=(*path, "namespaces", index))
    key = term.get("topologyKey", "")
    if not key:
        errors.required((*path, "topologyKey"), "can not be empty")
    for message in names.qualified(key):
        errors.invalid((*path, "topologyKey"), key, message)


def _node(errors: Errors, found: Object, path: Path) -> None:
    required = found.get(_REQUIRED)
    if required is not None:
        at = (*path, _REQUIRED, "nodeSelectorTerms")
        node_terms(errors, required.get("nodeSelectorTerms") or [], at)
    for index, one in enumerate(found.get(_PREFERRED) or ()):
        at = (*path, _PREFERRED, index)
        _weight(errors, one, at)
        # What is only preferred is not looked at so closely.
        _node_term(errors, one.get("preference") or {}, (*at, "preference"), is_required=False)


def node_terms(errors: Errors, terms: list[Object], path: Path) -> None:
    """Checks the terms of which a node has to meet one."""
    if not terms:
        errors.required(path, "must have at least one node selector term")
    for index, term in enumerate(terms):
        _node_term(errors, term, (*path, index))


def _node_term(errors: Errors, term: Object, path: Path, *, is_required: bool = True) -> None:
    for index, one in enumerate(term.get("matchExpressions") or ()):
        at = (*path, "matchExpressions", index)
        operator, values = one.get("operator", ""), one.get("values") or ()
        if operator in ("In", "NotIn"):
            if not values:
                errors.required((*at, "values"), "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                errors.forbidden((*at, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        elif operator in ("Gt", "Lt"):
            if len(values) != 1:
                errors.required((*at, "values"), "must be specified single value when `operator` is 'Lt' or 'Gt'")
        else:
            errors.invalid((*at, "operator"), operator, "not a valid selector operator")
        for message in names.qualified(one.get("key", "")):
            errors.invalid((*at, "key"), one.get("key", ""), message)
        for position, value in enumerate(values if is_required else ()):
            for message in names.label_value(value):
                errors.invalid((*at, "values", position), value, message)
    for index, one in enumerate(term.get("matchFields") or ()):
        _node_field(errors, one, (*path, "matchFields", index))


def _node_field(errors: Errors, one: Object, path: Path) -> None:
    """Checks a requirement of a field of the node, which can be its name."""
    operator, key, values = one.get("operator", ""), one.get("key", ""), one.get("values") or ()
    if operator not in ("In", "NotIn"):
        errors.invalid((*path, "operator"), operator, "not a valid selector operator")
    elif len(values) != 1:
        detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        errors.required((*path, "values"), detail)
    if key != "metadata.name":
        errors.invalid((*path, "key"), key, "not a valid field selector key")
        return
    for index, value in enumerate(values):
        for message in names.subdomain(value):
            errors.invalid((*path, "values", index), value, message)


def label_keys(errors: Errors, found: Object, name: str, path: Path) -> None:
    """Checks the keys of labels whose values come from the Pod; they must not be selected by value, too."""
    keys = found.get(name) or ()
    if not keys:
        return
    selector = found.get("labelSelector")
    if selector is None:
        errors.forbidden((*path, name), "must not be specified when labelSelector is not set")
    for index, key in enumerate(keys):
        for message in names.qualified(key):
            errors.invalid((*path, name, index), key, message)


def spread_constraints(errors: Errors, found: list[Object], path: Path) -> None:
    """Checks the topology spread constraints of a Pod."""
    later = Counter((one.get("topologyKey", ""), one.get("whenUnsatisfiable", "")) for one in found)
    for index, one in enumerate(found):
        at = (*path, index)
        key, action, skew = one.get("topologyKey", ""), one.get("whenUnsatisfiable", ""), one.get("maxSkew", 0)
        if skew <= 0:
            errors.invalid((*at, "maxSkew"), skew, "must be greater than zero")
        if not key:
            errors.required((*at, "topologyKey"), "can not be empty")
        if action not in _ACTIONS:
            errors.unsupported((*at, "whenUnsatisfiable"), action, _ACTIONS)
        later[key, action] -= 1
        if later[key, action]:
            errors.duplicate((*at, "{topologyKey, whenUnsatisfiable}"), f"{{{key}, {action}}}")
        if "minDomains" in one:
            _least_domains(errors, one["minDomains"], action, (*at, "minDomains"))
        for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            if field in one and one[field] not in ("Honor", "Ignore"):
                errors.unsupported((*at, field), one[field], ("Honor", "Ignore"))
        label_keys(errors, one, "matchLabelKeys", at)
        label_selector(errors, one.get("labelSelector"), (*at, "labelSelector"))


def _least_domains(errors: Errors, number: int, action: str, path: Path) -> None:
    if number <= 0:
        errors.invalid(path, number, "must be greater than zero")
    if action != "DoNotSchedule":
        detail = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
        errors.invalid(path, number, detail)
