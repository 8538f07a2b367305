# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The Pods that workloads imply, as Gatekeeper's expansion makes them (open-policy-agent/gatekeeper, pkg/expansion).

AKS's own list of kinds is not published; these are the workloads of Kubernetes.
"""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.policies.policy import Object, Path
from azext_safeguards.check.policies.workloads import TEMPLATES as TEMPLATES


def implied_pod(workload: Object, template_path: Path, name: str, namespace: str) -> dict[str, Any] | None:
    """The Pod of a workload: `{name}-pod` in lower case, in the workload's namespace; None without a template.

    The Pod shares the template's values, which nobody may change.
    """
    template: Any = workload
    for step in template_path:
        template = template.get(step) if isinstance(template, dict) else None
    if not isinstance(template, dict):
        return None
    metadata = template.get("metadata")
    own = metadata if isinstance(metadata, dict) else {}
    head = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**own, "name": f"{name}-pod".lower(), "namespace": namespace},
    }
    # Twice: where the fields stand, and what they say whatever the template says.
    return {**head, **template, **head}
