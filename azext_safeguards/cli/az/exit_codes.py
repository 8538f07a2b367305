# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How a command ends with its output printed and an exit code that is not 0.

az takes the exit code of a command that returned from nowhere else than an error, and an error from the command itself
would take the place of its result. So the error is raised, or the process ended, after az has printed.
"""

from __future__ import annotations

from typing import Any


def fail_after_output(cli_ctx: Any, message: str, commands: list[str]) -> None:
    """Has az print the command's result and then end with exit code 1 and this error."""
    from azure.cli.core.azclierror import ValidationError
    from knack.events import EVENT_CLI_SUCCESSFUL_EXECUTE

    def fail(_cli_ctx: Any, **_: Any) -> None:
        raise ValidationError(message, recommendation=commands)

    cli_ctx.register_event(EVENT_CLI_SUCCESSFUL_EXECUTE, fail)


def end_after_output(cli_ctx: Any, error: Any, code: int) -> None:
    """Has az print the command's result and then end with an exit code.

    :param error: one of az's errors, that says why. It is the last line: whoever reads a log begins there.
    """
    from knack.events import EVENT_CLI_SUCCESSFUL_EXECUTE

    from azext_safeguards.cli.az.output import say_hints

    def end(cli_ctx: Any, **_: Any) -> None:
        cli_ctx.unregister_event(EVENT_CLI_SUCCESSFUL_EXECUTE, end)
        say_hints(error)
        error.print_error()
        raise SystemExit(code)

    cli_ctx.register_event(EVENT_CLI_SUCCESSFUL_EXECUTE, end)
