# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Selectors: whether they are valid, and whether they match."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_labels

Selector = dict[str, Any]


def label_selector(errors: Errors, selector: Selector | None, path: Path) -> bool:
    """Checks a selector with matchLabels and matchExpressions; returns whether it is valid."""
    if not selector:
        return True
    before = len(errors.refusals)
    check_labels(errors, selector.get("matchLabels"), (*path, "matchLabels"))
    for index, one in enumerate(selector.get("matchExpressions") or ()):
        at = (*path, "matchExpressions", index)
        operator, values = one.get("operator", ""), one.get("values") or ()
        if operator in ("In", "NotIn"):
            if not values:
                errors.required((*at, "values"), "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                errors.forbidden((*at, "values"), detail)
        else:
            errors.invalid((*at, "operator"), operator, "not a valid selector operator")
        for message in names.qualified(one.get("key", "")):
            errors.invalid((*at, "key"), one.get("key", ""), message)
        for position, value in enumerate(values):
            for message in names.label_value(value):
                errors.invalid((*at, "values", position), value, message)
    return len(errors.refusals) == before


MISMATCH = "`selector` does not match template `labels`"
MISMATCH_REASON = "the selector does not match the labels of the template"


def is_valid(selector: Selector | None) -> bool:
    """Whether the API server can make anything of a selector."""
    return not selector or label_selector(Errors(), selector, ())


def printed(selector: Selector) -> Selector:
    """A selector as the API server's errors print it."""
    shown: Selector = {}
    if selector.get("matchLabels"):
        shown["matchLabels"] = dict(sorted(selector["matchLabels"].items()))
    if selector.get("matchExpressions"):
        shown["matchExpressions"] = [
            {"key": one.get("key", ""), "operator": one.get("operator", "")}
            | ({"values": one["values"]} if one.get("values") else {})
            for one in selector["matchExpressions"]
        ]
    return shown


def is_empty(selector: Selector) -> bool:
    """Whether a selector names nothing, which selects everything."""
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def matches(selector: Selector, found: dict[str, str]) -> bool:
    """Whether a selector selects something with these labels. One that is not valid selects nothing wrong here."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if found.get(key) != value:
            return False
    return all(_expression(one, found) for one in selector.get("matchExpressions") or ())


def _expression(one: dict[str, Any], found: dict[str, str]) -> bool:
    operator, key, values = one.get("operator"), one.get("key", ""), one.get("values") or ()
    if operator == "In":
        return key in found and found[key] in values
    if operator == "NotIn":
        return key not in found or found[key] not in values
    if operator == "Exists":
        return key in found
    return key not in found if operator == "DoesNotExist" else True
