# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""API groups that no cluster has."""

from __future__ import annotations

import re

from azext_safeguards.check.apiserver.types import table

KUSTOMIZE = "kustomize.config.k8s.io"
"""The group of what is in files of kustomize alone."""

_GROUP = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


def is_not_served(group: str) -> bool:
    """Whether no cluster has an API group: one was there until Kubernetes 1.22, one is for files of kustomize alone."""
    return group in ("extensions", KUSTOMIZE)


def is_misspelt(group: str, kind: str) -> bool:
    """Whether a group can hardly be meant: `app` of a Deployment. Groups of custom resources are domains; of tools the
    kinds of files have other names than Kubernetes' own."""
    return "." not in group and group not in table().groups and bool(table().kinds_named_like(kind))


def can_be_served(group: str) -> bool:
    """Whether there can be an API group of this name on any cluster."""
    return not group or _GROUP.fullmatch(group) is not None
