# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Amounts of CPU and memory as the template of the limits reads them, which is not how Kubernetes reads them.

Both are known from Azure/draft, container-resource-limits/template.yaml. Rego multiplies integers exactly, and numbers
with decimals as Go's big.Float of 64 bits, of which it keeps the shortest digits (open-policy-agent/opa,
topdown/arithmetic.go), which shows when a limit is compared with its maximum.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

Amount = int | Fraction

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?\Z")
# What Go's ParseFloat takes (golang/go, src/strconv/atof.go), without hexadecimal numbers.
_GO_FLOAT = re.compile(r"([+-]?)([0-9](?:_?[0-9])*)?(?:\.([0-9](?:_?[0-9])*)?)?(?:[eE]([+-]?[0-9](?:_?[0-9])*))?\Z")
_GO_HEX = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]{1,5}\Z")
_BITS = 64
_ENOUGH_DIGITS = 24
# A float of Go ends below 10**309; further digits behind the point than these change nothing.
_MOST_DIGITS = 309
_MOST_DECIMALS = 1200

# In thousandths of a byte.
_MEMORY_UNITS: dict[str, int] = {
    **{"E": 10**21, "P": 10**18, "T": 10**15, "G": 10**12, "M": 10**9, "k": 10**6, "": 10**3, "m": 1},
    **{unit: 1000 << 10 * power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
}


def cpu(value: Any) -> Amount | None:
    """Thousandths of a core; None for what the template cannot read.

    A number, digits with or without decimals, or anything with an `m` at its end that is a number without its `m`s.
    """
    if isinstance(value, str):
        return _cpu_text(value)
    return _thousands(value)


def memory(value: Any) -> Amount | None:
    """Thousandths of a byte; None for what the template cannot read.

    A number, or digits with or without decimals and one of the units E P T G M k m Ki Mi Gi Ti Pi Ei.
    """
    if isinstance(value, str):
        return _memory_text(value)
    return _thousands(value)


def _thousands(value: Any) -> Amount | None:
    """A JSON number times a thousand; None for what is no number."""
    if isinstance(value, float):
        return _float_thousands(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 1000
    return None


@lru_cache(maxsize=1024)
def _float_thousands(value: float) -> Amount:
    """A float, which Rego sees by its decimal digits, times a thousand."""
    return _product(Fraction(repr(value)), 1000)


@lru_cache(maxsize=4096)
def _cpu_text(text: str) -> Amount | None:
    """`cpu` of a string."""
    if text.endswith("m"):
        return _number(text.replace("m", ""))
    return _times(text, 1000)


@lru_cache(maxsize=4096)
def _memory_text(text: str) -> Amount | None:
    """`memory` of a string."""
    unit = next((text[-size:] for size in (1, 2) if len(text) >= size and text[-size:] in _MEMORY_UNITS), "")
    # All occurrences go, as in the template: 1M5M is 15M to it.
    return _times(text.replace(unit, "") if unit else text, _MEMORY_UNITS[unit])


def _times(digits: str, unit: int) -> Amount | None:
    """Plain digits times a unit."""
    if not _PLAIN.match(digits):
        return None
    number = _number(digits)
    return None if number is None else _product(number, unit)


def _number(text: str) -> Amount | None:
    """What Rego's `to_number` makes of a string; None where it fails."""
    if _GO_HEX.match(text):
        return _hexadecimal(text)
    match = _GO_FLOAT.match(text)
    if not match or not (match[2] or match[3]):
        return None
    sign, whole, decimals, exponent = (part.replace("_", "") if part else "" for part in match.groups())
    digits = (whole + decimals).lstrip("0")
    if not digits:
        return 0
    power = _exponent(exponent) - len(decimals)
    size = len(digits) + power
    if size > _MOST_DIGITS:
        return None
    if not decimals and not exponent:
        return int(sign + digits)
    if size < -_MOST_DECIMALS:
        return 0
    kept = digits[:_MOST_DECIMALS]
    value = Fraction(int(kept)) * Fraction(10) ** (power + len(digits) - len(kept))
    # Beyond the greatest float, where ParseFloat gives up: halfway to the next power of two.
    if value >= (1 << 1024) - (1 << 970):
        return None
    return -value if sign == "-" else value


def _exponent(text: str) -> int:
    """An exponent, cut where it is beyond all floats anyway."""
    digits = text.lstrip("+-0") or "0"
    value = int(digits) if len(digits) < 6 else 10**6
    return -value if text.startswith("-") else value


def _hexadecimal(text: str) -> Amount | None:
    """A hexadecimal float of Go."""
    try:
        return Fraction(float.fromhex(text))
    except OverflowError:
        return None


def _product(number: Amount, unit: int) -> Amount:
    """Two numbers multiplied as Rego does: integers exactly, others rounded and written as decimal digits."""
    if isinstance(number, int):
        return number * unit
    result = _rounded(_rounded(number) * _rounded(unit))
    if isinstance(result, int) and abs(result) < 1 << _BITS:
        return result
    exact = Fraction(result)
    # Digits before the point, roughly: enough to count significant ones from.
    size = math.floor((abs(exact.numerator).bit_length() - exact.denominator.bit_length()) * math.log10(2)) + 1
    for digits in range(_ENOUGH_DIGITS):
        step = Fraction(10) ** (size - digits)
        shortest = round(exact / step) * step
        if shortest and _rounded(shortest) == result:
            return shortest
    return result


def _rounded(value: Amount) -> Amount:
    """A number with 64 binary digits, half to even, which is what Go's big.Float keeps by default."""
    if isinstance(value, int):
        if -(1 << _BITS) < value < 1 << _BITS:
            return value
        value = Fraction(value)
    if not value:
        return 0
    excess = abs(value.numerator).bit_length() - value.denominator.bit_length() - _BITS
    for shift in (excess, excess + 1):
        scaled = value / Fraction(2) ** shift
        if abs(scaled) < 1 << _BITS:
            result = round(scaled) * Fraction(2) ** shift
            return int(result) if result.denominator == 1 else result
    raise AssertionError("a number has one length or the next")
