# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What begins to act with a change and turns away more than its level says."""

from __future__ import annotations

from azext_safeguards.domain.acting.acting import MUTATE, Acting
from azext_safeguards.domain.initiative.records import RECORDS


def limits_filled_in(before: Acting | None, after: Acting | None) -> str:
    """A sentence about the limits that a change has mutations begin to fill in; empty where it has none begin.

    The API server judges a Pod as it was mutated: tried with a real one, a Pod that requests 1 CPU and has no limit was
    refused, and a Deployment with such a template was taken and never got its Pods.

    :param before: what acts now; None for nothing.
    :param after: what would act then; None where that is not known.
    """
    limits = [
        f"{amount} {what}"
        for short, record in RECORDS.items()
        if record.fills_in and after is not None and after.does(short) == MUTATE
        for what, amount in [record.fills_in]
        if before is None or before.does(short) != MUTATE
    ]
    if not limits:
        return ""
    return (
        f"Containers without a limit get one of {' and '.join(limits)}, so that a Pod that requests more and has no "
        "limit of its own is refused; a workload with such a template is taken, and its Pods are refused."
    )
