# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads the answers of Azure Resource Manager: JSON, errors, and where an action under way is to be asked about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class Pending(NamedTuple):
    """An action under way."""

    link: str
    """Where to ask how it goes."""
    pause: float | None
    """How many seconds the service asks to wait before that; None when it does not say."""


def lost(message: str) -> Exception:
    """The error for an answer that is of no use, though it is none of an error."""
    from azure.core.exceptions import HttpResponseError

    error: Exception = HttpResponseError(message=message)
    return error


def pause_of(headers: Mapping[str, str]) -> float | None:
    """How many seconds the service wants to be left alone; None when it says nothing, or a date."""
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        if str(headers.get(name) or "").isdigit():
            return int(headers[name]) * unit
    return None


def error_of(response: Any) -> Exception:
    """The error for an answer of 400 and above, in azure-core's class for its status."""
    from azure.core.exceptions import (
        ClientAuthenticationError,
        HttpResponseError,
        ResourceExistsError,
        ResourceNotFoundError,
    )
    from azure.mgmt.core.exceptions import ARMErrorFormat

    kinds: dict[int, type[HttpResponseError]] = {
        401: ClientAuthenticationError,
        404: ResourceNotFoundError,
        409: ResourceExistsError,
    }
    kind = kinds.get(response.status_code, HttpResponseError)
    error: Exception = kind(response=response, error_format=ARMErrorFormat)
    return error


def json_of(response: Any) -> dict[str, Any] | None:
    """The JSON object of an answer, or None where there is none.

    :raises azure.core.exceptions.HttpResponseError: when a successful answer is no JSON object (a proxy's page, say).
    """
    text = response.text()
    if response.status_code == 204 or not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        from azure.core.exceptions import HttpResponseError

        raise HttpResponseError(
            message="The service answered with something that is no JSON object.", response=response
        )
    return value
