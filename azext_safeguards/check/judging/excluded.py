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

    @lru_cache(maxsize=4096)
    def is_excluded(namespace: str) -> bool:
        return any(_matches(pattern, namespace) for pattern in patterns)

    return is_excluded


def _matches(pattern: str, namespace: str) -> bool:
    starts, ends = pattern.startswith("*"), pattern.endswith("*")
    if starts and ends:
        return pattern[1:-1] in namespace if len(pattern) > 1 else True
    if starts:
        return namespace.endswith(pattern[1:])
    return namespace.startswith(pattern[:-1]) if ends else pattern == namespace
