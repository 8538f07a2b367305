# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Parts of containers of plain Pods: ports, resources, probes, hooks, security contexts."""

from __future__ import annotations

import re
from typing import Any

from azext_safeguards.check.apiserver import quantities
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain.fields import Step, count, items, of, one_of, port_number, text
from azext_safeguards.check.apiserver.plain.texts import texts
from azext_safeguards.check.apiserver.shared import Shared, once_for_each
from azext_safeguards.check.apiserver.validation import names

Object = dict[str, Any]

_PLAIN = "plain"


def _shared(check: Step) -> Step:
    """The same for a part that many containers have alike, which is looked at once; see `shared`."""

    def make(value: Any) -> Shared:
        found = Shared(check(value))
        found.valid_for.add(_PLAIN)
        return found

    made = once_for_each(make)

    def step(value: Any) -> Any:
        if value.__class__ is not Shared:
            return made(value)
        if _PLAIN not in value.valid_for:
            raise Doubt
        return value

    return step


def port_name(value: Any) -> Any:
    """The name of a port."""
    if value.__class__ is not str or not value or names.port_name(value):
        raise Doubt
    return value


def port(value: Any) -> Any:
    """The number or the name of a port."""
    return port_name(value) if value.__class__ is str else port_number(value)


class Ports:
    """The ports of a Pod's containers; the API server warns of two that are alike."""

    __slots__ = ("count", "seen")

    def __init__(self) -> None:
        self.seen: set[Any] = set()
        self.count = 0

    @property
    def are_distinct(self) -> bool:
        """Whether no two have a name in common, or number and protocol."""
        return self.count == len(self.seen)

    def take(self, found: Any) -> list[Object]:
        """The ports of one container."""
        if found.__class__ is not list or not found:
            raise Doubt
        taken = []
        told: list[str] = []
        for one in found:
            if one.__class__ is not dict:
                raise Doubt
            protocol = "TCP"
            for field, value in one.items():
                if field == "name":
                    told.append(port_name(value))
                elif field == "protocol":
                    if value != "TCP" and value != "UDP" and value != "SCTP":
                        raise Doubt
                    protocol = value
                elif field != "containerPort":
                    raise Doubt
            number = one["containerPort"]
            if number.__class__ is not int or not 0 < number <= 65535:
                raise Doubt
            self.seen.add((number, protocol))
            taken.append(one if "protocol" in one else {**one, "protocol": "TCP"})
        if len(told) > 1 and len(set(told)) < len(told):
            raise Doubt
        self.seen.update(told)
        self.count += len(taken) + len(told)
        return taken


def _amounts(found: Any) -> Object:
    if found.__class__ is not dict or not found:
        raise Doubt
    amounts = {}
    for name, amount in found.items():
        if amount.__class__ is int and -(1 << 63) <= amount < 1 << 63:
            amount = str(amount)
        elif amount.__class__ is float:
            from azext_safeguards.check.apiserver.decoding import quantity_text

            amount = quantity_text(amount)
        elif amount.__class__ is not str:
            raise Doubt
        try:
            taken = quantities.rounded(quantities.canonical(amount))
        except quantities.WrongQuantity:
            raise Doubt from None
        if name != "cpu" and not quantities.parse(taken).is_whole():
            raise Doubt
        amounts[name] = taken
    return amounts


def _resources(found: Any) -> Object:
    if found.__class__ is not dict:
        raise Doubt
    taken = {}
    for field, amounts in found.items():
        if field != "limits" and field != "requests":
            raise Doubt
        taken[field] = _amounts(amounts)
    from azext_safeguards.check.apiserver.validation.errors import Errors
    from azext_safeguards.check.apiserver.validation.resources import requirements

    errors = Errors()
    requirements(errors, taken, ())
    if errors.refusals:
        raise Doubt
    return taken


_HEADER = re.compile(r"[-A-Za-z0-9]+").fullmatch


def _header(found: Any) -> Any:
    if not _HEADER(found["name"]) or found["value"].__class__ is not str or len(found) != 2:
        raise Doubt
    return found


