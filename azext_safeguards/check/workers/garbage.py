# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Garbage collection while manifests are checked: seldom, but not never."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Nodes, data and findings hold no cycles and go by themselves; the collector would walk them again and again. Only an
# anchor that contains an alias of itself makes a cycle, and a hostile folder may be full of them.
_THRESHOLDS = (100_000, 5, 5)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Leaves what is there now out of all collections, and collects what comes when there is much of it."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def left_to_the_end() -> None:
    """Has a process that ends not look through all that is left, which the system takes back anyway."""
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
