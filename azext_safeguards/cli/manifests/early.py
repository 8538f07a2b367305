# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a check has running before az has read its command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.check.workers.worker import Workers

_KEY = "safeguards_check_workers"
_HELP = frozenset({"-h", "--help"})


def start(cli_ctx: Any, words: Sequence[str]) -> None:
    """Starts processes where a check's command line names much to check, while az reads it and loads what it needs.

    They end with this process, should there be no check after all, for they hear of nothing to do then.
    """
    if cli_ctx.data.get(_KEY) is None and _HELP.isdisjoint(words):
        from azext_safeguards.check.workers.foreseen import foreseen

        cli_ctx.data[_KEY] = foreseen(words)


@contextmanager
def started(cli_ctx: Any) -> Iterator[Workers | None]:
    """The processes that have been started; they end with the block, used or not."""
    workers: Workers | None = cli_ctx.data.pop(_KEY, None)
    try:
        yield workers
    finally:
        if workers:
            workers.close()
