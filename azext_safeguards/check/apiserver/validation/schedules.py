# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Schedules of CronJobs as github.com/robfig/cron/v3 reads them, and what it says of others."""

from __future__ import annotations

import re

from azext_safeguards.check.apiserver.time_zones import is_zone

_MONTHS = {
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6},
    **{"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12},
}
_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
# What each field may be: least, most, names.
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, _MONTHS), (0, 6, _DAYS),
)  # fmt: skip
_DESCRIPTORS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_EVERY = "@every "
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DURATION = re.compile(r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+|[-+]?0")
_AMOUNT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)([^0-9.]*)")


class _Wrong(Exception):
    """The argument is what the parser says."""


def wrong_schedule(schedule: str) -> str:
    """What is wrong with a schedule, in the parser's words; "" where nothing is."""
    text = schedule
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        zone, _, text = schedule.partition(" ")
        text, zone = text.strip(), zone.partition("=")[2]
        if zone not in ("", "UTC", "Local") and not is_zone(zone):
            return f"provided bad location {zone}: unknown time zone {zone}"
    if text.startswith("@"):
        return _wrong_descriptor(text)
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    try:
        for field, (least, most, names) in zip(fields, _FIELDS, strict=True):
            for expression in filter(None, field.split(",")):
                _check_range(expression, least, most, names)
    except _Wrong as error:
        return str(error)
    return ""


def _wrong_descriptor(text: str) -> str:
    if text in _DESCRIPTORS:
        return ""
    if not text.startswith(_EVERY):
        return f"unrecognized descriptor: {text}"
    duration = text[len(_EVERY) :]
    if _DURATION.fullmatch(duration):
        return ""
    amount = _AMOUNT.match(duration)
    if amount is None:
        found = f'time: invalid duration "{duration}"'
    elif not amount[1]:
        found = f'time: missing unit in duration "{duration}"'
    else:
        found = f'time: unknown unit "{amount[1]}" in duration "{duration}"'
    return f"failed to parse duration {text}: {found}"


def _check_range(text: str, least: int, most: int, names: dict[str, int]) -> None:
    """Checks `*`, `5`, `1-5`, each also with a step."""
    bounds, *steps = text.split("/")
    low, *highs = bounds.split("-")
    if low in ("*", "?"):
        start, end = least, most
    else:
        start = end = _number(low, names)
        if len(highs) == 1:
            end = _number(highs[0], names)
        elif highs:
            raise _Wrong(f"too many hyphens: {text}")
    step = 1
    if len(steps) == 1:
        step = _number(steps[0], {})
        end = end if highs else most
    elif steps:
        raise _Wrong(f"too many slashes: {text}")
    if start < least:
        raise _Wrong(f"beginning of range ({start}) below minimum ({least}): {text}")
    if end > most:
        raise _Wrong(f"end of range ({end}) above maximum ({most}): {text}")
    if start > end:
        raise _Wrong(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if not step:
        raise _Wrong(f"step of range should be a positive number: {text}")


def _number(text: str, names: dict[str, int]) -> int:
    named = names.get(text.lower())
    if named is not None:
        return named
    found = _INTEGER.fullmatch(text)
    why = "value out of range" if found and len(text) > 18 and not -(1 << 63) <= int(text[:25]) < 1 << 63 else ""
    if not found or why:
        raise _Wrong(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": {why or "invalid syntax"}')
    return int(text)
