# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Rego and Go do with JSON values: print them, order them, walk through them.

The policies' templates are Rego. Their messages come from OPA's `sprintf` (open-policy-agent/opa,
v1/topdown/strings.go): integers and floats as Go has them, strings bare, everything else as Rego would write it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from azext_safeguards.domain.go_quoting import quoted

MISSING: Any = object()
"""What Rego calls undefined."""

_INT64 = 1 << 63


def show(value: Any) -> str:
    """A value as `%v` prints it."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return _go_float(value, 6)
    return literal(value)


def show_string(value: Any) -> str:
    """A value as `%s` prints it, which complains about numbers."""
    if isinstance(value, float):
        return f"%!s(float64={_go_float(value, 6)})"
    if isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64:
        return f"%!s(int64={value})"
    return show(value)


def show_integer(value: Any) -> str:
    """A value as `%d` prints it, which complains about everything but integers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(Decimal(value))
    kind = "float64" if isinstance(value, float) else "string"
    return f"%!d({kind}={show(value)})"


def literal(value: Any) -> str:
    """A value as Rego writes it: JSON with spaces after commas and colons, and keys in order."""
    if isinstance(value, str):
        return quoted(value)
    if value.__class__ is int and -_INT64 <= value < _INT64:
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # Unlike str(), Decimal has no limit of digits.
        return str(value) if -_INT64 <= value < _INT64 else str(Decimal(value))
    if isinstance(value, float):
        return _go_float(value, 21)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return "{" + ", ".join(f"{literal(key)}: {literal(value[key])}" for key in sorted(value)) + "}"


def literal_set(values: Iterable[str]) -> str:
    """A set of strings as Rego writes it."""
    members = sorted(set(values))
    return "{" + ", ".join(map(literal, members)) + "}" if members else "set()"


def greater(left: Any, right: Any) -> bool:
    """`left > right` for any two values, which Rego orders by type first: null, booleans, numbers, strings, arrays,
    objects."""
    return compare(left, right) > 0


def compare(left: Any, right: Any) -> int:
    """-1, 0 or 1 as Rego orders two values."""
    kind = _rank(left)
    order = kind - _rank(right)
    if order or left is None:
        return (order > 0) - (order < 0)
    if kind < 4:
        return int(left > right) - int(left < right)
    if kind == 4:
        pairs = list(zip(left, right, strict=False))
    else:
        keys, others = sorted(left), sorted(right)
        pairs = []
        for key, other in zip(keys, others, strict=False):
            pairs += [(key, other), (left[key], right[other])]
    for ours, theirs in pairs:
        order = compare(ours, theirs)
        if order:
            return order
    return (len(left) > len(right)) - (len(left) < len(right))


def get(value: Any, *keys: str) -> Any:
    """What `value.a.b` is in Rego; MISSING where it is undefined."""
    for key in keys:
        if not isinstance(value, dict):
            return MISSING
        value = value.get(key, MISSING)
    return value


def elements(value: Any) -> Iterable[tuple[Any, Any]]:
    """The keys and values that `value[key]` goes through: of a list or of a mapping, of nothing else."""
    if isinstance(value, list):
        return enumerate(value)
    if isinstance(value, dict):
        return value.items()
    return ()


def _rank(value: Any) -> int:
    """Where the type of a value stands in Rego's order."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return 1
    if isinstance(value, int | float):
        return 2
    if isinstance(value, str):
        return 3
    return 4 if isinstance(value, list) else 5


def _go_float(value: float, most: int) -> str:
    """The shortest digits that mean a float, with an exponent below 1e-4 and from 10**most on (strconv, 'g', -1)."""
    sign, digits, _ = Decimal(repr(value)).normalize().as_tuple()
    exponent = Decimal(repr(value)).adjusted()
    text = "".join(map(str, digits))
    minus = "-" if sign else ""
    if text == "0":
        return minus + "0"
    if exponent < -4 or exponent >= most:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        return f"{minus}{text[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return minus + format(Decimal(repr(value)).normalize(), "f")
