# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A process that has imported az and forks for each command line: the real az, whole, in a third of the time.

Run as a script: reads one JSON object a line, ``{"args", "env", "out", "err"}``, and answers ``{"code", "slept"}``.
Given a socket it runs what az_client.py asks there as well, as many at a time as there are.
With ``"again"`` az is forked where it has parsed the line and not begun with it, so that it is loaded and parsed once.
In the child waiting costs nothing: ``time.sleep`` only moves ``time.monotonic`` forward, and the sum is reported.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import os
import runpy
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

_LOOKING_AGAIN = 0.05


def serve(address: str) -> None:
    shells: set[int] = set()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        while True:
            ready, _, _ = select.select([sys.stdin, listener], [], [], 0.2 if shells else None)
            shells -= {child for child in shells if os.waitpid(child, os.WNOHANG)[0]}
            if listener in ready:
                shells.add(_for_a_shell(listener))
            if sys.stdin in ready:
                line = sys.stdin.readline()
                if not line:
                    return
                print(json.dumps(_answer(json.loads(line))), flush=True)


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    if "import" in order:
        sys.path[:0] = [one for one in order["path"] if one not in sys.path]
        for name in order["import"]:
            _import(name)
        return {}
    order["env"] = {**os.environ, **order["env"]}
    if order.get("again"):
        return _again(order)
    report, told = os.pipe()
    child = _fork()
    if child == 0:
        os.close(report)
        _become_az(order, _streams(order), lambda _, slept: os.write(told, json.dumps({"slept": slept}).encode()))
    os.close(told)
    return _ended(child, report)


def _streams(order: dict[str, Any]) -> list[int]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    written = [os.open(order[name], flags, 0o600) for name in ("out", "err")]
    return [os.open(os.devnull, os.O_RDONLY), *written]


def _ended(child: int, report: int) -> dict[str, Any]:
    with os.fdopen(report) as stream:
        said = json.loads(stream.read() or "{}")
    _, status = os.waitpid(child, 0)
    return {**said, "code": os.waitstatus_to_exitcode(status)}


_parsed: dict[str, tuple[int, TextIO]] = {}


def _again(order: dict[str, Any]) -> dict[str, Any]:
    line = json.dumps([order["args"], order["env"], order["folder"]])
    if line not in _parsed:
        (wanted, ask), (answers, answer) = os.pipe(), os.pipe()
        if _fork() == 0:
            os.close(ask)
            os.close(answers)
            _wait_when_parsed(order, wanted, answer)
        os.close(wanted)
        os.close(answer)
        _parsed[line] = ask, os.fdopen(answers)
    ask, told = _parsed[line]
    os.write(ask, b"\n")
    said: dict[str, Any] = json.loads(told.readline())
    return said


def _wait_when_parsed(order: dict[str, Any], wanted: int, answer: int) -> None:
    """Becomes an az that, once it has parsed its line, forks for each line that is wanted, until nobody is left."""
    from azure.cli.core.commands import AzCliCommandInvoker

    # What az does next when it has parsed a line: its warnings, what it asks for, validators, the command.
    go_on = AzCliCommandInvoker.resolve_warnings
    reports: list[int] = []

    def wait(self: Any, *parsed: Any) -> Any:
        while os.read(wanted, 1):
            report, told = os.pipe()
            child = _fork()
            if child == 0:
                os.close(report)
                reports.append(told)
                for number, stream in enumerate(_streams(order)):
                    os.dup2(stream, number)
                    os.close(stream)
                return go_on(self, *parsed)
            os.close(told)
            os.write(answer, (json.dumps(_ended(child, report)) + "\n").encode())
        os._exit(0)

    AzCliCommandInvoker.resolve_warnings = wait
    _become_az(order, _streams(order), lambda _, slept: os.write(reports[0], json.dumps({"slept": slept}).encode()))


def _for_a_shell(listener: socket.socket) -> int:
    connection, _ = listener.accept()
    child = _fork()
    if child:
        connection.close()
        return child
    size, streams, _, _ = socket.recv_fds(connection, 4, 3)
    length, text = struct.unpack("!I", size)[0], b""
    while len(text) < length:
        text += connection.recv(length - len(text))
    _become_az(ast.literal_eval(text.decode()), streams, lambda code, _: connection.send(struct.pack("!i", code)))
    raise AssertionError("az has ended the process")


def _fork() -> int:
    # Nothing of what is there now is looked at again by the collector of a child, which would copy its pages.
    gc.collect()
    gc.freeze()
    return os.fork()


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception as error:
        # What cannot be imported alone is imported by the command, as always.
        print(f"{name}: {error}", file=sys.stderr)


def _become_az(order: dict[str, Any], streams: Sequence[int], report: Callable[[int, float], object]) -> None:
    """Runs one line with these streams, reports the exit code and the seconds slept, and ends the process."""
    gc.disable()
    slept, monotonic, sleep = [0.0], time.monotonic, time.sleep

    def skip(seconds: float) -> None:
        # So shortly `subprocess` looks again and again whether a program has ended, which takes its own time.
        if seconds <= _LOOKING_AGAIN:
            sleep(seconds)
            return
        slept[0] += seconds
        # Other threads must get their turn.
        sleep(0.001)

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # Modules that were imported before the fork hold on to the streams of that time.
    early = (sys.stdout, sys.stderr)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, "rw"[number > 0]) for number in range(3))
    for name in set(os.environ) - set(order["env"]):
        del os.environ[name]
    os.environ.update(order["env"])
    os.chdir(order["folder"])
    sys.argv = ["az", *order["args"]]
    time.sleep, time.monotonic = skip, lambda: monotonic() + slept[0]
    code: Any = 1
    try:
        runpy.run_module("azure.cli", run_name="__main__")
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        if order.get("modules"):
            Path(order["modules"]).write_text("\n".join(sys.modules))
        for stream in (sys.stdout, sys.stderr, *early):
            try:
                stream.flush()
            except OSError:
                # As at the end of any Python whose reader has gone.
                code = code or 120
        report(code, slept[0])
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
