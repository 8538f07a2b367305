# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Numbers as Go's encoding/json writes them."""

from __future__ import annotations

from decimal import Decimal

_INT64 = 1 << 63


def go_number(value: float) -> str:
    """A number as kubectl sends it: integers beyond an int64 are floats to it, and exponents begin at 1e21 and 1e-7."""
    if isinstance(value, int):
        if -_INT64 <= value < _INT64:
            return str(value)
        value = float(value) if abs(value) < 10**308 else float("inf")
    text = repr(value)
    if "inf" in text or "nan" in text:
        return text
    number = Decimal(text).normalize()
    size = abs(value)
    if size and (size < 1e-6 or size >= 1e21):
        sign, digits, _ = number.as_tuple()
        exponent = number.adjusted()
        fraction = "." + "".join(map(str, digits[1:])) if len(digits) > 1 else ""
        mark = "-" if exponent < 0 else "+"
        return f"{'-' if sign else ''}{digits[0]}{fraction}e{mark}{abs(exponent)}"
    return format(number, "f")
