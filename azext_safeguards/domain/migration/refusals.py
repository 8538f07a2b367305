# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""When a cluster is not moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azext_safeguards.domain.assignment.others import NOT_SCOPES, SELECTORS, set_by_others
from azext_safeguards.domain.assignment.reading import ASSIGNMENT_NAME, Assignment
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.migration.settings import MigrationError
from azext_safeguards.domain.preflight import is_automatic
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.suspension import NOT_ENFORCED


def refuse_automatic(cluster: Mapping[str, Any], ref: ClusterRef) -> None:
    """Refuses a cluster whose safeguards AKS does not let go.

    :raises MigrationError: for AKS Automatic.
    """
    if is_automatic(cluster):
        raise MigrationError(
            f"The cluster '{ref.name}' is AKS Automatic: its deployment safeguards are always AKS's own.",
            [remedy("show-managed", cluster=ref)],
        )


def refuse_kept_away(assignment: Assignment | None, ref: ClusterRef) -> None:
    """Refuses an assignment that is there and would not protect the cluster once AKS does not.

    :param assignment: what is there; a new one has nothing that keeps it away.
    :raises MigrationError: when somebody's selectors or excluded scopes keep it away.
    """
    for found in set_by_others(assignment) if assignment else ():
        if found.what in (NOT_SCOPES, SELECTORS):
            message = f"The assignment on the cluster '{ref.name}' would not protect it. {found.seen}"
            raise MigrationError(message, [found.way])


def refuse_unenforced(body: Mapping[str, Any], ref: ClusterRef) -> None:
    """Refuses to rely on an assignment that somebody suspended or turned off since it was written.

    :param body: the assignment as it is now.
    :raises MigrationError: when it is not enforced.
    """
    mode = str((body.get("properties") or {}).get("enforcementMode") or "")
    if mode.lower() == NOT_ENFORCED.lower():
        raise MigrationError(
            f"The assignment on the cluster '{ref.name}' is not enforced by now, so AKS's managed safeguards were left "
            "in place.",
            [remedy("migrate", cluster=ref, to="assignment", yes=True)],
        )


def nothing_to_move(ref: ClusterRef) -> MigrationError:
    """The refusal for a cluster that has neither."""
    return MigrationError(
        f"The cluster '{ref.name}' has neither managed safeguards nor the assignment '{ASSIGNMENT_NAME}'.",
        [remedy("set-level", cluster=ref, level="Warning")],
    )
