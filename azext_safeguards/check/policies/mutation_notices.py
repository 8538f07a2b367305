# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""mutation-notices: a cluster says which mutations changed a Pod. There is nothing in it for an offline check.

The template (Azure/draft, pkg/safeguards/lib/v2.1.0/print-mutations-annotations/template.yaml at cc007591) reads the
annotation gatekeeper.sh/mutations, which Gatekeeper writes on the way in.
"""

from __future__ import annotations

from azext_safeguards.check.policies.policy import POD, Policy
from azext_safeguards.domain.initiative.titles import title_of

POLICY = Policy(
    short="mutation-notices",
    reference_id="printMutationsAnnotations",
    constraint="k8sazurev1printmutationsannota",
    title=title_of("mutation-notices"),
    why="Who applies a manifest should know that the cluster changed it.",
    fix="Nothing has to be fixed; set the changed fields yourself and the notice goes away.",
    patch="""\
spec: {}
""",
    docs="https://learn.microsoft.com/azure/aks/deployment-safeguards",
    kinds=frozenset({POD}),
    offline="the annotation that it reads is written by the cluster; --show-mutations shows what would be changed",
    template_parameters=("messages",),
)
