# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Parameters that are regular expressions (RE2) to the templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.domain.re2 import PatternError

# What each policy searches for; the names are those of the initiative.
_PARAMETERS = {
    "allowed-images": "allowedContainerImagesRegex",
    "no-aks-labels": "labels",
    "reserved-taints": "reservedTaints",
}

# Patterns that are in any text, and those that are nothing but a text: for them RE2 need not be loaded.
_ANYTHING = frozenset(("", ".*", "^.*"))
_PLAIN = re.compile(r"\^?([A-Za-z0-9_./-]+)\$?")


def is_plain(pattern: str) -> bool:
    """Whether a pattern is one that RE2 takes for sure, and that means the same to Python."""
    return pattern in _ANYTHING or _PLAIN.fullmatch(pattern) is not None


@lru_cache(maxsize=64)
def search(pattern: str) -> Callable[[str], bool]:
    """What says whether a pattern occurs in a text: never for one that RE2 refuses, as with Rego's `regex.match`."""
    if pattern in _ANYTHING:
        return _always
    if _PLAIN.fullmatch(pattern):
        # To both languages these are the same, but that Python's $ is also before a last line break.
        return _found_by(re.compile(pattern.replace("$", r"\Z")))
    from azext_safeguards.domain import re2

    try:
        return re2.compiled(pattern).search
    except re2.PatternError:
        return _never


def _never(_: str) -> bool:
    return False


def _always(_: str) -> bool:
    return True


def _found_by(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.search(text) is not None


def occurs(pattern: Any, text: Any) -> bool:
    """`regex.match`: whether the pattern occurs anywhere in the text; false for what is no string."""
    return isinstance(pattern, str) and isinstance(text, str) and search(pattern)(text)


_PIECE = re.compile(r"[A-Za-z0-9_/-]+")


@lru_cache(maxsize=64)
def needed_pieces(patterns: tuple[Any, ...]) -> tuple[tuple[str, ...], ...]:
    """For each pattern the texts of letters, digits, `_`, `/` and `-` that are part of any text in which it occurs.

    Where one of them is missing the pattern does not occur; none where nothing is known of a pattern.
    """
    return tuple(map(_needed, patterns))


def _needed(pattern: Any) -> tuple[str, ...]:
    plain = _PLAIN.fullmatch(pattern) if isinstance(pattern, str) else None
    # A point is any character.
    return tuple(_PIECE.findall(plain[1])) if plain else ()


def unclear_patterns(short: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """Why the patterns of a policy cannot be judged, a sentence each: not every Gatekeeper reads them alike."""
    for pattern, error in _refused(short, parameters):
        if error.varies:
            yield f"its pattern '{pattern}' depends on the version of Gatekeeper: {error}"


def broken_patterns(short: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """What patterns that a cluster refuses make of a policy, a sentence each."""
    effect = "so that no image is allowed" if short == "allowed-images" else "so that it finds nothing"
    for pattern, error in _refused(short, parameters):
        if not error.varies:
            yield f"a cluster refuses its pattern '{pattern}', {effect}: {error}"


def _refused(short: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, PatternError]]:
    value = parameters.get(_PARAMETERS.get(short, ""))
    for pattern in value if isinstance(value, list) else [value]:
        if isinstance(pattern, str) and not is_plain(pattern):
            from azext_safeguards.domain import re2

            try:
                re2.compiled(pattern)
            except re2.PatternError as error:
                yield pattern, error
