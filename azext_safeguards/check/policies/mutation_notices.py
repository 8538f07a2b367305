# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutation-notices: a cluster says which mutations changed a Pod. There is nothing in it for an offline check.

The template (Azure/draft, pkg/safeguards/lib/v2.1.0/print-mutations-annotations/template.yaml at cc007591) reads the
annotation gatekeeper.sh/mutations, which Gatekeeper writes on the way in.
"""

from __future__ import annotations

from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.domain.initiative.records import members

POLICY = Policy(
    **members("mutation-notices"),
    offline="the annotation that it reads is written by the cluster; --show-mutations shows what would be changed",
)
