# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is copied from one cluster's safeguards to another's."""

from __future__ import annotations

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import Assignment
from azext_safeguards.domain.choices.changing import PolicyReplace
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.remedies import remedy


class NothingToCopyError(SafeguardsError):
    """The source has no settings that another cluster could be given."""


def change_of(assignment: Assignment, source: ClusterRef) -> Change:
    """The change that gives a cluster the settings of an assignment: level, version, excluded namespaces and choices.

    Choices for single policies take the place of what was chosen on the target.

    What was asked for is copied, not what drifted since. What somebody else put on the source stays there alone, and
    so does a suspension.

    :param assignment: the assignment of the source.
    :param source: the cluster that it is on, for what is said.
    :raises NothingToCopyError: when it is at no known level, or at a pin that is no version.
    """
    intent = assignment.intent
    if intent.level is None or intent.version is None:
        lacking = "level" if intent.level is None else "version"
        # A level that is known must not become another one by what is pasted.
        level = "Warning" if intent.level is None else None
        raise NothingToCopyError(
            f"The safeguards of the cluster '{source.name}' are at no known {lacking}, so they can't be copied.",
            [remedy("set-version", cluster=source, level=level, version="v2.0.0")],
        )
    return Change(intent.level, intent.version, assignment.user_namespaces, PolicyReplace(intent.choices))
