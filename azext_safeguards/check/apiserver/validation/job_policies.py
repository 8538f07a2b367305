# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""When a Job counts as failed or done before all its Pods have ended (pkg/apis/batch/validation)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.amounts import not_negative
from azext_safeguards.check.apiserver.validation.errors import Errors

Object = dict[str, Any]

_ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
_STATES = ("False", "True", "Unknown")
_OPERATORS = ("In", "NotIn")
_MOST_RULES = 20
_MOST_CODES = 255
_LONGEST_INDEXES = 64 * 1024
_number = re.compile(r"[+-]?[0-9]{1,18}\Z").match


def pod_failure_policy(errors: Errors, spec: Object, path: Path) -> None:
    """Checks the podFailurePolicy of a Job's spec."""
    rules, at = spec["podFailurePolicy"].get("rules") or [], (*path, "podFailurePolicy", "rules")
    if len(rules) > _MOST_RULES:
        errors.too_many(at, len(rules), _MOST_RULES)
    inner = (spec.get("template") or {}).get("spec") or {}
    lists = ("containers", "initContainers")
    containers = {one.get("name", "") for field in lists for one in inner.get(field) or ()}
    for index, rule in enumerate(rules):
        _failure_rule(errors, rule, "backoffLimitPerIndex" in spec, containers, (*at, index))


def _valid_values(values: tuple[str, ...]) -> str:
    quoted = " ".join(f'"{one}"' for one in values)
    return f"valid values: [{quoted}]"


def _failure_rule(errors: Errors, rule: Object, has_limit: bool, containers: set[str], path: Path) -> None:
    action = rule.get("action", "")
    if not action:
        errors.required((*path, "action"), _valid_values(_ACTIONS))
    elif action == "FailIndex" and not has_limit:
        errors.invalid((*path, "action"), action, "requires the backoffLimitPerIndex to be set")
    else:
        errors.one_of(action, _ACTIONS, (*path, "action"))
    codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions") or []
    if codes is not None:
        _exit_codes(errors, codes, containers, (*path, "onExitCodes"))
    if conditions:
        _conditions(errors, conditions, (*path, "onPodConditions"))
    if codes is not None and conditions:
        errors.without_value(path, "specifying both OnExitCodes and OnPodConditions is not supported")
    if codes is None and not conditions:
        errors.without_value(path, "specifying one of OnExitCodes and OnPodConditions is required")


def _conditions(errors: Errors, found: list[Object], path: Path) -> None:
    if len(found) > _MOST_RULES:
        errors.too_many(path, len(found), _MOST_RULES)
    for index, one in enumerate(found):
        kind, at = one.get("type", ""), (*path, index)
        for message in names.qualified(kind):
            errors.invalid((*at, "type"), kind, message)
        errors.one_of(one.get("status") or "True", _STATES, (*at, "status"))


def _exit_codes(errors: Errors, found: Object, containers: set[str], path: Path) -> None:
    operator, values = found.get("operator", ""), found.get("values") or []
    if not operator:
        errors.required((*path, "operator"), _valid_values(_OPERATORS))
    else:
        errors.one_of(operator, _OPERATORS, (*path, "operator"))
    if "containerName" in found and found["containerName"] not in containers:
        detail = "must be one of the container or initContainer names in the pod template"
        errors.invalid((*path, "containerName"), found["containerName"], detail)
    at = (*path, "values")
    if not values:
        errors.invalid(at, None, "at least one value is required")
    elif len(values) > _MOST_CODES:
        errors.too_many(at, len(values), _MOST_CODES)
    seen: set[int] = set()
    for index, code in enumerate(values):
        if operator == "In" and code == 0:
            errors.invalid((*at, index), code, "must not be 0 for the In operator")
        if code in seen:
            errors.duplicate((*at, index), code)
        seen.add(code)
    if any(before > code for before, code in pairwise(values)):
        errors.invalid(at, values, "must be ordered")


def success_policy(errors: Errors, spec: Object, path: Path) -> None:
    """Checks the successPolicy of a Job's spec, which goes only with Pods that are numbered."""
    rules, at = spec["successPolicy"].get("rules") or [], (*path, "successPolicy", "rules")
    if spec.get("completionMode", "NonIndexed") != "Indexed":
        inner = [
            {"SucceededIndexes": rule.get("succeededIndexes"), "SucceededCount": rule.get("succeededCount")}
            for rule in rules
        ]
        errors.invalid((*path, "successPolicy"), {"Rules": inner or None}, "requires indexed completion mode")
        return
    if not rules:
        errors.required(at, "at least one rules must be specified when the successPolicy is specified")
    if len(rules) > _MOST_RULES:
        errors.too_many(at, len(rules), _MOST_RULES)
    for index, rule in enumerate(rules):
        _success_rule(errors, rule, spec.get("completions"), (*at, index))


def _success_rule(errors: Errors, rule: Object, number: int | None, path: Path) -> None:
    count, indexes = rule.get("succeededCount"), rule.get("succeededIndexes")
    if count is None and indexes is None:
        errors.required(path, "at least one of succeededCount or succeededIndexes must be specified")
    if number is None:
        # That there is no number is told already; the API server itself falls over it.
        return
    total = 0
    if indexes is not None:
        at = (*path, "succeededIndexes")
        if len(indexes.encode("utf-8", "replace")) > _LONGEST_INDEXES:
            errors.too_long(at, _LONGEST_INDEXES)
        try:
            total = _count(indexes, number)
        except ValueError as problem:
            errors.invalid(at, indexes, f"error parsing succeededIndexes: {problem}")
    if count is not None:
        at = (*path, "succeededCount")
        not_negative(errors, rule, path, "succeededCount")
        most = "must be less than or equal to {} (the number of {})"
        if count > number:
            errors.invalid(at, count, most.format(number, "specified completions"))
        if indexes is not None and count > total:
            errors.invalid(at, count, most.format(total, "indexes in the specified succeededIndexes field"))


def _count(text: str, number: int) -> int:
    """How many indexes a text like `0,3-5` names of so many Pods; raises ValueError in the API server's words."""
    total, last = 0, None
    for part in text.split(",") if text else ():
        ends = part.split("-")
        if len(ends) > 2:
            rule = "an index interval can have at most two parts separated by '-'"
            raise ValueError(f'the fragment "{part}" violates the requirement that {rule}')
        first = _index(ends[0], number)
        end = first
        if len(ends) > 1:
            end = _index(ends[1], number)
            if first >= end:
                raise ValueError(f"non-increasing order, previous: {first}, current: {end}")
        if last is not None and last >= first:
            raise ValueError(f"non-increasing order, previous: {last}, current: {first}")
        total += end - first + 1
        last = end
    return total


def _index(text: str, number: int) -> int:
    if not _number(text):
        raise ValueError(f'cannot convert string to integer for index: "{text}"')
    if int(text) >= number:
        raise ValueError(f'too large index: "{text}"')
    return int(text)
