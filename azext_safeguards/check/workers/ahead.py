# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Processes that start while it is still being found out what to check, and against what.

Imports next to nothing: the rules are loaded when the processes are on their way.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice

from azext_safeguards.check.findings import UnreadableFile
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers.foreseen import FEW, LITTLE
from azext_safeguards.check.workers.pool import Pool
from azext_safeguards.check.workers.worker import Workers


class Ahead:
    """Sources of which the first are found already; where they are many, processes are starting for them.

    Ends the processes at the end of a `with` block.
    """

    def __init__(
        self, sources: Iterable[Source | UnreadableFile], processes: int, foreseen: Workers | None = None
    ) -> None:
        """Takes sources, how many processes may work at once, and those that have been started already."""
        iterator = iter(sources)
        first = list(islice(iterator, FEW)) if processes > 1 else []
        is_much = len(first) == FEW or sum(one.size for one in first if isinstance(one, Source)) > LITTLE
        self.pool = Pool(foreseen or Workers(processes - 1)) if is_much else None
        self.sources = chain(first, iterator)

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.close()
