# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What scripts/fuzz.py does with atheris, for a while with each test run and without it."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azext_safeguards.check.judging import files
from azext_safeguards.check.judging.engine import Judged
from azext_safeguards.check.policies.registry import NAMES
from azext_safeguards.check.sources.source import Source
from scripts import fuzz
from scripts.fuzz import OBJECTS, Target, misshapen, seeds

TARGET = Target()


@pytest.mark.parametrize("text", seeds(), ids=range(len(seeds())))
def test_what_it_begins_with_passes(text):
    TARGET(text)


def test_what_it_begins_with_is_seen_by_every_policy():
    found = set()
    for text in seeds():
        for engine in TARGET._engines:
            result = files.check_file(engine, Source("a.yaml", "", len(text), text))
            found |= {raw[9] for raw in result.raws}
    # These compare objects with others, or say nothing about manifests.
    assert {*NAMES} - found == {"mutation-notices", "pod-disruption-budgets", "unique-selectors"}


@settings(max_examples=300)
@given(st.sampled_from(OBJECTS), st.randoms(use_true_random=False), st.integers(1, 6))
def test_objects_of_any_shape_are_judged(one, chance, times):
    text: bytes | None = json.dumps(one).encode()
    for _ in range(times):
        text = misshapen(text, chance) or text
    TARGET(text)


@settings(max_examples=300)
@given(st.sampled_from(seeds()), st.integers(0, 9000), st.binary(max_size=6), st.integers(0, 6))
def test_texts_with_a_piece_replaced_are_read(text, at, piece, size):
    at %= len(text)
    TARGET(text[:at] + piece + text[at + size :])


@pytest.mark.parametrize(
    "judged",
    [
        lambda *_: 1 / 0,
        lambda *_: Judged(
            [], [(1, False, "c", "m", 0, 1, "Pod", "p", "n", "probes", "deny")], None, None, False, 0, ()
        ),
        lambda *_: Judged(
            [], [(1, False, "c", "m", 99, 1, "Pod", "p", "n", "probes", "deny")], None, None, False, 0, ()
        ),
        lambda *_: Judged(
            [], [(1, False, "c", "m", 1, 1, "Pod", "p", "n", object(), "deny")], None, None, False, 0, ()
        ),
    ],
    ids=["an error", "no line", "a line too far", "what no pipe carries"],
)
def test_it_complains_about_what_is_wrong(monkeypatch, judged):
    monkeypatch.setattr("azext_safeguards.check.judging.engine.Engine.judge", judged)
    with pytest.raises((ZeroDivisionError, AssertionError, ValueError)):
        TARGET(b"apiVersion: v1\nkind: Pod\n")


def test_json_is_compared_with_json(monkeypatch):
    TARGET(b'{"a": [1, 1.0, "yes"]}')
    monkeypatch.setattr(fuzz.json, "loads", lambda *_args, **_options: {"a": 2})
    with pytest.raises(AssertionError, match="otherwise than as JSON"):
        TARGET(b'{"a": [1, 1.0, "yes"]}')


def test_without_atheris_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "atheris", None)
    with pytest.raises(SystemExit, match="pip install atheris"):
        fuzz.main()
