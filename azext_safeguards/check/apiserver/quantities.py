# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Quantities (`500m`, `1.5Gi`, `1e3`) as Kubernetes parses, rounds and writes them.

Source of the rules: kubernetes/apimachinery, pkg/api/resource/quantity.go and suffix.go. A text is kept as it stands
where its digits look canonical to that parser (`1e3`, `+1`, `02`, `5.`), and written anew otherwise.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
NUMERIC_WRONG = "unable to parse numeric part of quantity"
SUFFIX_WRONG = "unable to parse quantity's suffix"

_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_NAMES = {exponent: name for name, exponent in _DECIMAL.items()}
_BINARY_NAMES = {exponent // 10: name for name, exponent in _BINARY.items()}

# As the parser goes: a sign, zeros, digits, a point with digits, then letters of suffixes, a sign and digits.
_PARTS = re.compile(r"([-+]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)\Z", re.ASCII)
_EXPONENT = re.compile(r"[-+]?[0-9]+\Z", re.ASCII)
# JSON writes tabs and line breaks as escapes, which Go's reader of quantities does not undo: they are no blanks to it.
_BLANKS = " \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

_NANO = -9
_MILLI = -3
_MOST_INT64 = (1 << 63) - 1
_FAST_DIGITS = 18
# Python reads no longer integers; nobody means them.
_MOST_DIGITS = 4_000
# Larger exponents mean the same as this one wherever two amounts are compared.
_MOST_EXPONENT = 1_000


class WrongQuantity(ValueError):
    """A text that is no quantity; the argument is the API server's text."""


class Quantity(NamedTuple):
    """An amount: `value` times ten to the power of `scale`."""

    value: int
    scale: int
    suffix: str
    """What it is written with: "decimal", "exponent" or "binary"."""

    kept: str | None
    """The text as it was given, where it is not written anew."""

    is_fast: bool
    """Whether Go keeps it as an integer; the others lose their text when they are rounded."""

    def rounded(self) -> Quantity:
        """Rounded up (away from zero) to thousandths, as the API server does with limits and requests."""
        if self.is_fast and self.scale >= _MILLI:
            return self
        value, scale = self.value, self.scale
        if scale < _MILLI:
            value, scale = _away_from_zero(value, _MILLI - scale), _MILLI
        return Quantity(value, scale, self.suffix, None, self.is_fast)

    def __str__(self) -> str:
        return self.kept if self.kept is not None else _written(self.value, self.scale, self.suffix)

    def compare(self, other: Quantity) -> int:
        """-1, 0 or 1 as this amount is less than, equal to or greater than another."""
        low = min(self.scale, other.scale)
        left = self.value * _power(self.scale - low)
        right = other.value * _power(other.scale - low)
        return (left > right) - (left < right)

    def as_float(self) -> float:
        """The nearest floating-point number; infinite where it is too large for one."""
        try:
            return float(self.value * _power(self.scale)) if self.scale >= 0 else self.value / _power(-self.scale)
        except OverflowError:
            return math.inf if self.value > 0 else -math.inf

    def is_whole(self, unit: int = 1) -> bool:
        """Whether it is a multiple of `unit`."""
        if self.scale >= 0:
            return not self.value * _power(self.scale) % unit
        return not self.value % (unit * _power(-self.scale))


ZERO = Quantity(0, 0, "decimal", "0", True)


@lru_cache(maxsize=4096)
def parse(text: str) -> Quantity:
    """The quantity that a text means. Raises `WrongQuantity`."""
    text = text.strip(_BLANKS)
    if text == "0":
        return ZERO
    match = _PARTS.match(text)
    if not text or not match:
        raise WrongQuantity(FORMAT_WRONG)
    sign, whole, decimals, suffix = match[1], match[2] or "0", match[3] or "", match[4]
    kind, exponent = _suffix(suffix)
    digits = whole + decimals
    if len(digits) > _MOST_DIGITS:
        raise WrongQuantity(NUMERIC_WRONG)
    if kind == "binary":
        return _binary(text, sign, whole, decimals, exponent)
    scale = exponent - len(decimals)
    if len(digits) <= _FAST_DIGITS and scale >= _NANO:
        is_canonical = scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"
        return Quantity(_signed(sign, int(digits)), scale, kind, text if is_canonical else None, True)
    value = int(digits)
    if value and scale < _NANO:
        value, scale = _away_from_zero(value, _NANO - scale), _NANO
    return Quantity(_signed(sign, value), scale, kind, None, False)


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """A quantity as it is written after it was read. Raises `WrongQuantity`."""
    return str(parse(text))


@lru_cache(maxsize=4096)
def rounded(text: str) -> str:
    """A quantity as limits and requests have it, see `Quantity.rounded`. Raises `WrongQuantity`."""
    return str(parse(text).rounded())


def _suffix(suffix: str) -> tuple[str, int]:
    """What a suffix means: how the number is written, and the exponent to base 10 or 2."""
    if suffix in _DECIMAL:
        return "decimal", _DECIMAL[suffix]
    if suffix in _BINARY:
        return "binary", _BINARY[suffix]
    if suffix[0] in "eE" and _EXPONENT.match(suffix, 1):
        # Far beyond any amount; digits without end cost time only.
        exponent = int(suffix[1:][:8])
        return "exponent", max(-_MOST_EXPONENT, min(exponent, _MOST_EXPONENT))
    raise WrongQuantity(SUFFIX_WRONG)


def _binary(text: str, sign: str, whole: str, decimals: str, exponent: int) -> Quantity:
    """An amount with a suffix such as `Mi`; more than an int64 holds is cut there."""
    if not decimals and 14 - len(whole) - exponent * 3 // 10 >= 0:
        is_canonical = int(whole) & 7 != 0
        return Quantity(_signed(sign, int(whole) << exponent), 0, "binary", text if is_canonical else None, True)
    value, scale = int(whole + decimals) << exponent, -len(decimals)
    if value and scale < _NANO:
        value, scale = _away_from_zero(value, _NANO - scale), _NANO
    one = _power(-scale)
    if value > _MOST_INT64 * one:
        value, scale = _MOST_INT64, 0
    return Quantity(_signed(sign, value), scale, "decimal" if 0 < value < one else "binary", None, False)


def _power(exponent: int) -> int:
    """A power of ten."""
    return int(10 ** min(exponent, _MOST_EXPONENT))


def _signed(sign: str, value: int) -> int:
    return -value if sign == "-" else value


def _away_from_zero(value: int, places: int) -> int:
    """A number without its last decimal places, rounded away from zero."""
    divisor = _power(places)
    return -(-value // divisor) if value > 0 else value // divisor


def _written(value: int, scale: int, suffix: str) -> str:
    """The canonical text: no fraction, and the largest suffix that needs none."""
    if not value:
        return "0"
    if suffix == "binary":
        whole = _whole(value, scale)
        if whole is not None and not -1024 < whole < 1024:
            power = 0
            while not whole % 1024:
                whole //= 1024
                power += 1
            return f"{whole}{_BINARY_NAMES[power]}" if power else str(whole)
    while not value % 10:
        value //= 10
        scale += 1
    value, scale = value * _power(scale % 3), scale - scale % 3
    if suffix != "exponent" and scale in _DECIMAL_NAMES:
        return f"{value}{_DECIMAL_NAMES[scale]}"
    return f"{value}e{scale}" if scale else str(value)


def _whole(value: int, scale: int) -> int | None:
    """An amount as an integer; None when it has a fraction."""
    if scale >= 0:
        return value * _power(scale)
    whole, rest = divmod(value, _power(-scale))
    return None if rest else whole
