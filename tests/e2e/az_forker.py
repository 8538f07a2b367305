# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A process that has imported az and forks for each command line: the real az, whole, in a third of the time.

Run as a script: reads one JSON object a line, ``{"args", "env", "out", "err"}``, and answers ``{"code", "slept"}``.
In the child waiting costs nothing: ``time.sleep`` only moves ``time.monotonic`` forward, and the sum is reported.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import sys
import time
from pathlib import Path
from typing import Any


def serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if "import" in order:
            sys.path[:0] = [one for one in order["path"] if one not in sys.path]
            for name in order["import"]:
                _import(name)
            print(json.dumps({}), flush=True)
            continue
        # Nothing of what is there now is looked at again by the collector of a child, which would copy its pages.
        gc.collect()
        gc.freeze()
        report, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(report)
            _become_az(order, told)
        os.close(told)
        with os.fdopen(report) as stream:
            said = json.loads(stream.read() or "{}")
        _, status = os.waitpid(child, 0)
        print(json.dumps({**said, "code": os.waitstatus_to_exitcode(status)}), flush=True)


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception as error:
        # What cannot be imported alone is imported by the command, as always.
        print(f"{name}: {error}", file=sys.stderr)


def _become_az(order: dict[str, Any], told: int) -> None:
    gc.disable()
    slept, monotonic, sleep = [0.0], time.monotonic, time.sleep

    def skip(seconds: float) -> None:
        slept[0] += seconds
        # Other threads must get their turn.
        sleep(0.001)

    for number, target in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(target, flags, 0o600), number)
    # Modules that were imported before the fork hold on to the streams of that time.
    early = (sys.stdout, sys.stderr)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, "rw"[number > 0]) for number in range(3))
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
        os.write(told, json.dumps({"slept": slept[0]}).encode())
        for stream in (sys.stdout, sys.stderr, *early):
            stream.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
