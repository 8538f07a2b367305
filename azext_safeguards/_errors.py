# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Refusals and failures as az's own error classes, each with what to paste next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azext_safeguards.domain.errors import (
    ForeignDefinitionError,
    InvalidValueError,
    LevelRequiredError,
    SafeguardsError,
)


@contextmanager
def cli_errors() -> Iterator[None]:
    """Turns the domain's refusals into az's error classes."""
    try:
        yield
    except SafeguardsError as error:
        raise refusal(error) from error


def refusal(error: SafeguardsError) -> Exception:
    """The az error for a refusal of the domain."""
    from azure.cli.core import azclierror

    kinds: dict[type[SafeguardsError], Any] = {
        InvalidValueError: azclierror.InvalidArgumentValueError,
        LevelRequiredError: azclierror.RequiredArgumentMissingError,
        ForeignDefinitionError: azclierror.ValidationError,
    }
    kind = kinds.get(type(error), azclierror.ValidationError)
    refused: Exception = kind(error.message, recommendation=list(error.commands))
    return refused


def fail_after_output(cli_ctx: Any, message: str, commands: list[str]) -> None:
    """Has az print the command's result and then end with exit code 1 and this error.

    az takes the exit code of a command that returned from nowhere else than an error, and an error from the command
    itself would take the place of its result.
    """
    from azure.cli.core.azclierror import ValidationError
    from knack.events import EVENT_CLI_SUCCESSFUL_EXECUTE

    def fail(_cli_ctx: Any, **_: Any) -> None:
        raise ValidationError(message, recommendation=commands)

    cli_ctx.register_event(EVENT_CLI_SUCCESSFUL_EXECUTE, fail)


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


def write_failed(error: Exception, done: str, commands: list[str]) -> Exception:
    """The az error for an assignment that could not be written.

    :param done: what was done before, a sentence.
    :param commands: the commands that finish the job.
    """
    from azure.cli.core import azclierror
    from azure.cli.core.util import get_error_type_by_status_code
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

    reason = getattr(error, "message", None) or str(error)
    message = f"{done} The safeguards assignment was not written:"
    if isinstance(error, SafeguardsError):
        return refusal(type(error)(f"{message} {reason}", [*error.commands, *commands]))
    if not isinstance(error, HttpResponseError):
        unknown = f"{done} No answer came, so it is not known whether the safeguards assignment was written: {reason}"
        lost: Exception = azclierror.AzureConnectionError(unknown, recommendation=commands)
        return lost
    kind = get_error_type_by_status_code(str(error.status_code))
    hints = list(commands)
    if isinstance(error, ClientAuthenticationError):
        hints.insert(0, "az login")
    if error.status_code == 403:
        hints.insert(
            0,
            "Ask for Microsoft.Authorization/policyAssignments/write on the cluster, for example by the role "
            "'Resource Policy Contributor'; then:",
        )
    failed: Exception = kind(f"{message} {reason}", recommendation=hints)
    return failed
