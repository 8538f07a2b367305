# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""resource-limits: every container has CPU and memory limits, and none above the maximum.

Source of rule and texts: Azure/draft, pkg/safeguards/lib/manifests/v1.0.0/container-resource-limits/template.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.amounts import Wanted, violations
from azext_safeguards.check.policies.policy import POD, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.titles import title_of

_LIMITS = Wanted("limits", "limit", ("cpuLimit", "memoryLimit"), excludes_names=True)


def _rule(pod: Object, parameters: Parameters) -> Iterable[Violation]:
    return violations(pod, parameters, _LIMITS)


POLICY = Policy(
    short="resource-limits",
    reference_id="memoryAndCPULimitsInKubernetesCluster",
    constraint="k8sazurev3containerlimits",
    title=title_of("resource-limits"),
    why="A container without limits can take all CPU and memory of its node and starve its neighbours.",
    fix="Set resources.limits.cpu and resources.limits.memory of every container and init container, at most as high "
    "as the assignment's cpuLimit and memoryLimit.",
    patch="""\
spec:
  containers:
    - name: my-container
      resources:
        limits:
          cpu: 200m
          memory: 256Mi
""",
    docs="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    kinds=frozenset({POD}),
    rule=_rule,
    template_parameters=("cpuLimit", "memoryLimit", "excludedContainers", "excludedImages"),
)
