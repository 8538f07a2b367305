# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Moving a cluster between AKS's managed deployment safeguards and an assignment of ours: what to do next, and what
is lost on the way.

The new one is put in place before the old one is taken away, so that at every moment at least one of them is there.
What is there says how far a move has come; nothing else is recorded, so that a move that was interrupted is finished
by starting it again, and undone by starting the other one. Whether AKS refuses managed safeguards beside an assignment
of this name is not known (NOT FOUND): it is taken to accept them, and if it does not, nothing was changed.
"""

from __future__ import annotations

from azext_safeguards.domain.managed import state_of
from azext_safeguards.domain.migration.losses import (
    lost_with_assignment,
    lost_with_managed,
    question,
)
from azext_safeguards.domain.migration.otherwise import other_with_assignment, other_with_managed
from azext_safeguards.domain.migration.refusals import (
    nothing_to_move,
    refuse_automatic,
    refuse_kept_away,
    refuse_unenforced,
)
from azext_safeguards.domain.migration.settings import (
    FINAL_STATES,
    MigrationError,
    Target,
    change_for,
    has_settings,
    managed_settings,
)

__all__ = [
    "FINAL_STATES",
    "MigrationError",
    "Target",
    "change_for",
    "has_settings",
    "lost_with_assignment",
    "lost_with_managed",
    "managed_settings",
    "nothing_to_move",
    "other_with_assignment",
    "other_with_managed",
    "question",
    "refuse_automatic",
    "refuse_kept_away",
    "refuse_unenforced",
    "state_of",
]
