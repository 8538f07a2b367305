# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""RE2, the regular expressions of policies: what it refuses, and whether a pattern occurs in a text, in linear time.

Gatekeeper evaluates policies in Rego, whose `regex.match` is Go's regexp package (open-policy-agent/opa). Where Go and
RE2 in C++ differ, the door takes what both take: a pattern lives longer than the Gatekeeper that reads it.
"""

from __future__ import annotations

from functools import lru_cache

from azext_safeguards.domain.re2.errors import PatternError
from azext_safeguards.domain.re2.matching import Pattern
from azext_safeguards.domain.re2.parsing import parse

__all__ = ["Pattern", "PatternError", "compiled", "problems", "quote"]

_META = frozenset("\\.+*?()|[]{}^$")


def problems(pattern: str) -> list[str]:
    """Why RE2 refuses a pattern, one sentence fragment each; empty where it takes it."""
    try:
        parse(pattern)
    except PatternError as error:
        return [str(error)]
    return []


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Pattern:
    """The pattern, ready to look for.

    :raises PatternError: when RE2 refuses it; `varies` says whether only some Gatekeepers do.
    """
    return Pattern(parse(pattern))


def quote(text: str) -> str:
    """The RE2 pattern that matches exactly a text."""
    return "".join(f"\\{character}" if character in _META else character for character in text)
