# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain Roles and their bindings."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain.fields import items, of, one_of, text
from azext_safeguards.check.apiserver.plain.texts import path_segment, some, subdomain, texts

Object = dict[str, Any]

_GROUP = "rbac.authorization.k8s.io"

RULES = items(
    of(
        {"apiGroups": texts, "resources": texts, "verbs": texts, "resourceNames": texts},
        *("apiGroups", "resources", "verbs"),
    )
)
"""The rules of a Role."""


def role_reference(*kinds: str) -> Any:
    """What a binding refers to, a role of one of some kinds."""
    fields = {"apiGroup": one_of(_GROUP), "kind": one_of(*kinds), "name": path_segment}
    return of(fields, "kind", "name")


_SUBJECT = of({"kind": str, "name": text, "namespace": str, "apiGroup": one_of(_GROUP)}, "kind", "name")


def subjects(found: Any) -> Any:
    """To whom a role is given."""
    return _subjects(found, needs_namespace=False)


def subjects_of_all(found: Any) -> Any:
    """The same where it is given in all namespaces."""
    return _subjects(found, needs_namespace=True)


def _subjects(found: Any, *, needs_namespace: bool) -> Any:
    for one in some(found):
        _SUBJECT(one)
        if one["kind"] == "ServiceAccount":
            subdomain(one["name"])
            if "apiGroup" in one or (needs_namespace and not one.get("namespace")):
                raise Doubt
        elif one["kind"] != "User" and one["kind"] != "Group":
            raise Doubt
    return found
