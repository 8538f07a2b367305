# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Parameters that are regular expressions (RE2) to the templates, each compiled once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from azext_safeguards.domain.re2 import translation as re2


@lru_cache(maxsize=64)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern for Python; None for one that RE2 refuses or Python cannot express."""
    try:
        return re2.to_python(pattern)
    except (ValueError, re.error, RecursionError, OverflowError):
        return None


@lru_cache(maxsize=64)
def is_refused(pattern: str) -> bool:
    """Whether RE2 refuses the pattern, so that Rego's `regex.match` is never true."""
    return bool(re2.problems(pattern))


def occurs(pattern: Any, text: Any) -> bool:
    """`regex.match`: whether the pattern occurs anywhere in the text; false for what is no string."""
    if not isinstance(pattern, str) or not isinstance(text, str):
        return False
    found = compiled(pattern)
    return found is not None and found.search(text) is not None
