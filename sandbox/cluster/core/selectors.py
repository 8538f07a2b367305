# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Label and field selectors, as queries carry them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.cluster.core.failures import bad_request

Json = dict[str, Any]
Test = Callable[[Json], bool]
_IN = re.compile(r"^\s*(\S+)\s+(in|notin)\s*\(([^()]*)\)\s*$")
_COMPARED = re.compile(r"^\s*([^\s=!<>]+)\s*(==|!=|=|>|<)\s*([^\s=!<>]*)\s*$")
_EXISTS = re.compile(r"^\s*(!?)\s*([^\s=!<>()]+)\s*$")


def label_test(text: str) -> Test:
    """Return a function that tells whether an object's labels are selected. Raises Failure."""
    tests = [_requirement(part) for part in _split(text)]
    return lambda item: _all(tests, (item.get("metadata") or {}).get("labels") or {})


def field_test(text: str) -> Test:
    """Return a function that tells whether an object's fields are selected. Raises Failure.

    A server knows a few fields of each kind; here every path to a plain value is one.
    """
    tests = []
    for part in filter(None, text.split(",")):
        match = re.match(r"^\s*([\w.\-/]+)\s*(==|!=|=)(.*)$", part)
        if match is None:
            raise bad_request(f"invalid field selector {text!r}")
        tests.append((match[1].split("."), match[2] != "!=", match[3].strip()))
    return lambda item: all((_value(item, path) == wanted) == equal for path, equal, wanted in tests)


def _all(tests: list[Callable[[Mapping[str, str]], bool]], labels: Mapping[str, str]) -> bool:
    return all(test(labels) for test in tests)


def _split(text: str) -> list[str]:
    """Cut a selector at the commas that are in no brackets."""
    return [part for part in re.split(r",(?![^(]*\))", text) if part.strip()]


def _requirement(part: str) -> Callable[[Mapping[str, str]], bool]:
    match = _IN.match(part)
    if match:
        key, values = match[1], {value.strip() for value in match[3].split(",")}
        if match[2] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    match = _COMPARED.match(part)
    if match:
        return _comparison(match[1], match[2], match[3])
    match = _EXISTS.match(part)
    if match:
        name, wanted = match[2], not match[1]
        return lambda labels: (name in labels) == wanted
    raise bad_request(f"unable to parse requirement: {part.strip()!r} is no label selector")


def _comparison(key: str, operator: str, value: str) -> Callable[[Mapping[str, str]], bool]:
    if operator == "!=":
        return lambda labels: labels.get(key) != value
    if operator in ("=", "=="):
        return lambda labels: labels.get(key) == value
    if not value.lstrip("-").isdigit():
        raise bad_request(
            f"unable to parse requirement: values[0][{key}]: for 'Gt', 'Lt' operators, must be an integer"
        )
    limit = int(value)

    def compared(labels: Mapping[str, str]) -> bool:
        given = labels.get(key, "")
        if not given.lstrip("-").isdigit():
            return False
        return int(given) > limit if operator == ">" else int(given) < limit

    return compared


def _value(item: Any, path: list[str]) -> str:
    for step in path:
        item = item.get(step) if isinstance(item, dict) else None
    if item is None or isinstance(item, (dict, list)):
        return ""
    return str(item).lower() if isinstance(item, bool) else str(item)
