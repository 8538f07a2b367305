# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Ids of rows: the same in the next run as long as the row says the same about the same thing."""

from __future__ import annotations

import hashlib
from collections import Counter

_DIGITS = 16


class Ids:
    """Gives each row of a page its id, which is the fragment of its permalink."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, *identity: str) -> str:
        """An id from what identifies a row, none of which may change from run to run.

        For a finding of `check` that is file, kind, namespace, name, policy and message: the id begins as its
        fingerprint in SARIF does.
        """
        text = "\0".join(identity)
        digits = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
        self._seen[digits] += 1
        return f"f-{digits}" + (f"-{self._seen[digits]}" if self._seen[digits] > 1 else "")
