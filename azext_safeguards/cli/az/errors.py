# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Refusals and failures as az's own error classes, each with what to paste next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.errors import (
    ForeignDefinitionError,
    InvalidValueError,
    LevelRequiredError,
    SafeguardsError,
)
from azext_safeguards.domain.remedies import remedy


@contextmanager
def cli_errors(done: str = "", repeat: str = "") -> Iterator[None]:
    """Turns the domain's refusals, and requests that failed, into az's error classes.

    :param done: what was done until then, a sentence.
    :param repeat: the command to repeat after a request failed; without it such failures pass as they are.
    """
    try:
        yield
    except SafeguardsError as error:
        raise refusal(error) from error
    except Exception as error:
        if repeat and _is_request_failure(error) and not _is_missing(error):
            raise request_failed(error, done, [repeat]) from error
        # That a cluster does not exist is said by az as it says it everywhere.
        raise


def refusal(error: SafeguardsError) -> Exception:
    """The az error for a refusal of the domain."""
    from azure.cli.core import azclierror

    from azext_safeguards.domain.owners import ManagedByAksError

    kinds: dict[type[SafeguardsError], Any] = {
        InvalidValueError: azclierror.InvalidArgumentValueError,
        LevelRequiredError: azclierror.RequiredArgumentMissingError,
        ForeignDefinitionError: azclierror.ValidationError,
        # Its exit code (3) is that of `show` for what does not exist.
        ManagedByAksError: azclierror.ResourceNotFoundError,
    }
    kind = kinds.get(type(error), azclierror.ValidationError)
    refused: Exception = kind(error.message, recommendation=list(commands(error.remedies)))
    return refused


def timed_out(error: Exception, command: str) -> Exception:
    """The az error for a wait that ran out.

    :param error: says what was waited for.
    :param command: the command that goes on waiting.
    """
    from azure.cli.core.azclierror import AzureResponseError

    late: Exception = AzureResponseError(
        f"{error} after all the time that was given; it goes on in Azure.", recommendation=[command]
    )
    return late


def request_failed(error: Any, message: str, commands: list[str]) -> Exception:
    """The az error for a request that failed.

    :param error: what azure-core raised.
    :param message: what was done and what was not, a sentence; the service's own words are put behind it.
    :param commands: the commands to run next.
    """
    from azure.cli.core import azclierror
    from azure.cli.core.util import get_error_type_by_status_code
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

    from azext_safeguards.cli.az.refusals import way_out
    from azext_safeguards.services.answers import UnusableAnswerError

    way = way_out(error)
    text = " ".join(part for part in (message, way.sentence if way else "", _said(error)) if part)
    hints = list(dict.fromkeys([*(way.commands if way else ()), *commands]))
    kind: Any
    if not isinstance(error, HttpResponseError):
        kind = azclierror.AzureConnectionError
    elif isinstance(error, UnusableAnswerError) or error.status_code is None or error.status_code < 400:
        kind = azclierror.AzureResponseError
    else:
        kind = get_error_type_by_status_code(str(error.status_code))
    if isinstance(error, ClientAuthenticationError) and way is None:
        hints.insert(0, "az login")
    failed: Exception = kind(text, recommendation=hints)
    return failed


def _is_missing(error: Any) -> bool:
    """Whether the cluster or its resource group does not exist."""
    return getattr(getattr(error, "error", None), "code", "") in ("ResourceNotFound", "ResourceGroupNotFound")


def _said(error: Any) -> str:
    """What the service said, once: azure-core's own text repeats code and message on lines of their own."""
    details = getattr(error, "error", None)
    code, message = getattr(details, "code", None), getattr(details, "message", None)
    if code and message:
        return f"({code}) {message}"
    return str(getattr(error, "message", None) or error)


def reason(error: Exception) -> str:
    """Why something failed, a sentence on one line; for what is told beside another error."""
    return " ".join((error.message if isinstance(error, SafeguardsError) else _said(error)).split())


def _is_request_failure(error: Exception) -> bool:
    from azure.core.exceptions import AzureError

    return isinstance(error, AzureError)


def write_failed(error: Exception, done: str, commands: list[str]) -> Exception:
    """The az error for an assignment that could not be written.

    :param done: what was done before, a sentence.
    :param commands: the commands that finish the job.
    """
    from azext_safeguards.services.lookup import NotDoneError, NotKnownError

    if isinstance(error, SafeguardsError):
        message = f"{done} The safeguards assignment was not written: {error.message}"
        return refusal(type(error)(message, [*error.remedies, *(remedy("paste", text=text) for text in commands)]))
    if isinstance(error, NotKnownError):
        unknown = f"{done} It is not known whether the safeguards assignment was written; it can't be read either:"
        return request_failed(error.reason, unknown, commands)
    reason = error.reason if isinstance(error, NotDoneError) else error
    return request_failed(reason, f"{done} The safeguards assignment was not written:", commands)


def absent(error: Exception, cluster: Any, arm: Any, what: str = "") -> Exception:
    """The error for a cluster without an assignment, or for no cluster at all, with the exit code of `show` (3).

    :param arm: a client, to find out whether AKS manages the safeguards.
    :param what: as of `nobody`.
    """
    from azext_safeguards.services.owners import is_absent, read_aks_side

    return nobody(read_aks_side(arm, cluster), cluster, what) if is_absent(error) else error


def nobody(side: Any, cluster: Any, what: str = "") -> Exception:
    """The error for a cluster without an assignment, whether AKS does it all or nobody anything, with exit code 3.

    :param side: AKS's part.
    :param what: what that means for the command, such as `so there is nothing to suspend`.
    """
    from azure.cli.core.azclierror import ResourceNotFoundError

    from azext_safeguards.domain.owners import nothing_of_ours, unread_besides

    if side.acts:
        return refusal(nothing_of_ours(side, cluster, what))
    meaning = f", {what}" if what else ""
    ways = [remedy("show-managed", cluster=cluster)] if side.unread else []
    absent: Exception = ResourceNotFoundError(
        f"The cluster '{cluster.name}' has no safeguards assignment{meaning}.{unread_besides(side)}",
        recommendation=list(commands([*ways, remedy("set-level", cluster=cluster, level="Warning")])),
    )
    return absent
