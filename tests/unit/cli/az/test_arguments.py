# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Words that options take: in any case, with what comes around them by a copy, and the right one for a wrong one."""

from __future__ import annotations

from argparse import ArgumentTypeError

import pytest

from azext_safeguards.cli.az.arguments import MEANT_EFFECTS, MEANT_LEVELS, MEANT_MANAGED, one_word

LEVELS = ("Off", "Warning", "Enforcement")
MANAGED = ("Warn", "Enforce")
EFFECTS = ("Deny", "Warn", "Off", "Mutate")


@pytest.mark.parametrize("given", ["Warning", "warning", " WARNING", "Warning\r"])
def test_a_word_is_taken_in_any_case(given):
    taken = one_word(LEVELS, MEANT_LEVELS).settings
    assert taken["type"](given) == "Warning"
    assert list(taken["choices"]) == list(LEVELS)


@pytest.mark.parametrize(
    ("names", "meant", "given", "right"),
    [
        (LEVELS, MEANT_LEVELS, "warn", "Warning"),
        (LEVELS, MEANT_LEVELS, "Enforce", "Enforcement"),
        (LEVELS, MEANT_LEVELS, "Enforcment", "Enforcement"),
        (MANAGED, MEANT_MANAGED, "Warning", "Warn"),
        (MANAGED, MEANT_MANAGED, "Enforcement", "Enforce"),
        (EFFECTS, MEANT_EFFECTS, "Audit", "Warn"),
        (EFFECTS, MEANT_EFFECTS, "Disabled", "Off"),
        (("Baseline", "Restricted"), None, "baselin", "Baseline"),
    ],
)
def test_another_word_is_answered_with_the_right_one(names, meant, given, right):
    with pytest.raises(ArgumentTypeError) as refused:
        one_word(names, meant).settings["type"](given)
    assert str(refused.value) == f"'{given}' is none of {', '.join(names)}; did you mean {right}?"


def test_what_is_like_no_word_is_answered_with_all():
    with pytest.raises(ArgumentTypeError, match=r"^'x' is none of Off, Warning, Enforcement$"):
        one_word(LEVELS, MEANT_LEVELS).settings["type"]("x")


@pytest.mark.parametrize("names", [(LEVELS, MEANT_LEVELS), (MANAGED, MEANT_MANAGED), (EFFECTS, MEANT_EFFECTS)])
def test_what_is_meant_is_a_word(names):
    assert set(names[1].values()) <= set(names[0])
