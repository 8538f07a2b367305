# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a mutation changes, as a unified diff of YAML."""

from __future__ import annotations

import difflib
from typing import Any

import yaml

# More than this takes seconds to write and helps nobody.
MOST_VALUES = 20_000


class _Dumper(yaml.SafeDumper):
    """Writes shared values in full: anchors in a diff only confuse."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Never an alias."""
        return True


def unified(before: dict[str, Any], after: dict[str, Any]) -> str:
    """A unified diff of two objects as YAML, ending with a newline; "" where they are equal."""
    kind, name = before.get("kind"), before.get("metadata", {}).get("name")
    label = f"{kind}/{name}"
    if not _fits([before, after]):
        return f"--- {label}: too large to show\n"
    lines = difflib.unified_diff(_lines(before), _lines(after), f"{label} as given", f"{label} as mutated", n=3)
    return "".join(lines)


def _fits(values: list[Any]) -> bool:
    """Whether some values, with everything that aliases repeat, are few enough to be written."""
    left = MOST_VALUES
    while values:
        value = values.pop()
        left -= 1
        if left < 0:
            return False
        if isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list):
            values += value
    return True


def _lines(content: dict[str, Any]) -> list[str]:
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return text.splitlines(keepends=True)
