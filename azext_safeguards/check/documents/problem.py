# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is told of a text that could not be read, or not as it was meant, and of what."""

from __future__ import annotations

from typing import Any, NamedTuple


class Problem(NamedTuple):
    """Something in a file that could not be read, or not as it was meant. Line and column count from 1."""

    line: int
    column: int
    reason: str
    cluster: str = ""
    """What kubectl says, where it refuses what could be read."""

    data: Any = None
    """The object that this keeps from the cluster, where it could be read all the same."""

    def without_lines(self) -> Problem:
        """The same problem in line 1, column 1."""
        return self._replace(line=1, column=1)


def is_object(data: Any) -> bool:
    """Whether a document is an object to kubectl, of which more is told than that it is none."""
    return isinstance(data, dict) and isinstance(data.get("kind"), str) and isinstance(data.get("apiVersion"), str)
