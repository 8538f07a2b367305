# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Roles and their bindings."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names, selectors
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.metadata import check_name

Object = dict[str, Any]

_GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def role(errors: Errors, content: Object) -> None:
    """Checks a Role."""
    _rules(errors, content, is_namespaced=True)


def cluster_role(errors: Errors, content: Object) -> None:
    """Checks a ClusterRole."""
    _rules(errors, content, is_namespaced=False)
    aggregation = content.get("aggregationRule")
    if aggregation is None:
        return
    at = ("aggregationRule", "clusterRoleSelectors")
    found = aggregation.get("clusterRoleSelectors") or ()
    if not found:
        errors.required(at, "at least one clusterRoleSelector required if aggregationRule is non-nil")
    for index, selector in enumerate(found):
        if not selectors.label_selector(errors, selector, (*at, index)):
            errors.invalid((*at, index), None, "invalid label selector.", reason="the selector is not valid")


def _rules(errors: Errors, content: Object, *, is_namespaced: bool) -> None:
    for index, rule in enumerate(content.get("rules") or ()):
        at = ("rules", index)
        if not rule.get("verbs"):
            errors.required((*at, "verbs"), "verbs must contain at least one value")
        urls = rule.get("nonResourceURLs")
        if urls:
            place = (*at, "nonResourceURLs")
            if is_namespaced:
                errors.invalid(place, urls, "namespaced rules cannot apply to non-resource URLs")
            if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
                errors.invalid(place, urls, "rules cannot apply to both regular resources and non-resource URLs")
            continue
        if not rule.get("apiGroups"):
            errors.required((*at, "apiGroups"), "resource rules must supply at least one api group")
        if not rule.get("resources"):
            errors.required((*at, "resources"), "resource rules must supply at least one resource")


def role_binding(errors: Errors, content: Object) -> None:
    """Checks a RoleBinding."""
    _binding(errors, content, ("Role", "ClusterRole"))


def cluster_role_binding(errors: Errors, content: Object) -> None:
    """Checks a ClusterRoleBinding."""
    _binding(errors, content, ("ClusterRole",))


def _binding(errors: Errors, content: Object, kinds: tuple[str, ...]) -> None:
    reference = content.get("roleRef") or {}
    # Left out it is filled in.
    group, kind, name = (reference.get("apiGroup") or _GROUP, reference.get("kind", ""), reference.get("name", ""))
    if group != _GROUP:
        errors.unsupported(("roleRef", "apiGroup"), group, (_GROUP,), is_text=True)
    if kind not in kinds:
        errors.unsupported(("roleRef", "kind"), kind, kinds, is_text=True)
    if not name:
        errors.required(("roleRef", "name"))
    else:
        check_name(errors, ("roleRef", "name"), name, names.path_segment)
    for index, subject in enumerate(content.get("subjects") or ()):
        _subject(errors, subject, ("subjects", index), needs_namespace=len(kinds) == 1)


def _subject(errors: Errors, subject: Object, path: Path, *, needs_namespace: bool) -> None:
    kind, name, group = (subject.get("kind", ""), subject.get("name", ""), subject.get("apiGroup", ""))
    if not name:
        errors.required((*path, "name"))
    if kind == "ServiceAccount":
        if name:
            check_name(errors, (*path, "name"), name, names.subdomain)
        if group:
            errors.unsupported((*path, "apiGroup"), group, ("",), is_text=True)
        if needs_namespace and not subject.get("namespace"):
            errors.required((*path, "namespace"))
    elif kind in _SUBJECTS:
        if (group or _GROUP) != _GROUP:
            errors.unsupported((*path, "apiGroup"), group, (_GROUP,), is_text=True)
    else:
        errors.unsupported((*path, "kind"), kind, _SUBJECTS, is_text=True)
