# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The query options of PolicyInsights: $filter, $orderby, $select, $apply, $top, $from and $to.

Names and meaning: Azure/azure-rest-api-specs, policyinsights. Anything else is refused, so that a misspelt option never
looks like an empty answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.policyinsights.exceptions import InvalidQuery

Json = dict[str, Any]
Condition = Callable[[Json], bool]
ALWAYS = ("api-version", "$top", "$from", "$to", "$filter")
LISTS = (*ALWAYS, "$orderby", "$select", "$apply", "$expand", "$skiptoken")
_TOKEN = re.compile(r"\s*(?:([()])|('(?:[^']|'')*')|([^\s()']+))")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}
_GROUP = re.compile(r"^groupby\(\(([^()]*)\)(?:,\s*aggregate\(\s*\$count\s+as\s+(\w+)\s*\))?\)$", re.I)


def check_options(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse query options that there are not. Raises InvalidQuery."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InvalidQuery(f"The query option '{unknown[0]}' is not supported by this operation.")


def apply(records: list[Json], query: dict[str, str], now: datetime, fields: Iterable[str]) -> list[Json]:
    """Return the records that a query wants, as it wants them. Raises InvalidQuery.

    The interval of a query is that before $to, or now, and a day long where $from says nothing (documented).
    """
    known = {name.lower(): name for name in fields}
    last = _time(query["$to"], "$to") if "$to" in query else now
    first = _time(query["$from"], "$from") if "$from" in query else last - timedelta(days=1)
    keeps = condition(query.get("$filter", ""), known)
    chosen = [item for item in records if first <= _time(item["timestamp"], "") <= last and keeps(item)]
    if query.get("$apply"):
        chosen = _grouped(chosen, query["$apply"], known)
    for column in reversed(query.get("$orderby", "").split(",") if query.get("$orderby") else []):
        name, _, direction = column.strip().partition(" ")
        if direction.strip().lower() not in ("", "asc", "desc"):
            raise InvalidQuery(f"The direction '{direction}' in '$orderby' is neither asc nor desc.")
        field = _field(name, known)
        chosen.sort(key=lambda item: _folded(item.get(field)), reverse=direction.strip().lower() != "asc")
    if query.get("$top"):
        if not query["$top"].isdigit():
            raise InvalidQuery(f"The value '{query['$top']}' of '$top' is no number.")
        chosen = chosen[: int(query["$top"])]
    if query.get("$select"):
        columns = [_field(name.strip(), known) for name in query["$select"].split(",")]
        chosen = [{name: item.get(name) for name in columns} for item in chosen]
    return chosen


def condition(text: str, known: dict[str, str]) -> Condition:
    """Return the condition of a $filter: comparisons joined by and, or, not and parentheses. Raises InvalidQuery."""
    if not text.strip():
        return lambda item: True
    tokens = [match.group().strip() for match in _TOKEN.finditer(text)]
    if "".join(tokens) != "".join(re.findall(r"'(?:[^']|'')*'|[^\s]", text)):
        raise InvalidQuery(f"The filter '{text}' is invalid.")
    parsed, rest = _either(tokens, known)
    if rest:
        raise InvalidQuery(f"The filter '{text}' is invalid at '{rest[0]}'.")
    return parsed


def _either(tokens: list[str], known: dict[str, str]) -> tuple[Condition, list[str]]:
    left, tokens = _both(tokens, known)
    while tokens and tokens[0].lower() == "or":
        right, tokens = _both(tokens[1:], known)
        left = (lambda one, two: lambda item: one(item) or two(item))(left, right)
    return left, tokens


def _both(tokens: list[str], known: dict[str, str]) -> tuple[Condition, list[str]]:
    left, tokens = _single(tokens, known)
    while tokens and tokens[0].lower() == "and":
        right, tokens = _single(tokens[1:], known)
        left = (lambda one, two: lambda item: one(item) and two(item))(left, right)
    return left, tokens


def _single(tokens: list[str], known: dict[str, str]) -> tuple[Condition, list[str]]:
    if tokens and tokens[0].lower() == "not":
        inner, rest = _single(tokens[1:], known)
        return (lambda item: not inner(item)), rest
    if tokens and tokens[0] == "(":
        inner, rest = _either(tokens[1:], known)
        if rest[:1] != [")"]:
            raise InvalidQuery("A parenthesis in '$filter' is not closed.")
        return inner, rest[1:]
    if len(tokens) < 3 or tokens[1].lower() not in _COMPARE:
        raise InvalidQuery(f"The filter is invalid at '{' '.join(tokens[:3])}'.")
    name, compare, value = _field(tokens[0], known), _COMPARE[tokens[1].lower()], _literal(tokens[2])
    return (lambda item: compare(_folded(item.get(name)), value)), tokens[3:]


def _literal(token: str) -> str:
    if token in ("(", ")"):
        raise InvalidQuery(f"The filter is invalid at '{token}'.")
    quoted = token[:1] == "'"
    return (token[1:-1].replace("''", "'") if quoted else token).lower()


def _folded(value: Any) -> str:
    """Texts are compared without regard to case, as ids are."""
    return "" if value is None else str(value).lower()


def _field(name: str, known: dict[str, str]) -> str:
    try:
        return known[name.lower()]
    except KeyError:
        raise InvalidQuery(f"Could not find a property named '{name}'.") from None


def _grouped(records: list[Json], text: str, known: dict[str, str]) -> list[Json]:
    match = _GROUP.match(text.strip())
    if match is None:
        raise InvalidQuery(f"The sandbox does not know the aggregation '{text}'.")
    columns = [_field(name.strip(), known) for name in match[1].split(",")]
    groups: dict[tuple[Any, ...], int] = {}
    for item in records:
        key = tuple(item.get(name) for name in columns)
        groups[key] = groups.get(key, 0) + 1
    counted = [(dict(zip(columns, key, strict=True)), count) for key, count in groups.items()]
    return [{**group, match[2]: count} if match[2] else group for group, count in counted]


def _time(text: str, option: str) -> datetime:
    try:
        return datetime.fromisoformat(text.rstrip("Zz")[:26]).replace(tzinfo=timezone.utc)
    except ValueError:
        raise InvalidQuery(f"The value '{text}' of '{option}' is no time.") from None
