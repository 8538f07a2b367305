# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a mutation changes, as people read it."""

from __future__ import annotations

from azext_safeguards.check import diffs
from azext_safeguards.check.diffs import unified

POD = {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}, {"name": "ü"}]}}
LIMITED = {**POD, "spec": {"containers": [{"name": "c", "cpu": 1}, {"name": "ü"}]}}


def test_a_diff_has_both_names_and_the_lines_that_change():
    assert unified(POD, LIMITED) == (
        "--- Pod/p as given\n+++ Pod/p as mutated\n@@ -4,4 +4,5 @@\n spec:\n   containers:\n   - name: c\n"
        "+    cpu: 1\n   - name: ü\n"
    )


def test_what_is_equal_has_none():
    assert unified(POD, dict(POD)) == ""


def test_what_stands_in_two_places_is_written_twice():
    shared = {"a": 1}
    text = unified({"kind": "Pod", "x": shared}, {"kind": "Pod", "x": shared, "y": shared})
    assert text.endswith(" x:\n   a: 1\n+y:\n+  a: 1\n")
    assert "&" not in text


def test_what_aliases_blow_up_is_not_written(monkeypatch):
    monkeypatch.setattr(diffs, "MOST_VALUES", 30)
    knot: object = "x"
    for _ in range(20):
        knot = [knot, knot]
    assert unified({**POD, "knot": knot}, LIMITED) == "--- Pod/p: too large to show\n"
    assert "+    cpu: 1" in unified(POD, LIMITED)
    monkeypatch.setattr(diffs, "MOST_VALUES", 10)
    assert unified(POD, LIMITED) == "--- Pod/p: too large to show\n"
