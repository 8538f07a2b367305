# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain claims of storage."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain.fields import of, one_of
from azext_safeguards.check.apiserver.plain.texts import some, subdomain

Object = dict[str, Any]

_MODES = frozenset({"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"})


def _modes(found: Any) -> Any:
    if not _MODES.issuperset(some(found)):
        raise Doubt
    return found


@lru_cache(maxsize=1024)
def _amount(text: str) -> str:
    try:
        amount = quantities.parse(quantities.rounded(quantities.canonical(text)))
    except quantities.WrongQuantity:
        raise Doubt from None
    if amount.value <= 0 or not amount.is_whole():
        raise Doubt
    return str(amount)


def _class(name: Any) -> Any:
    return name if name == "" else subdomain(name)


_CLAIM = of(
    {
        **{"accessModes": _modes, "resources": dict, "storageClassName": _class, "volumeName": str},
        "volumeMode": one_of("Filesystem", "Block"),
    },
    *("accessModes", "resources"),
)


def claim(found: Any) -> Object:
    """The spec of a claim."""
    _CLAIM(found)
    resources = found["resources"]
    requests = resources["requests"]
    if len(resources) != 1 or len(requests) != 1 or requests["storage"].__class__ is not str:
        raise Doubt
    filled: Object = {**found, "resources": {"requests": {"storage": _amount(requests["storage"])}}}
    if "volumeMode" not in found:
        filled["volumeMode"] = "Filesystem"
    return filled
