# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is wrong with a pattern."""

from __future__ import annotations


class PatternError(ValueError):
    """A pattern that RE2 refuses; the text says why.

    :ivar varies: whether it depends on the version of Gatekeeper (on the Go that built it) if it is refused.
    """

    def __init__(self, reason: str, *, varies: bool = False) -> None:
        super().__init__(reason)
        self.varies = varies
