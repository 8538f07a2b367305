# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Labels of nodes that have other names now (pkg/api/node/util.go)."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.warnings.warned import Warnings

Object = dict[str, Any]

OLD_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
"""What the API server says of each."""


def warn_of_label(warnings: Warnings, label: str, path: Path) -> None:
    """Warns of a label that a field names."""
    message = OLD_LABELS.get(label)
    if message:
        warnings.field(path, f"{label} is {message}")


def warn_of_term(warnings: Warnings, term: Object, path: Path, *, with_values: bool = False) -> None:
    """Warns of labels in a term of a node affinity, and of values that no label can have."""
    for index, one in enumerate(term.get("matchExpressions") or ()):
        at = (*path, "matchExpressions", index)
        warn_of_label(warnings, one.get("key", ""), (*at, "key"))
        for number, value in enumerate((with_values and one.get("values")) or ()):
            for message in names.label_value(value):
                warnings.field((*at, "values", number), f"{value} is invalid, {message}")
