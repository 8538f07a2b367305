# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What somebody probably meant who typed a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_CUTOFF = 0.6
# A shorter text is part of too many names.
_SHORTEST_PART = 4


def nearest(given: str, known: Iterable[str]) -> str:
    """The name that is meant, or ""; case, hyphens and underscores do not count."""
    names = {_plain(name): name for name in known}
    wanted = _plain(given)
    close = get_close_matches(wanted, names, n=1, cutoff=_CUTOFF)
    if close:
        return names[close[0]]
    if len(wanted) < _SHORTEST_PART:
        return ""
    parts = [
        name for plain, name in names.items() if wanted in plain or (len(plain) >= _SHORTEST_PART and plain in wanted)
    ]
    # Where several hold it, nobody knows which is meant.
    return parts[0] if len(parts) == 1 else ""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """`; did you mean NAME?` to end a sentence with, or the full stop alone."""
    name = nearest(given, known)
    return f"; did you mean {name}?" if name else "."


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "").replace("-", "")
