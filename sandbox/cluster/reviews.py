# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is asked and not kept: who am I, may I. Whoever has the token may do everything."""

from __future__ import annotations

from typing import Any

from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]
USER = "sandbox"
_GROUPS = ["system:masters", "system:authenticated"]


def review(kind: Kind, item: Json) -> Json:
    """Return a review with its answer."""
    metadata = {"creationTimestamp": None, **(item.get("metadata") or {})}
    answer: Json
    if kind.kind == "SelfSubjectReview":
        answer = {"userInfo": {"username": USER, "groups": _GROUPS}}
    elif kind.kind == "SelfSubjectRulesReview":
        everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
        answer = {
            "resourceRules": [everything],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
            "incomplete": False,
        }
    elif kind.kind == "TokenReview":
        answer = {"authenticated": False, "user": {}, "error": "the sandbox reviews no tokens"}
    else:
        answer = {"allowed": True, "reason": "the sandbox allows everything to whoever has its token"}
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, "spec": item.get("spec") or {},
            "status": answer}  # fmt: skip
