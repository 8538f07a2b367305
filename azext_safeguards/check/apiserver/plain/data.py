# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain ConfigMaps, Secrets and ServiceAccounts."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.base64_text import wrong_base64
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain.fields import items, of, text
from azext_safeguards.check.apiserver.plain.texts import data_key, metadata
from azext_safeguards.check.apiserver.warnings.warned import Warned

Object = dict[str, Any]


def _data(found: Any) -> Any:
    if found.__class__ is not dict or not found:
        raise Doubt
    for key, value in found.items():
        data_key(key)
        if value.__class__ is not str:
            raise Doubt
    return found


def _bytes(found: Any) -> Any:
    _data(found)
    for value in found.values():
        if wrong_base64(value) is not None:
            raise Doubt
    return found


def config_map(content: Object) -> tuple[Object, list[Warned]]:
    """A ConfigMap, see `kinds`."""
    taken = content.copy()
    for field, value in content.items():
        if field == "metadata":
            taken[field] = metadata(value)
        elif field == "data":
            _data(value)
        elif field == "immutable":
            if value.__class__ is not bool:
                raise Doubt
        elif field != "apiVersion" and field != "kind":
            raise Doubt
    return taken, []


def secret(content: Object) -> tuple[Object, list[Warned]]:
    """A Secret of no special type."""
    taken = content.copy()
    for field, value in content.items():
        if field == "metadata":
            taken[field] = metadata(value)
        elif field == "data":
            _bytes(value)
        elif field == "stringData":
            _data(value)
        elif field == "immutable":
            if value.__class__ is not bool:
                raise Doubt
        elif field == "type":
            if value != "Opaque":
                raise Doubt
        elif field != "apiVersion" and field != "kind":
            raise Doubt
    if "type" not in content:
        taken["type"] = "Opaque"
    return taken, []


_NAMES = items(of({"name": text}, "name"))
_ACCOUNT = of(
    {
        **{"apiVersion": str, "kind": str, "metadata": dict, "imagePullSecrets": _NAMES, "secrets": _NAMES},
        "automountServiceAccountToken": bool,
    }
)


def service_account(content: Object) -> tuple[Object, list[Warned]]:
    """A ServiceAccount."""
    _ACCOUNT(content)
    taken = content.copy()
    taken["metadata"] = metadata(content["metadata"])
    return taken, []
