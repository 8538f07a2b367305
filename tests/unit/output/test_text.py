# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.output.text import cell, lines, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ## text", "plain ## text"),
        ("ümläut 漢字", "ümläut 漢字"),
        ("a\nb\rc\td", "a\\nb\\rc\\td"),
        ("\x1b[31m\x00\x7f\x9b", "\\x1b[31m\\x00\\x7f\\x9b"),
        ("\u202e\u2028\ud800", "\\u202e\\u2028\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("x ##vso[a] ##[b] ###[c]", "x \\x23#vso[a] \\x23#[b] #\\x23#[c]"),
    ],
)
def test_visible(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::a", "\\x3a:error::a"),
        ("  ::set-output", "  \\x3a:set-output"),
        ("a ::error::", "a ::error::"),
        ("a\n::error::", "a\\n::error::"),
        (":", ":"),
    ],
)
def test_cell(text, shown):
    assert cell(text) == shown


def test_lines():
    assert lines("a\r\n::error::b\n ##[c]") == "a\\r\n\\x3a:error::b\n \\x23#[c]"
