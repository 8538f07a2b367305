# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""resource-limits: every container has CPU and memory limits, and none above the maximum.

Source of rule and texts: Azure/draft, pkg/safeguards/lib/manifests/v1.0.0/container-resource-limits/template.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.amounts import Wanted, violations
from azext_safeguards.check.policies.policy import Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.records import members

_LIMITS = Wanted("limits", "limit", ("cpuLimit", "memoryLimit"), excludes_names=True)


def _rule(pod: Object, parameters: Parameters) -> Iterable[Violation]:
    return violations(pod, parameters, _LIMITS)


POLICY = Policy(
    **members("resource-limits"),
    rule=_rule,
)
