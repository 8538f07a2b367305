# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which namespaces an assignment leaves alone, as Gatekeeper matches its entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache


def matcher(entries: Iterable[str]) -> Callable[[str], bool]:
    """A function that says whether a namespace is excluded.

    An entry is exact, or has `*` at its beginning, its end or both: a suffix, a prefix, or a part of the name
    (open-policy-agent/gatekeeper, pkg/wildcard).
    """
    patterns = tuple(dict.fromkeys(entries))
    exact = frozenset(pattern for pattern in patterns if not pattern.startswith("*") and not pattern.endswith("*"))
    parts = tuple(pattern[1:-1] for pattern in patterns if pattern.startswith("*") and pattern.endswith("*"))
    ends = tuple(pattern[1:] for pattern in patterns if pattern.startswith("*") and not pattern.endswith("*"))
    starts = tuple(pattern[:-1] for pattern in patterns if pattern.endswith("*") and not pattern.startswith("*"))

    @lru_cache(maxsize=4096)
    def is_excluded(namespace: str) -> bool:
        is_named = namespace in exact or namespace.startswith(starts) or namespace.endswith(ends)
        return is_named or any(part in namespace for part in parts)

    return is_excluded
