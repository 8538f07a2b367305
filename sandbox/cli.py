# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The command line: `run` and `shell` start a sandbox, `fault`, `state` and `load` steer it from inside."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox import steering
from sandbox.core.faults import parse_fault
from sandbox.features.models import STATES
from sandbox.runner import Options, run

PROVIDER_STATES = ("Registered", "NotRegistered", "Registering", "Unregistering", "Unregistered")
HINT = "You are inside the sandbox: `az` talks to it and to nothing else. Leave with `exit`."
USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; 2 for options that make no sense."""
    words = list(sys.argv[1:] if argv is None else argv)
    own, command = _split(words)
    parser = _parser()
    arguments = parser.parse_args(own)
    if arguments.action in ("run", "shell"):
        if arguments.action == "run" and not command:
            parser.error("run needs a command after --, for example: python -m sandbox run -- az group list")
        if arguments.action == "shell":
            command = [os.environ.get("SHELL", "/bin/sh")]
            print(HINT, file=sys.stderr)
        return _start(arguments, command)
    if command:
        parser.error(f"{arguments.action} takes no command")
    try:
        if arguments.action == "fault":
            return steering.fault(" ".join(arguments.fault), clear=arguments.clear)
        if arguments.action == "load":
            return steering.load(arguments.cluster, arguments.file, clear=arguments.clear)
        changes = {
            "features": dict(arguments.feature),
            "providers": dict(arguments.provider),
            "latency": None if arguments.latency is None else arguments.latency / 1000,
            "advance": arguments.advance,
            "scan": arguments.scan,
            "syncDelay": arguments.sync_delay,
        }
        return steering.state({name: value for name, value in changes.items() if value not in (None, {})})
    except steering.NoSandbox as error:
        print(f"python -m sandbox: {error}", file=sys.stderr)
        return USAGE


def _start(arguments: argparse.Namespace, command: list[str]) -> int:
    options = Options(
        latency=arguments.latency / 1000,
        features={"SafeguardsPreview": arguments.feature},
        providers=dict(arguments.provider),
        faults=tuple(arguments.fault),
        journal=arguments.journal,
        polls=arguments.polls,
        sync_delay=arguments.sync_delay,
        keep_home=arguments.keep_home,
    )
    try:
        return run(command, options)
    except OSError as error:
        print(f"python -m sandbox: {error}", file=sys.stderr)
        return USAGE


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True, metavar="{run,shell,fault,state,load}")
    for name, text in (
        ("run", "run a command inside a fresh sandbox: python -m sandbox run [options] -- COMMAND..."),
        ("shell", "open a shell inside a fresh sandbox"),
    ):
        _add_start_options(actions.add_parser(name, help=text))
    fault = actions.add_parser("fault", help="inside a sandbox: add a fault, or --clear all")
    fault.add_argument("fault", nargs="*", metavar="WORD", help="METHOD PATH key=value..., see run --fault")
    fault.add_argument("--clear", action="store_true", help="remove all faults first")
    state = actions.add_parser("state", help="inside a sandbox: print its state, after the changes given")
    state.add_argument("--feature", action="append", default=[], type=_pair(FEATURE_STATES), metavar="NAME=STATE")
    state.add_argument("--provider", action="append", default=[], type=_pair(PROVIDER_STATES), metavar="NS=STATE")
    state.add_argument("--latency", type=_milliseconds, metavar="MS")
    state.add_argument("--advance", type=float, metavar="SECONDS", help="move the clock")
    state.add_argument(
        "--scan", type=float, metavar="SECONDS", help="how long a compliance scan takes that is asked for"
    )
    state.add_argument("--sync-delay", type=float, metavar="SECONDS", help="how long a change takes to reach a cluster")
    load = actions.add_parser("load", help="inside a sandbox: put Kubernetes manifests on a cluster, as kubectl apply")
    load.add_argument("cluster", metavar="CLUSTER", help="its name, GROUP/NAME or resource id")
    load.add_argument("file", nargs="+", metavar="FILE", help="a manifest, a folder of them, or - for standard input")
    load.add_argument("--clear", action="store_true", help="remove what is on the cluster first")
    return parser


FEATURE_STATES = (*STATES, "retired")


def _add_start_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--latency", type=_milliseconds, default=0, metavar="MS", help="added to every answer")
    parser.add_argument(
        "--feature",
        choices=FEATURE_STATES,
        default="NotRegistered",
        metavar="STATE",
        help="state of SafeguardsPreview (default: %(default)s); retired: it does not exist",
    )
    parser.add_argument(
        "--provider",
        action="append",
        default=[],
        type=_pair(PROVIDER_STATES),
        metavar="NS=STATE",
        help="registration of a resource provider (default: Registered); repeatable",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="FAULT",
        help="METHOD PATH key=value..., for example 'PUT policyAssignments status=500 times=2'; "
        "keys: status code message refusal answer taken latency drop operation times after query host header.NAME; "
        "repeatable",
    )
    parser.add_argument("--journal", type=Path, metavar="FILE", help="write every request there, a JSON line each")
    parser.add_argument("--polls", type=_positive, default=3, metavar="N", help="polls that an operation takes")
    parser.add_argument(
        "--sync-delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="how long a change takes to reach a cluster (default: 0; in Azure up to 900, for the first 1200)",
    )
    parser.add_argument("--keep-home", action="store_true", help="do not replace HOME by a temporary folder")


def _pair(states: Sequence[str]) -> Callable[[str], tuple[str, str]]:
    def parse(text: str) -> tuple[str, str]:
        name, equals, state = text.partition("=")
        if not name or not equals or state not in states:
            raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=STATE, with one of {', '.join(states)}")
        return name, state

    return parse


def _fault(text: str) -> str:
    try:
        parse_fault(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _milliseconds(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of milliseconds")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return int(text)
