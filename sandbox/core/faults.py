# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Faults: what can go wrong on a chosen request, a chosen number of times."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.core.http import Request, Response
from sandbox.core.oddities import ODDITIES, odd_answer
from sandbox.core.refusals import REFUSALS, body_of

#: Code and text for each status, Azure-shaped. 429: quoted in a public fixture; the others: not recorded, plain.
TEXTS = {
    400: ("BadRequest", "The request is invalid."),
    401: ("InvalidAuthenticationToken", "The access token is invalid."),
    403: ("AuthorizationFailed", "The client does not have authorization to perform this action over the scope."),
    404: ("NotFound", "The requested resource could not be found."),
    409: ("Conflict", "The request conflicts with another operation."),
    412: ("PreconditionFailed", "The precondition given in the request header does not hold."),
    429: (
        "SubscriptionRequestsThrottled",
        "Number of '{kind}' requests for subscription '{subscription}' actor '{actor}' exceeded. "
        "Please try again after '{seconds}' seconds.",
    ),
    500: ("InternalServerError", "The server encountered an internal error. Please retry the request."),
    502: ("BadGateway", "The gateway received an invalid answer."),
    503: ("ServiceUnavailable", "The service is unavailable. Please retry the request."),
    504: ("GatewayTimeout", "The gateway did not receive a response within the specified time period."),
}
DROPS = ("before", "after")


@dataclass
class Fault:
    """One fault. Give at least one of status, refusal, answer, latency, drop and operation."""

    method: str = "*"
    """A method, or ``*`` for any."""
    path: str = ""
    """Regular expression searched in the decoded path, case-insensitive. Same for ``query`` and ``host``."""
    query: str = ""
    host: str = ""
    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    """Replaces the whole JSON body of the answer."""
    refusal: str | None = None
    """A refusal by its code, as core/refusals.py words it."""
    answer: str | None = None
    """An answer that is none, by its name in core/oddities.py."""
    taken: bool = False
    """Whether the request is done all the same, and only its answer replaced."""
    latency: float = 0.0
    """Seconds added before the answer."""
    drop: str | None = None
    """``before``: the connection closes and nothing happened; ``after``: it closes, the state has changed."""
    operation: str | None = None
    """``Failed`` (or another final status): the operation that this request starts ends that way."""
    times: int | None = 1
    """How often it strikes; None for always."""
    after: int = 0
    """How many matching requests pass unharmed first."""
    seen: int = 0
    hits: int = 0

    def __post_init__(self) -> None:
        effects = (self.status, self.refusal, self.answer, self.latency or None, self.drop, self.operation)
        if all(effect is None for effect in effects):
            raise ValueError("a fault needs one of status, refusal, answer, latency, drop, operation")
        for name, given, known in (("refusal", self.refusal, REFUSALS), ("answer", self.answer, ODDITIES)):
            if given is not None and given not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, not {given!r}")
        if self.drop is not None and self.drop not in DROPS:
            raise ValueError(f"drop must be one of {', '.join(DROPS)}, not {self.drop!r}")
        # Less than that is no error, so it must be said what comes with it.
        lowest = 400 if self.answer is None and self.body is None else 200
        if self.status is not None and not lowest <= self.status <= 599:
            raise ValueError(f"status must be between {lowest} and 599, not {self.status}")
        for pattern in (self.path, self.query, self.host):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error

    def matches(self, request: Request) -> bool:
        """Tell whether this fault is about the request."""
        if self.method not in ("*", "") and self.method.upper() != request.method:
            return False
        subjects = ((self.path, request.path), (self.query, request.raw_query), (self.host, request.host))
        return all(re.search(pattern, subject, re.I) for pattern, subject in subjects)

    def response(self, request: Request, actor: str) -> Response | None:
        """Return the answer to give instead of the real one, or None when this fault changes no answer."""
        if self.answer is not None:
            odd = odd_answer(self.answer)
            return replace(odd, status=self.status or odd.status, headers={**odd.headers, **self.headers})
        if self.refusal is not None:
            status, refused = body_of(self.refusal, request, actor)
            return Response(self.status or status, {"error": refused}, dict(self.headers))
        if self.status is None:
            return None
        if self.body is not None:
            return Response(self.status, self.body, dict(self.headers))
        code, text = TEXTS.get(self.status, ("BadRequest" if self.status < 500 else "InternalServerError", "Failed."))
        parts = request.path.split("/")
        message = text.format(
            kind="read" if request.method == "GET" else "delete" if request.method == "DELETE" else "write",
            subscription=parts[2] if len(parts) > 2 else "",
            actor=actor,
            seconds=self.headers.get("Retry-After", "10"),
        )
        error = {"code": self.code or code, "message": self.message or message}
        return Response(self.status, {"error": error}, dict(self.headers))


class Faults:
    """The faults in force. The first that matches and still has hits left strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, method: str = "*", path: str = "", **options: Any) -> Fault:
        """Add a fault and return it; its ``hits`` tells how often it struck. See Fault for the options."""
        fault = Fault(method=method, path=path, **options)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def __len__(self) -> int:
        return len(self._faults)

    def strike(self, request: Request) -> Fault | None:
        """Return the fault that this request meets, counting it, or None."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(request):
                    continue
                fault.seen += 1
                if fault.seen <= fault.after or (fault.times is not None and fault.hits >= fault.times):
                    continue
                fault.hits += 1
                return fault
        return None


def parse_fault(text: str) -> dict[str, Any]:
    """Read ``METHOD PATH key=value...``, as the command line takes it, into the arguments of Faults.add.

    Raises ValueError with a sentence that says what is wrong. ``times=always`` strikes for ever,
    ``header.NAME=VALUE`` adds a header.
    """
    words = text.split()
    plain = [word for word in words if "=" not in word]
    if len(plain) != 2:
        raise ValueError(f"{text!r}: expected METHOD PATH key=value..., for example 'PUT policyAssignments status=500'")
    options: dict[str, Any] = {"method": plain[0].upper(), "path": plain[1]}
    headers: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            continue
        if name.lower().startswith("header."):
            headers[name[len("header.") :]] = value
        elif name in ("code", "message", "drop", "operation", "query", "host", "refusal", "answer"):
            options[name] = value
        elif name == "taken":
            options[name] = value.lower() in ("yes", "true", "1")
        elif name in ("status", "after", "times", "latency"):
            options[name] = _number(text, name, value)
        else:
            raise ValueError(f"{text!r}: unknown key {name!r}")
    if headers:
        options["headers"] = headers
    Fault(**options)
    return options


def _number(text: str, name: str, value: str) -> float | int | None:
    if name == "times" and value == "always":
        return None
    try:
        return float(value) if name == "latency" else int(value)
    except ValueError as error:
        raise ValueError(f"{text!r}: {name} must be a number, not {value!r}") from error
