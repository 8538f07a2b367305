# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a check refuses to start with, as a value that any front end can show."""

from __future__ import annotations

from collections.abc import Iterable


class CheckError(Exception):
    """A refusal of what the user gave: nothing was checked.

    :param message: one clear sentence.
    :param todo: what to do, one step each; commands where they can be pasted.
    """

    def __init__(self, message: str, todo: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.todo = tuple(todo)
