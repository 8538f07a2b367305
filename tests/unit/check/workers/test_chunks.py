# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Every source comes once, whoever asks, and none waits for long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers import chunks
from azext_safeguards.check.workers.chunks import CHUNK, CHUNK_BYTES, Chunks

SIZES = st.lists(st.sampled_from([100, 101, 102, CHUNK_BYTES, 3 * CHUNK_BYTES]), max_size=300)


def sources(sizes):
    return [Source(f"{number}.yaml", "x", size) for number, size in enumerate(sizes)]


@given(SIZES, st.lists(st.integers(0, 2), min_size=1, max_size=10), st.integers(1, 40))
def test_every_source_comes_once_with_its_place(sizes, asking, behind):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "_MOST_BEHIND", behind)
        all_of_them = sources(sizes)
        taking = Chunks(all_of_them, 3)
        taken, number = [], 0
        while chunk := taking.take(asking[number % len(asking)]):
            assert len(chunk) <= CHUNK
            assert sum(source.size for _, source in chunk[:-1]) < CHUNK_BYTES
            taken += chunk
            number += 1
            first = min((one for one in range(len(sizes)) if (one, all_of_them[one]) not in taken), default=None)
            if first is not None:
                assert max(at for at, _ in taken) - first <= behind + 1
        assert sorted(taken) == list(enumerate(all_of_them))
        assert [taking.take(process) for process in (0, 1, 2)] == [[], [], []]


def test_files_of_a_size_go_to_one_process():
    taking = Chunks(sources([100, 101] * 200), 2)
    by_process = [taking.take(0), taking.take(1), taking.take(0), taking.take(1)]
    assert [{source.size for _, source in chunk} for chunk in by_process] == [{101}, {100}, {101}, {100}]
    # One that has none of its own left helps the other.
    alone = Chunks(sources([100] * 100), 2)
    assert [len(alone.take(0)) for _ in range(4)] == [32, 32, 32, 4]


def test_what_finding_a_source_raises_is_raised():
    def failing():
        yield from sources([100] * 40)
        raise OSError("gone")

    taking = Chunks(failing(), 1)
    assert len(taking.take(0)) == CHUNK
    with pytest.raises(OSError, match="gone"):
        taking.take(0)
