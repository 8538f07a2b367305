# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The process that checks chunks of files for another: jobs come in on stdin, results go out on stdout.

Not multiprocessing: its `spawn` runs the main module again, and az's main module has no guard; its `fork` would copy az
with its threads. A process that loads the parser and the rules alone is also smaller than az.
"""

from __future__ import annotations

import gc
import marshal
import struct
from typing import IO, Any

_LENGTH = struct.Struct("!Q")

# What a new interpreter runs: it takes the module path of its parent, then this module.
BOOT = (
    # Nothing is worth collecting while modules are loaded.
    "import gc; gc.disable(); import sys, marshal, struct; i = sys.stdin.buffer; "
    "sys.path[:] = marshal.loads(i.read(struct.unpack('!Q', i.read(8))[0])); "
    "from azext_safeguards.check.workers.process import serve; serve(i, sys.stdout.buffer)"
)


def send(stream: IO[bytes], message: Any) -> None:
    """Writes a message of plain values (what marshal carries) to a pipe."""
    stream.write(packed(message))
    stream.flush()


def packed(message: Any) -> bytes:
    """A message as it goes through a pipe."""
    payload = marshal.dumps(message)
    return _LENGTH.pack(len(payload)) + payload


def receive(stream: IO[bytes]) -> Any:
    """The next message of a pipe; None at its end. Only for what our own other process wrote."""
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    return marshal.loads(stream.read(_LENGTH.unpack(header)[0]))  # noqa: S302


def serve(jobs: IO[bytes], results: IO[bytes]) -> None:
    """Checks what is asked for until the other side closes the pipe."""
    from azext_safeguards.check.judging.alike import Alike
    from azext_safeguards.check.judging.engine import Engine
    from azext_safeguards.check.settings import Settings
    from azext_safeguards.check.sources.source import Source
    from azext_safeguards.check.workers.garbage import seldom_collected

    told = receive(jobs)
    if told is None:
        return
    settings = Settings.from_plain(told)
    alike = Alike(Engine(settings), settings)
    gc.enable()
    with seldom_collected():
        while (chunk := receive(jobs)) is not None:
            send(results, [alike.check(Source(*job)) for job in chunk])
