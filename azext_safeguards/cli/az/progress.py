# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""az's progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_bar(cli_ctx: Any, message: str) -> Iterator[Callable[[str, int, int], None]]:
    """az's progress bar, where somebody can see it and did not turn it off.

    :param message: what is being done.
    :returns: a function that is told what is being done, how much of it has ended and how much there is (0: not known).
    """
    import sys

    quiet = cli_ctx.only_show_errors or cli_ctx.config.getboolean("core", "disable_progress_bar", fallback=False)
    if quiet or not sys.stderr.isatty():
        yield lambda *_: None
        return
    cli_ctx.get_progress_controller().begin(message=message)

    def tell(text: str, done: int, total: int) -> None:
        # az's bar needs a total; without one its spinner shows that something goes on.
        share = {"value": min(done, total), "total_val": total} if total else {"value": None, "total_val": None}
        cli_ctx.get_progress_controller(det=bool(total)).add(message=f"{text}: {done}", **share)

    try:
        yield tell
    finally:
        cli_ctx.get_progress_controller().end()