_HTTP = of(
    {"path": text, "port": port, "scheme": one_of("HTTP", "HTTPS"), "host": str, "httpHeaders": items(_header)}, "port"
)
_GRPC = of({"port": port_number, "service": str}, "port")


def _tcp(found: Any) -> Any:
    port(found["port"])
    if len(found) != 1:
        raise Doubt
    return found


def _command(found: Any) -> Any:
    texts(found["command"])
    if len(found) != 1:
        raise Doubt
    return found


def _http(found: Any) -> Object:
    if len(found) == 2 and "path" in found:
        text(found["path"])
        port(found["port"])
        return {**found, "scheme": "HTTP"}
    _HTTP(found)
    if "path" in found and "scheme" in found:
        return found  # type: ignore[no-any-return]
    filled = {**found}
    filled.setdefault("path", "/")
    filled.setdefault("scheme", "HTTP")
    return filled


def _grpc(found: Any) -> Object:
    _GRPC(found)
    return found if "service" in found else {**found, "service": ""}


_HANDLERS: dict[str, Step] = {"exec": _command, "httpGet": _http, "tcpSocket": _tcp, "grpc": _grpc}
_COUNTS = frozenset({"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"})


def _probe(found: Any, *, must_succeed_once: bool) -> Any:
    if found.__class__ is not dict:
        raise Doubt
    filled = found.copy()
    handlers = 0
    for field, value in found.items():
        if field in _COUNTS:
            if value.__class__ is not int or not 0 <= value < 1 << 31:
                raise Doubt
        else:
            filled[field] = _HANDLERS[field](value)
            handlers += 1
    if handlers != 1:
        raise Doubt
    get = filled.get
    if not get("timeoutSeconds"):
        filled["timeoutSeconds"] = 1
    if not get("periodSeconds"):
        filled["periodSeconds"] = 10
    if not get("successThreshold"):
        filled["successThreshold"] = 1
    elif must_succeed_once and filled["successThreshold"] != 1:
        raise Doubt
    if not get("failureThreshold"):
        filled["failureThreshold"] = 3
    return filled


def _hook(found: Any) -> Object:
    if found.__class__ is not dict or len(found) != 1:
        raise Doubt
    if "exec" in found:
        _command(found["exec"])
        return found
    return {"httpGet": _http(found["httpGet"])}


def _lifecycle(found: Any) -> Object:
    if found.__class__ is not dict:
        raise Doubt
    taken = {}
    for field, hook in found.items():
        if field != "preStop" and field != "postStart":
            raise Doubt
        taken[field] = _hook(hook)
    return taken


_SECCOMP = of({"type": one_of("RuntimeDefault", "Unconfined")}, "type")
_CAPABILITIES = of({"add": texts, "drop": texts})
_CONTEXT = of(
    {
        **{"privileged": bool, "allowPrivilegeEscalation": bool, "readOnlyRootFilesystem": bool, "runAsNonRoot": bool},
        **{"runAsUser": count, "runAsGroup": count, "capabilities": _CAPABILITIES, "seccompProfile": _SECCOMP},
    }
)


def _context(found: Any) -> Any:
    _CONTEXT(found)
    if found.get("allowPrivilegeEscalation") is False:
        capabilities = found.get("capabilities")
        if found.get("privileged") or (capabilities and "CAP_SYS_ADMIN" in capabilities.get("add", ())):
            raise Doubt
    return found


_CONTEXT_OF_PODS = of(
    {
        **{"runAsUser": count, "runAsGroup": count, "fsGroup": count, "runAsNonRoot": bool, "seccompProfile": _SECCOMP},
        **{"supplementalGroups": items(count), "fsGroupChangePolicy": one_of("Always", "OnRootMismatch")},
    }
)


def context_of_pod(found: Any) -> Any:
    """The security context of a Pod."""
    return _CONTEXT_OF_PODS(found)


resources, lifecycle, context = _shared(_resources), _shared(_lifecycle), _shared(_context)


def must_succeed_once(found: Any) -> Any:
    """A probe by which a container is found to live, or to have started."""
    return _probe(found, must_succeed_once=True)


def readiness(found: Any) -> Any:
    """A probe by which a container is found to be ready."""
    return _probe(found, must_succeed_once=False)
