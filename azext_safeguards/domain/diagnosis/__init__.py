# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Why is nothing happening? Facts in, an ordered list of checks out; the first that is not ok is the first cause."""

from __future__ import annotations

from collections.abc import Callable

from azext_safeguards.domain.diagnosis.body import (
    check_assignment,
    check_drift,
    check_level,
    check_mode,
    check_namespaces,
    check_parameters,
    check_pin,
)
from azext_safeguards.domain.diagnosis.evidence import Check, Evidence, Status
from azext_safeguards.domain.diagnosis.exceptions import (
    check_exemptions,
    check_overrides,
    check_selection,
    check_wider,
)
from azext_safeguards.domain.diagnosis.ground import (
    check_addon,
    check_cluster,
    check_feature,
    check_managed,
    check_provider,
)
from azext_safeguards.domain.diagnosis.timing import check_age, check_compliance
from azext_safeguards.domain.preflight import NAMESPACE, POLICY_INSIGHTS

__all__ = ["Check", "Evidence", "Status", "diagnose"]


def diagnose(evidence: Evidence) -> list[Check]:
    """All checks, in the order in which one cause hides the next."""
    checks: list[Callable[[Evidence], Check | None]] = [
        check_cluster,
        check_feature,
        lambda given: check_provider(given, NAMESPACE, given.container_service),
        lambda given: check_provider(given, POLICY_INSIGHTS, given.policy_insights),
        check_addon,
        check_managed,
        check_assignment,
        check_level,
        check_mode,
        check_namespaces,
        check_pin,
        check_parameters,
        check_selection,
        check_overrides,
        check_exemptions,
        check_drift,
        check_wider,
        check_age,
        check_compliance,
    ]
    return [check for ask in checks if (check := ask(evidence)) is not None]
