# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Manifests that are all different: other kinds, fields, names, comments and styles from file to file, as in a folder
of what charts have rendered and people have written over years."""

from __future__ import annotations

from pathlib import Path
from random import Random

from benchmarks.varied_kinds import KINDS
from benchmarks.varied_writer import Writer


def write_varied(folder: Path, count: int, seed: int = 18) -> int:
    """Writes `count` files below a folder, the same ones for the same seed, and returns their bytes.

    A tenth of the workloads has faults; one file in twenty has several documents.
    """
    random = Random(seed)
    makers, weights = [maker for maker, _ in KINDS], [weight for _, weight in KINDS]
    size = 0
    for number in range(count):
        writer = Writer(random)
        documents = random.randint(2, 3) if random.random() < 1 / 20 else 1
        texts = [maker(writer) for maker in random.choices(makers, weights, k=documents)]
        text = writer.joined(texts)
        path = folder / writer.team / f"{writer.name}-{number}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        size += len(text.encode())
    return size
