# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an answer of Azure Resource Manager is, and what is none: only the documented status and shape count."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceExistsError
from azure.core.exceptions import ResourceNotFoundError as NotFound
from azure.mgmt.core.exceptions import ARMErrorFormat

from azext_safeguards.domain.shapes import Shape, is_deep, misfit

_REDIRECTS = range(300, 400)


@dataclass(frozen=True)
class Documented:
    """What a request may be answered with."""

    objects: frozenset[int] = frozenset({200})
    """The statuses that come with a JSON object."""
    bare: frozenset[int] = frozenset()
    """The statuses that need no body."""


READ = Documented()
CREATION = Documented(frozenset({200, 201}))
# A policy assignment: 200 with what was deleted, 204 where there was none (recorded: Azure/azure-powershell,
# PolicyAssignmentCRUD). Managed safeguards: 202 or 204 (Azure/azure-rest-api-specs, deploymentSafeguards 2025-07-01).
DELETION = Documented(frozenset({200}), frozenset({204}))
BEGUN_DELETION = Documented(frozenset(), frozenset({202, 204}))
# An action that goes on after its answer; its last answer may be empty.
ACTION = Documented(frozenset(), frozenset({200, 202, 204}))


class UnusableAnswerError(HttpResponseError):
    """An answer that is none of Azure Resource Manager: nothing is known from it, least of all that it worked.

    :param message: the sentence that says so.
    :param status: the status that came with it, None for none.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message=message)
        self.status_code = status


@dataclass(frozen=True)
class Pending:
    """An action under way."""

    link: str
    """Where to ask how it goes."""
    pause: float | None
    """How many seconds the service asks to wait before that; None when it does not say."""


def pause_of(headers: Mapping[str, str]) -> float | None:
    """How many seconds the service wants to be left alone; None when it says nothing, or nothing that is a time."""
    for name, unit in (("Retry-After", 1.0), ("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001)):
        seconds = _seconds(str(headers.get(name) or ""))
        if seconds is not None:
            return seconds * unit
    return None


def _seconds(text: str) -> float | None:
    """Seconds as a number or until an HTTP date, never less than 0."""
    from datetime import datetime, timezone
    from email.utils import parsedate_to_datetime

    try:
        seconds = float(text)
    except ValueError:
        try:
            then = parsedate_to_datetime(text)
            # A date that names no zone is in UTC (RFC 9110).
            zoned = then if then.tzinfo else then.replace(tzinfo=timezone.utc)
            seconds = (zoned - datetime.now(timezone.utc)).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def unusable(request: Any, found: str, status: int | None = None) -> UnusableAnswerError:
    """The error for an answer that is of no use.

    :param request: what was sent; only its method and path are told, a query may hold more than is anybody's business.
    :param found: what came instead of an answer.
    """
    place = urlsplit(str(request.url)).path
    return UnusableAnswerError(
        f"{request.method} {place} was answered with {found}, which is no answer of Azure Resource Manager.", status
    )


def error_of(response: Any) -> Exception:
    """The error for an answer of 400 and above, in azure-core's class for its status.

    One without the error object of Resource Manager (a proxy's page) is no answer, whatever its status says.
    """
    status = int(response.status_code)
    kinds: dict[int, type[HttpResponseError]] = {
        401: ClientAuthenticationError,
        404: NotFound,
        409: ResourceExistsError,
    }
    said = _error_object(response)
    if said is None:
        if status == 401:
            refused: Exception = ClientAuthenticationError(message="The sign-in was not accepted.", response=response)
            return refused
        return unusable(response.request, f"status {status} and {_kind(response)}", status)
    error: HttpResponseError = kinds.get(status, HttpResponseError)(response=response, error_format=ARMErrorFormat)
    code, message = said
    error.message = f"({code}) {message}" if message else f"({code})"
    if not isinstance(getattr(error.error, "code", None), str):
        # Its annotations were of no documented shape; code and message are what counts.
        error.error = ARMErrorFormat({"error": {"code": code, "message": message}})
    found: Exception = error
    return found


def object_of(response: Any, documented: Documented) -> dict[str, Any] | None:
    """The JSON object of an answer below 400; None where none is needed.

    :raises UnusableAnswerError: when status or body are not those that are documented.
    """
    status = int(response.status_code)
    if status in documented.bare and (status not in documented.objects and not response.content.strip()):
        return None
    if status not in documented.objects | documented.bare:
        raise unusable(response.request, _status(response), status)
    value = _json(response)
    if isinstance(value, dict):
        return value
    if status in documented.bare and status == 204:
        return None
    raise unusable(response.request, f"status {status} and {_kind(response)}", status)


def shaped(value: dict[str, Any], shape: Shape, what: str) -> dict[str, Any]:
    """An answer, once it is seen to be of a shape.

    :param what: what it is about, the beginning of a sentence.
    :raises UnusableAnswerError: when it is not.
    """
    found = misfit(value, shape)
    if found:
        raise UnusableAnswerError(f"{what} came back in a form that Azure does not document: {found}.")
    return value


def _json(response: Any) -> Any:
    """The JSON of a body; None where it is none that can be kept, compared and sent again."""
    try:
        text = bytes(response.content).decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        if re.search(r"\\u[dD][89a-fA-F]", text):
            # A surrogate without its other half can be neither printed nor sent.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return None if is_deep(value) else value


def _refuse(_constant: str) -> None:
    raise ValueError("no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def _error_object(response: Any) -> tuple[str, str] | None:
    """Code and message of an error of Resource Manager, `{"error": {"code", "message"}}`; None where it is none."""
    body = _json(response)
    inner = body.get("error") if isinstance(body, dict) else None
    code = inner.get("code") if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not isinstance(code, str) or not code:
        return None
    message = inner.get("message")
    return code, message if isinstance(message, str) else ""


def _status(response: Any) -> str:
    """A status that is not documented, and for a redirect where it leads: often to somebody's sign-in."""
    status = int(response.status_code)
    if status not in _REDIRECTS:
        return f"status {status}"
    host = urlsplit(str(response.headers.get("Location") or "")).hostname
    plain = "".join(item for item in host or "" if item.isalnum() or item in ".-")[:253]
    return f"a redirect (status {status}){f' to {plain}' if plain else ''}"


def _kind(response: Any) -> str:
    """What a body is that is no JSON object of Resource Manager."""
    content = bytes(response.content).strip()
    if not content:
        return "no body"
    kind = str(response.headers.get("Content-Type") or "").lower()
    if "html" in kind or content[:1] == b"<":
        return "a web page"
    value = _json(response)
    if value is None and content != b"null":
        return "a body that is no JSON"
    return "a JSON object of another sort" if isinstance(value, dict) else "JSON that is no object"
