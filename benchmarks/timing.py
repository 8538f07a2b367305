# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Runs a command as a whole process and takes its times from the operating system."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One finished process: seconds of wall time and of CPU time (user and system, its children included)."""

    wall: float
    cpu: float


def run(command: Sequence[str], env: dict[str, str]) -> Run:
    """Runs a command to its end with its output thrown away.

    :raises RuntimeError: when it does not end with exit code 0, because its times would say nothing then.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"'{' '.join(command)}' ended with exit code {process.returncode}")
    return Run(wall, usage.ru_utime + usage.ru_stime)


def median(values: Sequence[float]) -> float:
    """The median of some seconds."""
    return statistics.median(values)


def spread(values: Sequence[float]) -> str:
    """`median (min to max)` in milliseconds."""
    low, middle, high = (1000 * value for value in (min(values), median(values), max(values)))
    return f"{middle:7.0f} ms ({low:.0f} to {high:.0f})"
