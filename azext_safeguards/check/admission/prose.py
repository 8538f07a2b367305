# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is to be known of AKS's own admission policies, in the form of the initiative's members, for reports."""

from __future__ import annotations

from functools import cache

from azext_safeguards.check.admission import KINDS
from azext_safeguards.check.policies.policy import Confidence, Policy
from azext_safeguards.domain.acting.records import ADMISSION
from azext_safeguards.domain.initiative.records import RECORDS


@cache
def policies() -> dict[str, Policy]:
    """Every admission policy by its name; the rules are elsewhere."""
    return {
        one.name: Policy(
            short=one.name,
            reference_id="",
            title=one.title,
            managed_check=one.name,
            pod_security=one.pod_security,
            kinds=KINDS,
            why=one.why,
            fix=one.fix,
            patch=RECORDS[one.like].patch if one.like else "",
            docs=one.docs,
            confidence=Confidence.DESCRIPTION,
        )
        for one in ADMISSION.values()
    }
