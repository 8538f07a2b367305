# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The data block is small, can be read back, and ends no script."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.pages.data import as_block, data_of, packed, rows_of
from azext_safeguards.pages.manifests import page
from tests.unit.pages.made import CONTEXT, HOSTILE, check

STRINGS, TEXTS, PLAIN = ("name", "kind"), ("message", "patch"), ("id", "line")
NAMES = st.one_of(st.sampled_from(["web", "w", "", "a<b>"]), st.text(max_size=8))
WORDS = st.one_of(NAMES, st.sampled_from(["Container <web> of <web>", "<>", "<<a>>", "a<b", "> <x> web\nweb"]))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": NAMES,
            "kind": NAMES,
            "message": WORDS,
            "patch": WORDS,
            "id": st.text(max_size=4),
            "line": st.integers(),
        }
    ),
    max_size=8,
)


def _without_zeros(row):
    return {key: value.replace("\0", "\\x00") if key in TEXTS else value for key, value in row.items()}


@given(ROWS)
def test_rows_come_back_as_they_were(rows):
    data = json.loads(as_block(packed(rows, STRINGS, TEXTS, PLAIN)))
    assert rows_of(data) == [_without_zeros(row) for row in rows]


@given(st.one_of(st.text(), st.sampled_from(HOSTILE)))
def test_the_block_ends_no_script_and_is_ascii(text):
    block = as_block({"text": text})
    assert block.isascii()
    assert not set("<>&") & set(block)
    assert json.loads(block) == {"text": text}


def test_texts_that_differ_in_names_alone_are_kept_once():
    rows = [{"name": f"web-{n}", "message": f"Container <c{n}> in Pod <web-{n}>, web-{n}"} for n in range(100)]
    data = packed(rows, ["name"], ["message"], [])
    assert len(data["texts"]) == 1
    assert [row["message"] for row in rows_of(data)] == [row["message"] for row in rows]


@pytest.mark.no_cover
def test_ten_thousand_findings_take_less_than_two_megabytes():
    html = page(check(10_000), CONTEXT)
    assert len(html.encode()) < 2_000_000
    data = data_of(html)
    assert len(rows_of(data)) == len(data["rows"]) == 10_009
    assert html.count('<tbody id="f-') == 500
    assert "500 of 10,009 findings are listed here" in html


def test_what_is_no_page_is_refused():
    with pytest.raises(ValueError, match="no page"):
        data_of("<html></html>")
    with pytest.raises(ValueError, match="no page"):
        data_of(page(check(1), CONTEXT).replace("safeguards-page/1", "safeguards-page/9"))
