# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Probes and lifecycle hooks (pkg/apis/core/validation, validateHandler and around)."""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.known import is_known_valid, remember_valid

_COUNTS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_OF_PROBES = ("exec", "httpGet", "tcpSocket", "grpc")
_OF_HOOKS = ("exec", "httpGet", "tcpSocket", "sleep")
_HEADER = "[-A-Za-z0-9]+"


def probe(errors: Errors, found: dict[str, Any], grace: int | None, path: Path, *, must_succeed_once: bool) -> None:
    """Checks a probe."""
    around = ("probe", grace, must_succeed_once)
    if is_known_valid(found, around):
        return
    before = len(errors.refusals)
    _handler(errors, found, _OF_PROBES, grace, path)
    for name in _COUNTS:
        if found.get(name, 0) < 0:
            errors.invalid((*path, name), found[name], "must be greater than or equal to 0")
    seconds = found.get("terminationGracePeriodSeconds")
    if seconds is not None and seconds <= 0:
        errors.invalid((*path, "terminationGracePeriodSeconds"), seconds, "must be greater than 0")
    if must_succeed_once and found.get("successThreshold", 1) != 1:
        errors.invalid((*path, "successThreshold"), found["successThreshold"], "must be 1")
    if not must_succeed_once and seconds is not None:
        at = (*path, "terminationGracePeriodSeconds")
        errors.invalid(at, seconds, "must not be set for readinessProbes")
    remember_valid(errors, before, found, around)


def lifecycle(errors: Errors, found: dict[str, Any], grace: int | None, path: Path) -> None:
    """Checks the hooks of a container."""
    around = ("lifecycle", grace)
    if is_known_valid(found, around):
        return
    before = len(errors.refusals)
    for name in ("postStart", "preStop"):
        if found.get(name) is not None:
            _handler(errors, found[name], _OF_HOOKS, grace, (*path, name))
    remember_valid(errors, before, found, around)


def _handler(errors: Errors, found: dict[str, Any], known: tuple[str, ...], grace: int | None, path: Path) -> None:
    """Checks that there is one handler, and the handler."""
    given = [name for name in known if name in found]
    for position, name in enumerate(given):
        at = (*path, name)
        if position:
            errors.forbidden(at, "may not specify more than 1 handler type")
        elif name == "exec":
            if not found[name].get("command"):
                errors.required((*at, "command"))
        elif name == "sleep":
            _sleep(errors, found[name].get("seconds", 0), grace, at)
        else:
            port_number_or_name(errors, found[name].get("port", 0), (*at, "port"))
            if name == "httpGet":
                _http(errors, found[name], at)
    if not given:
        reason = f"{path[-1]} has no handler: one of {', '.join(known)}"
        errors.required(path, "must specify a handler type", reason=reason)


def _sleep(errors: Errors, seconds: int, grace: int | None, path: Path) -> None:
    if grace is not None and not 0 <= seconds <= grace:
        detail = f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
        errors.invalid(path, seconds, detail)


def _http(errors: Errors, found: dict[str, Any], path: Path) -> None:
    if found.get("scheme", "HTTP") not in ("HTTP", "HTTPS", ""):
        errors.unsupported((*path, "scheme"), found["scheme"], ("HTTP", "HTTPS"))
    for index, header in enumerate(found.get("httpHeaders") or ()):
        name = header.get("name", "")
        if not re.fullmatch(_HEADER, name):
            detail = (
                "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used "
                f"for validation is '{_HEADER}')"
            )
            errors.invalid((*path, "httpHeaders"), name, detail, at=(*path, "httpHeaders", index))


def port_number_or_name(errors: Errors, port: int | str, path: Path) -> None:
    """Checks a port that may be told by number or by name."""
    if isinstance(port, int):
        for message in names.port_number(port):
            errors.invalid(path, port, message)
        return
    for message in names.port_name(port):
        reason = f"port '{port}' is a name and {message}"
        if port.isdigit():
            reason = f"the port '{port}' is text; write it without quotes: {port}"
        errors.invalid(path, port, message, reason=reason)
