# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`make bench`: what an update costs beside core's own command, what being installed costs everybody else, and how
fast manifests are checked."""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.checking import bench_check, bench_linear
from benchmarks.startup import bench_startup
from benchmarks.timing import Run, median, run, spread
from sandbox import Sandbox
from sandbox.journal import Record

AZ = str(Path(sys.executable).parent / "az")
EXTENSIONS = Path(sys.prefix) / "cliextensions"
LATENCY_SECONDS = 0.150


def main() -> None:
    """Measures and prints; the numbers of one run belong together, because machines differ from hour to hour."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="counted runs of each command, after one that warms up")
    parser.add_argument(
        "--linear", action="store_true", help="only what 10,000, 30,000 and 100,000 manifests take, some minutes"
    )
    given = parser.parse_args()
    runs = given.runs
    with Sandbox() as box, tempfile.TemporaryDirectory() as folder:
        bench = Bench(box, Path(folder), runs)
        if given.linear:
            bench_linear(AZ, bench.with_us, Path(folder))
            return
        bench.update_beside_core()
        bench_startup(bench.environment, EXTENSIONS, Path(folder))
        bench.overhead("az group list, not about AKS", [AZ, "group", "list"])
        bench.overhead("az aks update -h", [AZ, "aks", "update", "-h"])
        bench.overhead("az aks -h", [AZ, "aks", "-h"])
        manifests = Path(folder) / "manifests"
        manifests.mkdir()
        bench_check(AZ, bench.with_us, manifests, runs)


class Bench:
    """The measurements, against one sandbox.

    :param box: a running sandbox.
    :param folder: an empty folder for az's configuration.
    :param runs: how often each command is measured.
    """

    def __init__(self, box: Sandbox, folder: Path, runs: int) -> None:
        self.box, self.runs = box, runs
        bare = folder / "no-extensions"
        bare.mkdir()
        # az keeps an index of commands in its configuration folder, so each set of extensions needs its own.
        self._folder = folder
        self.with_us = self.environment("with", EXTENSIONS)
        self.without_us = self.environment("without", bare)

    def environment(self, name: str, extensions: Path) -> dict[str, str]:
        """The environment of an az that is signed in, with a configuration of its own and these extensions."""
        config = self._folder / name
        config.mkdir()
        self.box.write_login(config)
        return {**self.box.environment(config, extensions), "HOME": str(config)}

    def update_beside_core(self) -> None:
        """`aks update --safeguards-level` and core's `aks safeguards update`, in turn, with latency on each request."""
        box = self.box
        box.features.set_state("SafeguardsPreview", "Registered")
        box.add_group("group")
        box.add_cluster("group", "ours", azure_policy=True)
        box.add_deployment_safeguards(box.add_cluster("group", "core", azure_policy=True))
        ours, core = itertools.cycle(["Warning", "Enforcement"]), itertools.cycle(["Enforce", "Warn"])
        box.latency = LATENCY_SECONDS
        our_runs: list[Run] = []
        core_runs: list[Run] = []
        for count in range(self.runs + 1):
            box.journal.clear()
            ours_now = run(
                [AZ, "aks", "update", "-g", "group", "-n", "ours", "--safeguards-level", next(ours)], self.with_us
            )
            rounds, requests = sequential_rounds(_to_arm(box.journal)), len(_to_arm(box.journal))
            core_now = run(
                [AZ, "aks", "safeguards", "update", "-g", "group", "-n", "core", "--level", next(core)], self.with_us
            )
            if count:
                our_runs.append(ours_now)
                core_runs.append(core_now)
        box.latency = 0
        print(f"With {1000 * LATENCY_SECONDS:.0f} ms for each request, {self.runs} runs of each in turn, wall time:")
        print(f"  az aks update --safeguards-level   {spread([item.wall for item in our_runs])}")
        print(f"  az aks safeguards update (core)    {spread([item.wall for item in core_runs])}")
        ratio = median([a.wall / b.wall for a, b in zip(our_runs, core_runs, strict=True)])
        print(f"  ours / core, pair by pair          {ratio:7.2f}")
        print(f"  ours: {requests} requests to Resource Manager in {rounds} sequential rounds")

    def overhead(self, title: str, command: Sequence[str]) -> None:
        """CPU time of a command with and without the extension, in turn."""
        with_us: list[float] = []
        without_us: list[float] = []
        for count in range(2 * self.runs + 1):
            pair = run(command, self.with_us).cpu, run(command, self.without_us).cpu
            if count:
                with_us.append(pair[0])
                without_us.append(pair[1])
        added = 1000 * median([a - b for a, b in zip(with_us, without_us, strict=True)])
        print(f"{title}, {2 * self.runs} runs of each in turn, CPU time:")
        print(f"  without the extension              {spread(without_us)}")
        print(f"  with the extension                 {spread(with_us)}")
        print(f"  added, pair by pair                {added:7.0f} ms")


def sequential_rounds(records: Sequence[Record]) -> int:
    """How many requests had to wait for one another: the longest chain in which each started after the last ended."""
    rounds, free_at = 0, 0.0
    for record in sorted(records, key=lambda record: record.finished):
        if record.started >= free_at:
            rounds += 1
            free_at = record.finished
    return rounds


def _to_arm(records: Sequence[Record]) -> list[Record]:
    """The requests but for signing in, which a token in az's cache saves."""
    return [record for record in records if record.host.startswith("management.")]


if __name__ == "__main__":
    main()
