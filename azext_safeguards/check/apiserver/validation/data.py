# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""ConfigMaps and Secrets."""

from __future__ import annotations

import base64
from typing import Any

from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors, Key

Object = dict[str, Any]

_ACCOUNT = "kubernetes.io/service-account.name"
_DOCKER = ("kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson")
# What a Secret of a type has to hold.
_NEEDED = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


def config_map(errors: Errors, content: Object) -> None:
    """Checks a ConfigMap."""
    binary = content.get("binaryData") or {}
    for key in content.get("data") or ():
        _key(errors, "data", key)
        if key in binary:
            detail = "duplicate of key present in binaryData"
            errors.invalid(("data", Key(key)), key, detail, at=("data", key))
    for key in binary:
        _key(errors, "binaryData", key)


def _key(errors: Errors, field: str, key: str, where: str = "") -> None:
    for message in names.config_key(key):
        errors.invalid((field, Key(key)), key, message, at=(where or field, key))


def _docker(errors: Errors, key: str, text: bytes) -> None:
    """Checks the credentials of registries, which are a JSON object."""
    from azext_safeguards.check.apiserver.go_json import wrong_object

    detail = wrong_object(text)
    if not detail:
        return
    reason = f"{key} holds no JSON object with the credentials of registries"
    errors.invalid(("data", Key(key)), "<secret contents redacted>", detail, at=("data",), reason=reason)


def secret(errors: Errors, content: Object) -> None:
    """Checks a Secret; what it holds as plain text is as if it were in data."""
    data, plain = content.get("data") or {}, content.get("stringData") or {}
    for key in {**data, **plain}:
        _key(errors, "data", key, "stringData" if key in plain else "data")
    kind = content.get("type", "Opaque")
    if kind == "kubernetes.io/service-account-token":
        annotations = (content.get("metadata") or {}).get("annotations") or {}
        if not annotations.get(_ACCOUNT):
            errors.required(("metadata", "annotations", Key(_ACCOUNT)), at=("metadata", "annotations"))
    needed = _NEEDED.get(kind, ())
    for key in needed if kind in _DOCKER else ():
        if key in plain:
            _docker(errors, key, plain[key].encode("utf-8", "replace"))
        elif isinstance(data.get(key), str):
            _docker(errors, key, base64.b64decode(data[key]))
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & {*data, *plain}:
        needed = ("username", "password")
    for key in needed:
        is_empty = key == "ssh-privatekey" and not (plain[key] if key in plain else data.get(key))
        if is_empty or (key not in data and key not in plain):
            reason = f"a Secret of type {kind} holds {' and '.join(needed)}; {key} is missing"
            errors.required(("data", Key(key)), reason=reason, at=("data",))
