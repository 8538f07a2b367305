# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Times as Go's `time.Parse` reads them with the layout of RFC 3339, and what it says of others."""

from __future__ import annotations

import json
import re

_LAYOUT = "2006-01-02T15:04:05Z07:00"
_MICRO = "2006-01-02T15:04:05.000000Z07:00"
_DATE = (("2006", 4), ("-", 0), ("01", 2), ("-", 0), ("02", 2))
_STEPS = (*_DATE, ("T", 0), ("15", 2), (":", 0), ("04", 2), (":", 0), ("05", 2))
_LIMITS = {"01": (1, 12, "month"), "15": (0, 23, "hour"), "04": (0, 59, "minute"), "05": (0, 59, "second")}
_ZONE = re.compile(r"Z|[+-](?P<hours>\d\d):(?P<minutes>\d\d)", re.ASCII)
_SIX_DIGITS = re.compile(r"[.,]\d{6}", re.ASCII)
_FRACTION = re.compile(r"[.,]\d+", re.ASCII)


def time_problem(text: str, *, has_micro: bool = False) -> str:
    """What Go says of a text that is no time; "" for one that is.

    :param has_micro: whether it has to have six digits behind the seconds, as in a Lease.
    """
    rest = text
    layout = _MICRO if has_micro else _LAYOUT
    found: dict[str, int] = {}
    for element, digits in _STEPS:
        if not digits:
            if not rest.startswith(element):
                return _cannot(text, layout, rest, element)
            rest = rest[1:]
            continue
        number = rest[:digits]
        if len(number) < digits or not (number.isascii() and number.isdigit()):
            # An hour may have one digit.
            if element != "15" or not (number[:1].isascii() and number[:1].isdigit()):
                return _cannot(text, layout, rest, element)
            number = number[:1]
        found[element] = int(number)
        rest = rest[len(number) :]
        least, most, name = _LIMITS.get(element, (0, 9999, ""))
        if not least <= found[element] <= most:
            return _problem(text, f": {name} out of range")
    fraction = (_SIX_DIGITS if has_micro else _FRACTION).match(rest)
    if has_micro and not fraction:
        return _cannot(text, layout, rest, ".000000")
    rest = rest[fraction.end() :] if fraction else rest
    zone = _ZONE.match(rest)
    if not zone:
        return _cannot(text, layout, rest, "Z07:00")
    if zone["hours"] and (int(zone["hours"]) > 24 or int(zone["minutes"]) > 60):
        name = "hour" if int(zone["hours"]) > 24 else "minute"
        return _problem(text, f": time zone offset {name} out of range")
    if rest[zone.end() :]:
        return _problem(text, f": extra text: {_quoted(rest[zone.end() :])}")
    import calendar

    is_day = 1 <= found["02"] <= calendar.monthrange(found["2006"] or 4, found["01"])[1]
    return "" if is_day else _problem(text, ": day out of range")


def _cannot(text: str, layout: str, rest: str, element: str) -> str:
    return f"parsing time {_quoted(text)} as {_quoted(layout)}: cannot parse {_quoted(rest)} as {_quoted(element)}"


def _problem(text: str, what: str) -> str:
    return f"parsing time {_quoted(text)}{what}"


def _quoted(text: str) -> str:
    return json.dumps(text)
