# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check` on many manifests, beside a bare parse of the same bytes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks.manifests import write_manifests
from benchmarks.timing import median, run, spread

_COUNT = 10_000
_SAMPLE_SECONDS = 0.01

# Prints the seconds that PyYAML's C loader takes for all files, without finding and reading them.
_BARE_PARSE = """
import sys, time, yaml
from pathlib import Path
texts = [path.read_bytes() for path in sorted(Path(sys.argv[1]).rglob("*.yaml"))]
begun = time.perf_counter()
for text in texts:
    for _ in yaml.load_all(text, Loader=yaml.CSafeLoader):
        pass
print(time.perf_counter() - begun)
"""
# Prints the seconds from the start of the check until something is found; the interpreter and its imports are apart.
_FIRST_FINDING = """
import sys, time
from azext_safeguards.check.judging.against import planned, settings_of
from azext_safeguards.check.workers.pool import Pool
from azext_safeguards.check.sources.find import find_sources
from azext_safeguards.domain.level import Level
begun = time.perf_counter()
settings = settings_of(planned(Level.ENFORCEMENT, "v2.0.0", ()).assignment)
results = Pool(2).results(settings, find_sources([sys.argv[1]], sys.stdin.buffer))
next(result for _, result in results if result[0])
print(time.perf_counter() - begun)
results.close()
"""


def bench_check(az: str, environment: dict[str, str], folder: Path, runs: int) -> None:
    """Prints wall time, peak memory and time to the first finding."""
    size = write_manifests(folder, _COUNT)
    command = [az, "aks", "safeguards", "check", "-f", str(folder), "--fail-on", "never", "-o", "none"]
    ours: list[float] = []
    parse: list[float] = []
    for count in range(runs + 1):
        pair = run(command, environment).wall, _printed(_BARE_PARSE, folder)
        if count:
            ours.append(pair[0])
            parse.append(pair[1])
    print(f"{_COUNT:,} manifests, {size / 1e6:.1f} MB, {runs} runs of each in turn, wall time:")
    print(f"  az aks safeguards check            {spread(ours)}")
    print(f"  bare CSafeLoader parse, 1 process  {spread(parse)}")
    print(f"  check / parse, pair by pair        {median([a / b for a, b in zip(ours, parse, strict=True)]):7.2f}")
    print(f"  manifests a second                 {_COUNT / median(ours):7.0f}")
    print(f"  until the first finding            {median([_printed(_FIRST_FINDING, folder) for _ in range(3)]):7.2f} s")
    version, check = _peak([az, "version"], environment), _peak(command, environment)
    print("Peak memory, resident sizes of all processes added up:")
    print(f"  az version                         {version / 1e6:7.0f} MB")
    print(f"  az aks safeguards check            {check / 1e6:7.0f} MB, {(check - version) / 1e6:.0f} MB more")


def _printed(script: str, folder: Path) -> float:
    """The number that a script prints about a folder."""
    command = [sys.executable, "-c", script, str(folder)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _peak(command: Sequence[str], environment: dict[str, str]) -> int:
    """The most bytes that a command and the processes below it have resident at one time, by sampling."""
    most = 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, _resident(root))
            time.sleep(_SAMPLE_SECONDS)
    return most


def _resident(root: psutil.Process) -> int:
    total = 0
    try:
        for process in (root, *root.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.Error:
        pass  # it ended while it was looked at
    return total
