# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Requests at the same time, in threads that keep nobody waiting who wants to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Any


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
        threading.Thread(target=run, args=(name, task), daemon=True).start()
    results: dict[str, Any] = {}
    while len(results) < len(tasks):
        name, result, error = ended.get()
        if error is not None:
            raise error
        results[name] = result
    return results
