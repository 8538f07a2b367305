# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a plain YAML scalar means to kubectl, which reads YAML by Go's rules and not by PyYAML's.

Seen with kubectl 1.32 (`kubectl label --local -f FILE a=b -o json`): `1e3` is the number 1000, `12:30` and dates stay
text, `y` and `off` are booleans, `0777` and `0o777` are octal, `08` is 8.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[0-9]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_BASES = {"x": 16, "b": 2, "o": 8}

# Longer digits are no number to Go either (ParseFloat overflows beyond 1e308); Python refuses to read them.
_MOST_DIGITS = 300


@lru_cache(maxsize=8192)
def plain(text: str) -> Any:
    """The value of an unquoted scalar: None, bool, int, float or str, as it arrives at the API server in JSON.

    A float without a fraction is an int, as in Go's JSON (`1.0` is sent as 1).
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-." or len(text) > _MOST_DIGITS:
        return text
    digits = text.replace("_", "")
    if _INTEGER.match(digits):
        return _integer(digits)
    if _FLOAT.match(digits):
        return _number(float(digits), text)
    return text


def _integer(digits: str) -> int:
    """An integer with Go's prefixes; a leading zero means octal where the digits allow it."""
    sign, unsigned = (-1, digits[1:]) if digits[0] == "-" else (1, digits.lstrip("+"))
    base = _BASES.get(unsigned[1:2].lower())
    if base:
        return sign * int(unsigned[2:], base)
    if len(unsigned) > 1 and unsigned[0] == "0" and not set(unsigned) & {"8", "9"}:
        return sign * int(unsigned, 8)
    return sign * int(unsigned)


def _number(value: float, text: str) -> Any:
    """A float as JSON carries it; an infinite one stays text, for JSON has none."""
    if value in (float("inf"), float("-inf")):
        return text
    # Go writes exponents from 1e21 on, so such a number stays a float in what the policies see.
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar with an explicit tag such as `tag:yaml.org,2002:str`.

    A tag that is not known is ignored, as kubectl ignores it; nothing is ever constructed from it.
    """
    kind = tag.rpartition(":")[2]
    if kind in ("int", "float", "bool", "null"):
        return plain(text)
    if kind == "binary":
        return _binary(text)
    return text


def _binary(text: str) -> str:
    """The decoded text of a !!binary scalar, or the scalar as it stands when it is no base64 of UTF-8."""
    import base64

    try:
        return base64.b64decode(text).decode()
    except ValueError:
        return text


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """The text of a plain mapping key in JSON: `yes:` is "true" and `0x1F:` is "31" to kubectl."""
    value = plain(text)
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
