# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Parts of containers that have been validated before, and with which nothing is wrong."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from azext_safeguards.check.apiserver.shared import Shared
from azext_safeguards.check.apiserver.validation.errors import MOST_ERRORS, Errors

_MOST = 100


def is_known_valid(part: dict[str, Any], around: Hashable) -> bool:
    """Whether a rule has found nothing wrong with a part.

    :param around: the rule, and all that it looks at beside the part itself.
    """
    return part.__class__ is Shared and around in part.valid_for  # type: ignore[attr-defined]


def remember_valid(errors: Errors, before: int, part: dict[str, Any], around: Hashable) -> None:
    """Remembers that nothing is wrong with a part, if there are as many errors as `before`, and none could be lost."""
    if isinstance(part, Shared) and len(errors.refusals) == before < MOST_ERRORS and len(part.valid_for) < _MOST:
        part.valid_for.add(around)
