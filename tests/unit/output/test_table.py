# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Rows cut to the width of a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tabulate import tabulate

from azext_safeguards.output.table import WIDTH, fit

LONG = "a-long-name-" * 20


def widths(rows) -> list[int]:
    """How many columns of a terminal each line of the table takes that az prints of the rows."""
    text = tabulate(rows, headers="keys", tablefmt="simple", disable_numparse=True)
    doubled = [sum(unicodedata.east_asian_width(one) in "WF" for one in line) for line in text.split("\n")]
    return [len(line) + more for line, more in zip(text.split("\n"), doubled, strict=True)]


def test_what_fits_stays():
    assert fit([{"Name": "a", "Count": 3, "None": None}]) == [{"Name": "a", "Count": "3", "None": ""}]
    assert fit([]) == []
    whole = {"Name": "a" * 58, "Text": "b" * 60}
    assert fit([whole], ["Text"]) == [whole]


def test_prose_gives_way_before_names_do():
    [row] = fit([{"Name": "a" * 63, "Text": "words " * 40}], ["Text"])
    assert row["Name"] == "a" * 63
    assert len(row["Text"]) <= WIDTH - 2 - 63
    assert row["Text"] == "words " * 8 + "word..."


def test_names_are_cut_in_their_middle():
    [row] = fit([{"Name": f"{LONG}end-7", "Path": f"deploy/{LONG}.yaml:12", "Text": "words " * 40}], ["Text"])
    assert "..." in row["Name"]
    assert row["Name"].startswith("a-long")
    assert row["Name"].endswith("end-7")
    assert row["Path"].startswith("deploy/")
    assert row["Path"].endswith(".yaml:12")
    assert len(row["Text"]) == 32


def test_a_short_column_is_not_cut_for_a_long_one():
    [row] = fit([{"Name": "short", "State": "NonCompliant", "Text": LONG}], ["Text"])
    assert (row["Name"], row["State"]) == ("short", "NonCompliant")


def test_headers_stay_whole():
    names = ["Cluster", "ResourceGroup", "Subscription", "NonCompliant", "ExcludedNamespaces", "Version", "Level"]
    rows = fit([dict.fromkeys(names, LONG)], ["ExcludedNamespaces"])
    assert list(rows[0]) == names
    assert max(widths(rows)) <= WIDTH


def test_what_yields_goes_before_a_word_is_cut():
    row = {"Name": "n" * 40, "State": "s" * 60, "Less": "l" * 30, "Least": "m" * 30}
    [found] = fit([row], whole=["State", "Less", "Least"], yielding=["Least", "Less"])
    assert list(found) == ["Name", "State", "Less"]
    assert (found["State"], found["Less"]) == ("s" * 60, "l" * 30)


@pytest.mark.parametrize("text", ["漢" * 200, "漢a" * 100, "é" * 300, "🛑" * 100])
def test_characters_of_two_columns(text):
    rows = [{"Name": text, "Text": text}, {"Name": LONG, "Text": LONG}]
    assert max(widths(fit(rows, ["Text"]))) <= WIDTH


CELLS = st.one_of(st.text(max_size=300), st.text("漢字🛑ab", max_size=300), st.integers(), st.none())


@given(st.data(), st.integers(1, 8), st.integers(1, 5))
def test_whatever_is_in_it(data, columns, count):
    names = [f"Column{number}" for number in range(columns)]
    rows = [{name: data.draw(CELLS) for name in names} for _ in range(count)]
    rows = [{name: "x".join(str(cell).split()) for name, cell in row.items()} for row in rows]
    prose = data.draw(st.sets(st.sampled_from(names)))
    found = fit(rows, prose)
    assert max(widths(found)) <= WIDTH
    for before, after in zip(rows, found, strict=True):
        for name, cell in after.items():
            assert cell == before[name] or "." in cell
