# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""resource-requests: every container requests CPU and memory.

The template is not published. `container <c> has no resource requests` is from MicrosoftDocs/azure-aks-docs,
articles/aks/deployment-safeguards.md; rule and other texts are the Gatekeeper library's (see `amounts`), without
its maximum, for which the definition has no parameter.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.amounts import Wanted, violations
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.records import members

_REQUESTS = Wanted("requests", "request")


def _rule(pod: Object, parameters: Parameters) -> Iterable[Violation]:
    return violations(pod, parameters, _REQUESTS)


POLICY = Policy(
    **members("resource-requests"),
    rule=_rule,
    confidence=Confidence.TWIN,
)
