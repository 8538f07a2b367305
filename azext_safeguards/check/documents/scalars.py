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
# Numbers to YAML, for which JSON has no way to write them.
_ENDLESS = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}

# Longer digits are no number to Go either (ParseFloat overflows beyond 1e308); Python refuses to read them.
_MOST_DIGITS = 300


def is_endless(value: Any) -> bool:
    """Whether a value is one of the floats that JSON has no way to write."""
    return value.__class__ is float and value - value != 0


@lru_cache(maxsize=8192)
def plain(text: str) -> Any:
    """The value of an unquoted scalar: None, bool, int, float or str, as it arrives at the API server in JSON.

    A float without a fraction is an int, as in Go's JSON (`1.0` is sent as 1). What no JSON can hold (`.inf`, `.nan`)
    is such a float; kubectl refuses it.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-." or len(text) > _MOST_DIGITS:
        return text
    digits = text.replace("_", "")
    if _INTEGER.match(digits):
        return _integer(digits, text)
    if _FLOAT.match(digits):
        return _number(float(digits), text)
    return _ENDLESS.get(text, text)


def _integer(digits: str, text: str) -> Any:
    """An integer with Go's prefixes; a leading zero means octal where the digits allow it.

    One that 64 bits do not hold is a float when it is decimal, and text otherwise.
    """
    value = _as_integer(digits)
    if -(1 << 63) <= value < 1 << 64:
        return value
    return _number(float(digits), text) if digits.lstrip("+-").isdigit() else text


def _as_integer(digits: str) -> int:
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


class WrongTag(ValueError):
    """A scalar is not what its tag says; the argument is what kubectl says of that."""


_CORE = "tag:yaml.org,2002:"
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}\S*)?\Z")


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar with an explicit tag such as `tag:yaml.org,2002:str`.

    A tag that is not known is ignored, as kubectl ignores it; nothing is ever constructed from it.

    :raises WrongTag: when the text is nothing of the kind, where kubectl refuses the whole file (`!!int off`).
    """
    kind = tag.removeprefix(_CORE)
    if kind == "binary":
        return _binary(text)
    if kind not in ("int", "float", "bool", "null", "timestamp"):
        return text
    found = _kind(text)
    if found != kind and not (kind == "timestamp" and _TIMESTAMP.match(text)) and (kind, found) != ("float", "int"):
        raise WrongTag(f"cannot decode !!{found} `{text}` as a !!{kind}")
    return text if kind == "timestamp" else plain(text)


def _kind(text: str) -> str:
    """The tag of YAML that a text has to Go without one."""
    value = plain(text)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "str"
    return "int" if _INTEGER.match(text.replace("_", "")) and -(1 << 63) <= value < 1 << 64 else "float"


def _binary(text: str) -> str:
    """The decoded text of a !!binary scalar; bytes that are no UTF-8 are lost in JSON."""
    import base64

    try:
        content = base64.b64decode("".join(text.split("\n")), validate=True)
    except ValueError:
        raise WrongTag("!!binary value contains invalid base64 data") from None
    return go_text(content)


def go_text(content: bytes) -> str:
    """A text as Go's JSON writes it: each byte that is no UTF-8 is told by U+FFFD."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("utf-8", "surrogateescape").translate(_LOST)


_LOST = dict.fromkeys(range(0xDC80, 0xDD00), "\ufffd")


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """The text of a plain mapping key in JSON: `yes:` is "true" and `0x1F:` is "31" to kubectl."""
    return key_text(plain(text))


def key_text(value: Any) -> str:
    """The text in JSON of a key that has some other value in YAML."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if is_endless(value):
        return {float("inf"): ".inf", float("-inf"): "-.inf"}.get(value, ".nan")
    return str(value)
