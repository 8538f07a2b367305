# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The workloads of Kubernetes, and where each has its Pod template."""

from __future__ import annotations

from azext_safeguards.check.policies.policy import POD

_TEMPLATE = ("spec", "template")
TEMPLATES: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("apps", "DaemonSet"): _TEMPLATE,
    ("batch", "Job"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("", "ReplicationController"): _TEMPLATE,
}
"""(group, kind) of a workload -> where its Pod template is."""

POD_PLACES: dict[tuple[str, str], tuple[str, ...]] = {POD: (), **TEMPLATES}
"""(group, kind) of whatever holds a Pod's metadata and spec -> where they are."""
