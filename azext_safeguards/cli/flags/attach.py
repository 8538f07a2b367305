# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Attaches the flags to the installed `az aks create/update/show`.

az raises POST_CMD_TBL_CREATE when the command to run and its arguments are loaded and the parser is not yet built.
There our arguments join the installed command's own, and its handler is wrapped. The command is never replaced, so
its other flags, its output and the extension that provides it stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from knack.log import get_logger

logger = get_logger(__name__)

LEVEL = "safeguards_level"
VERSION = "safeguards_version"
EXCLUDED_NS = "safeguards_excluded_ns"
FLAGS = (LEVEL, VERSION, EXCLUDED_NS)

# On `aks update` only. Its option is --dry-run, unless the installed command has one of that name.
DRY_RUN = "safeguards_dry_run"

CREATE, UPDATE, SHOW = "aks create", "aks update", "aks show"
# Commands of core about what AKS manages, which say where else to look when they find nothing.
CORES = ("aks safeguards show", "aks safeguards update")

_ATTACHED = "_safeguards_attached"

# Arguments of `aks update` that do not ask for a change of the cluster.
_NEUTRAL = {"resource_group_name", "name", "no_wait", "yes", "aks_custom_headers", "if_match", "if_none_match", *FLAGS}
_NEUTRAL.add(DRY_RUN)


def register(loader: Any) -> None:
    """Has az call us once the table of the command to run is complete."""
    from knack.events import EVENT_INVOKER_POST_CMD_TBL_CREATE

    def attach_all(_cli_ctx: Any, commands_loader: Any = None, **_: Any) -> None:
        for name in (CREATE, UPDATE, SHOW):
            command = commands_loader.command_table.get(name) if commands_loader else None
            if command is None:
                continue
            try:
                _attach(loader, command, name)
            except Exception as error:  # pylint: disable=broad-except
                # A failure here would break every `az aks` command; without the flags, the parser's "unrecognized
                # arguments" is an honest answer to those who use them.
                logger.debug("safeguards: could not attach to '%s': %s", name, error, exc_info=True)
        for name in CORES:
            command = commands_loader.command_table.get(name) if commands_loader else None
            if command is not None:
                from azext_safeguards.cli.flags.aks_missing import add_hint

                add_hint(_cli_ctx, command)

    if loader.cli_ctx is not None:
        loader.cli_ctx.register_event(EVENT_INVOKER_POST_CMD_TBL_CREATE, attach_all)


def _attach(loader: Any, command: Any, name: str) -> None:
    if getattr(command, _ATTACHED, False):
        return
    # A command written with AAZ has the constant True for a handler and runs another method.
    if not callable(command.handler):
        logger.warning("The safeguards extension is older than this 'az %s' and can't add its flags to it.", name)
        return
    if name == SHOW:
        command.handler = _wrap_show(command.handler)
    else:
        if any(flag in command.arguments for flag in FLAGS) and not _takes_over(loader.cli_ctx):
            logger.debug("safeguards: the installed 'az %s' has the flags itself and is left alone.", name)
            return
        _add_arguments(loader, command, name)
        command.handler = _wrap(command.handler, name)
    setattr(command, _ATTACHED, True)


def _takes_over(cli_ctx: Any) -> bool:
    return bool(cli_ctx.config.getboolean("safeguards", "take_over", fallback=False))


def _add_arguments(loader: Any, command: Any, name: str) -> None:
    from knack.arguments import CLICommandArgument

    # The registry of a loader answers for one command at a time, by this attribute.
    loader.command_name = name
    loader.load_arguments(name)
    is_taken = any("--dry-run" in (argument.options_list or ()) for argument in command.arguments.values())
    for flag in (*FLAGS, DRY_RUN) if name == UPDATE else FLAGS:
        argument = CLICommandArgument(flag, argtype=loader.argument_registry.get_cli_argument(name, flag))
        if flag == DRY_RUN and is_taken:
            argument.type.settings["options_list"] = ["--safeguards-dry-run"]
        command.arguments[flag] = argument


def _wrap(inner: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The handler of create or update with the flags taken out of its arguments and acted on.

    Runs once per cluster, in threads where the installed command takes --ids, so it keeps no state.
    """

    def handler(command_args: dict[str, Any]) -> Any:
        flags = {flag: command_args.pop(flag, None) for flag in FLAGS}
        dry_run = bool(command_args.pop(DRY_RUN, None))
        is_asked = any(value is not None for value in flags.values())
        if not is_asked and not dry_run:
            return inner(command_args)
        from azext_safeguards.cli.az.output import open_stderr
        from azext_safeguards.cli.flags import handlers

        cmd = command_args["cmd"]
        open_stderr(cmd.cli_ctx)
        only_safeguards = not _asks_for_more(cmd, name)
        if dry_run or (is_asked and command_args.get("dry_run")):
            from azext_safeguards.cli.az.plans import refuse_dry_run

            # With --no-wait az throws away what a command returns.
            alone = only_safeguards and not command_args.get("no_wait")
            refuse_dry_run(is_asked=is_asked, only_safeguards=alone, is_ours=dry_run)
        order = handlers.Order(
            cmd=cmd,
            # The installed handler takes arguments out of its dictionary, so the order has one of its own.
            arguments=dict(command_args),
            change=handlers.change_of(flags[LEVEL], flags[VERSION], flags[EXCLUDED_NS]),
            run_installed=lambda: inner(command_args),
            dry_run=dry_run,
        )
        if name == CREATE:
            return handlers.create(order)
        return handlers.update(order, only_safeguards=only_safeguards)

    return handler


def _wrap_show(inner: Callable[..., Any]) -> Callable[..., Any]:
    def handler(command_args: dict[str, Any]) -> Any:
        from azext_safeguards.cli.flags import handlers

        return handlers.show(command_args["cmd"], dict(command_args), lambda: inner(command_args))

    return handler


def _asks_for_more(cmd: Any, name: str) -> bool:
    """Whether the command line changes anything of the cluster itself."""
    parser = cmd.cli_ctx.invocation.parser.subparser_map.get(name)
    typed = set(getattr(parser, "specified_arguments", ()))
    return bool((typed & set(cmd.arguments)) - _NEUTRAL)
