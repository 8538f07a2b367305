# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Requests at the same time, in threads that keep nobody waiting who wants to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from queue import SimpleQueue
from typing import Any

# How long a command that has all else waits for what was read meanwhile.
PATIENCE_SECONDS = 2.0


def meanwhile(task: Callable[[], Any]) -> threading.Thread:
    """Does something beside all else; who wants what comes of it joins the thread.

    A daemon, so that a read that hangs does not keep the process from ending.
    """
    thread = threading.Thread(target=task, daemon=True)
    thread.start()
    return thread


def at_once(tasks: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Does some things at the same time and returns what each returns, by name.

    Unlike those of a pool the threads are daemons, so that Ctrl-C ends the command at once and not with the slowest
    answer.

    :raises BaseException: what the first of them raises; the others are not waited for.
    """
    ended: SimpleQueue[tuple[str, Any, BaseException | None]] = SimpleQueue()

    def run(name: str, task: Callable[[], Any]) -> None:
        try:
            ended.put((name, task(), None))
        except BaseException as error:
            ended.put((name, None, error))

    for name, task in tasks.items():
        meanwhile(partial(run, name, task))
    results: dict[str, Any] = {}
    while len(results) < len(tasks):
        name, result, error = ended.get()
        if error is not None:
            raise error
        results[name] = result
    return results
