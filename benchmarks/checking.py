# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check` on many manifests, beside a bare parse of the same bytes and, where they are on PATH, tools
that check manifests: kubeconform for types alone, kube-score for practices alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.manifests import write_manifests
from benchmarks.rendered import write_rendered
from benchmarks.timing import Run, median, run, spread
from benchmarks.varied import write_varied

_COUNT = 10_000
_MANIFESTS = (
    ("alike but for their names", write_manifests),
    ("rendered, alike but for their values", write_rendered),
    ("all different", write_varied),
)
_COUNTS = (10_000, 30_000, 100_000)
_SAMPLE_SECONDS = 0.01
SCHEMAS = "KUBECONFORM_SCHEMAS"
"""The variable that holds kubeconform's `-schema-location`; without it kubeconform would ask the internet."""

_OURS, _PARSE = "az aks safeguards check", "bare CSafeLoader parse, 1 process"
# Parses all files as PyYAML's C loader does, one after the other.
_BARE_PARSE = """
import sys, yaml
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.yaml")):
    for _ in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader):
        pass
"""
# Prints the seconds from the start of the check until something is found; the interpreter and its imports are apart.
_FIRST_FINDING = """
import sys, time
from azext_safeguards.check.judging.against import planned, settings_of
from azext_safeguards.check.workers.pool import Pool
from azext_safeguards.check.workers.worker import Workers
from azext_safeguards.check.sources.find import find_sources
from azext_safeguards.domain.level import Level
begun = time.perf_counter()
settings = settings_of(planned(Level.ENFORCEMENT, "v2.0.0", ()).assignment)
results = Pool(Workers(1)).results(settings, find_sources([sys.argv[1]], sys.stdin.buffer))
next(result for _, result in results if result[0])
print(time.perf_counter() - begun)
results.close()
"""


def bench_check(az: str, environment: dict[str, str], folder: Path, runs: int) -> None:
    """Prints times, peak memory and time to the first finding, for manifests that are alike, for those that have their
    form alone in common, and for varied ones."""
    for title, write in _MANIFESTS:
        inner = folder / title.split()[0].strip(",")
        inner.mkdir()
        size = write(inner, _COUNT)
        print(f"{_COUNT:,} manifests that are {title}, {size / 1e6:.1f} MB, {runs} runs of each in turn:")
        _in_turn(_commands(az, inner), environment, runs)
        first = median([float(_printed(_FIRST_FINDING, inner)) for _ in range(3)])
        print(f"  until the first finding {first:.2f} s")
        version = _peak([az, "version"], environment)
        check = _peak(_commands(az, inner)[_OURS], environment)
        print(
            f"  peak memory, all processes added up: {check / 1e6:.0f} MB, {(check - version) / 1e6:.0f} MB more than "
            "az version"
        )


def bench_linear(az: str, environment: dict[str, str], folder: Path) -> None:
    """Prints CPU time for each file and peak memory of ever more files that are all different, az's start apart."""
    start = min(run([az, "version"], environment).cpu for _ in range(3))
    print("Ever more manifests that are all different, CPU time beyond that of az version:")
    for count in _COUNTS:
        inner = folder / f"{count}-files"
        inner.mkdir()
        size = write_varied(inner, count)
        command = _commands(az, inner)[_OURS]
        cpu = min(run(command, environment).cpu for _ in range(2)) - start
        peak = _peak(command, environment)
        print(
            f"  {count:7,} files, {size / 1e6:5.1f} MB: {1e6 * cpu / count:.0f} us a file, "
            f"peak memory {peak / 1e6:.0f} MB"
        )
        shutil.rmtree(inner)


def _commands(az: str, folder: Path) -> dict[str, list[str]]:
    """What is measured, by its name."""
    found = {
        _PARSE: [sys.executable, "-c", _BARE_PARSE, str(folder)],
        _OURS: [az, "aks", "safeguards", "check", "-f", str(folder), "--fail-on", "never", "-o", "none"],
    }
    kubeconform, schemas = shutil.which("kubeconform"), os.environ.get(SCHEMAS)
    if kubeconform and schemas:
        options = ["-strict", "-ignore-missing-schemas", "-schema-location", schemas]
        found["kubeconform, types alone"] = [kubeconform, *options, str(folder)]
    kube_score = shutil.which("kube-score")
    if kube_score:
        # It takes no folder, and ends with 1 where it finds anything.
        script = 'find "$1" -name "*.yaml" -print0 | xargs -0 "$0" score -o ci; true'
        found["kube-score, practices alone"] = ["sh", "-c", script, kube_score, str(folder)]
    return found


def _in_turn(commands: Mapping[str, list[str]], environment: dict[str, str], runs: int) -> None:
    """Runs each in turn, once to warm up, and prints what each takes, and of the bare parse of the same turn."""
    taken: dict[str, list[Run]] = {name: [] for name in commands}
    for count in range(runs + 1):
        for name, command in commands.items():
            one = run(command, environment)
            if count:
                taken[name].append(one)
    for name, found in taken.items():
        pairs = list(zip(found, taken[_PARSE], strict=True))
        wall, cpu = median([a.wall / b.wall for a, b in pairs]), median([a.cpu / b.cpu for a, b in pairs])
        print(f"  {name:34} wall {spread([one.wall for one in found])}, CPU {spread([one.cpu for one in found])}")
        print(f"  {'':34} of the bare parse: wall {wall:.2f}, CPU {cpu:.2f}")


def _printed(script: str, folder: Path) -> str:
    """What a script prints about a folder."""
    command = [sys.executable, "-c", script, str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


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
