# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The member policies of the safeguards initiative, one record each: nothing else says who a policy is.

Reference ids, and what the policies do: Azure/azure-policy, AKS_Safeguards.json and built-in-policies/
policyDefinitions/Kubernetes. v1.0.0 has the 11 validators of the first published list, which are also all members of
initiative 1.3.2 to 1.4.1; v2.0.0 the 15 rows of the documented table (MicrosoftDocs/azure-aks-docs, 2024-04-25) and
the notices. The words are ours.
"""

from __future__ import annotations

from typing import Any

from azext_safeguards.domain.initiative.records.mutations import MUTATIONS
from azext_safeguards.domain.initiative.records.pod_security import POD_SECURITY
from azext_safeguards.domain.initiative.records.record import Record
from azext_safeguards.domain.initiative.records.validators import VALIDATORS

__all__ = ["NOTICES", "RECORDS", "Record", "members"]

RECORDS: dict[str, Record] = {record.short: record for record in (*VALIDATORS, *MUTATIONS, *POD_SECURITY)}
"""Every record by its short name."""

NOTICES = RECORDS["mutation-notices"]
"""The member that prints what mutations did; it never denies."""


def members(short: str) -> dict[str, Any]:
    """The members of a record by name, for a class that adds to what a record holds.

    :raises KeyError: when there is no policy of that short name.
    """
    return dict(vars(RECORDS[short]))
