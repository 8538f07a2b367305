# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Checks of time: has the assignment had the time to reach the cluster, and has compliance been evaluated?"""

from __future__ import annotations

from datetime import timedelta

from azext_safeguards.domain.assignment.currency import currency_of, last_write
from azext_safeguards.domain.diagnosis.evidence import Check, Evidence, Status, first_line
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.moments import parse_time
from azext_safeguards.domain.remedies import remedy

# What the documentation of 2024 says (MicrosoftDocs/azure-aks-docs, deployment-safeguards.md): another level takes up
# to 15 minutes, Azure Policy up to 20 when it is used for the first time, its first sync with a cluster up to 35.
LEVEL_DELAY = timedelta(minutes=15)
FIRST_USE_DELAY = timedelta(minutes=20)
FIRST_SYNC_DELAY = timedelta(minutes=35)


def check_age(given: Evidence) -> Check | None:
    """Whether it has had the time to reach the cluster."""
    if given.assignment is None:
        return None
    metadata = given.assignment.properties.get("metadata") or {}
    created, updated = parse_time(metadata.get("createdOn")), parse_time(metadata.get("updatedOn"))
    last = updated or created
    if last is None:
        return Check("age", Status.UNKNOWN, "The assignment does not say when it was written.")
    limit = LEVEL_DELAY if updated and created and given.now - created > FIRST_SYNC_DELAY else FIRST_SYNC_DELAY
    age = given.now - last
    seen = f"Last written {_minutes(age)} ago."
    if age >= limit:
        return Check("age", Status.OK, seen)
    if limit is FIRST_SYNC_DELAY:
        what = (
            f"A first assignment needs up to {_minutes(FIRST_SYNC_DELAY)} to reach the cluster, "
            f"the add-on when it is new up to {_minutes(FIRST_USE_DELAY)}."
        )
    else:
        what = f"A change needs up to {_minutes(LEVEL_DELAY)} to reach the cluster."
    return Check("age", Status.WARNING, f"{seen} {what} Wait until then; there is nothing to run.")


def check_compliance(given: Evidence) -> Check | None:
    """Whether compliance has been evaluated."""
    if given.assignment is None:
        return None
    read = given.last_state
    if read.failed:
        return Check("compliance", Status.UNKNOWN, f"Could not read it: {first_line(read.error)}")
    if not read.value:
        return Check(
            "compliance",
            Status.WARNING,
            "Azure Policy has no compliance data of this cluster yet.",
            (remedy("scan", cluster=given.ref),),
        )
    found = currency_of(read.value, [last_write(given.assignment.body)])
    seen = f"Compliance was last evaluated at {read.value}"
    if found.is_outdated and given.assignment.intent.level is not Level.OFF:
        seen = f"{seen}, before the last change of the assignment at {found.last_change}."
        return Check("compliance", Status.WARNING, seen, (remedy("scan", cluster=given.ref),))
    return Check("compliance", Status.OK, f"{seen}.")


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return (
        f"{minutes} minutes"
        if minutes < 120
        else f"{minutes // 60} hours"
        if minutes < 2880
        else f"{minutes // 1440} days"
    )
