# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import azext_safeguards
from azext_safeguards.domain.shell import quoted, words
from azext_safeguards.output.text import lines
from tests.pasting import assert_pasteable, fault

PACKAGE = Path(azext_safeguards.__file__).parent
PIECES = [
    "a",
    " ",
    "'",
    '"',
    "$",
    "`",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "*",
    "##",
    "##[x]",
    "\n",
    "\r",
    "\x1b",
    "=",
    "~",
    "ü",
    "\u202e",
]


def read_by_bash(text: str) -> list[str]:
    """The words that bash makes of a text."""
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {text}"], capture_output=True, timeout=20, check=True, env={"LC_ALL": "C.UTF-8"}
    )
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("rg", "rg"),
        ("my_rg-1.x", "my_rg-1.x"),
        ("/subscriptions/a", "/subscriptions/a"),
        ("a=b", "a=b"),
        ("", "''"),
        ("my rg", "'my rg'"),
        ("rg(1)", "'rg(1)'"),
        ("[].id", "'[].id'"),
        ("team-*", "'team-*'"),
        # zsh takes it for the place of a program.
        ("=ls", "'=ls'"),
        ("it's", "'it'\"'\"'s'"),
        ("a\nb", r"$'a\x0ab'"),
        ("##vso[a]", r"$'\x23#vso[a]'"),
        (5, "5"),
    ],
)
def test_quoted(value, word):
    assert quoted(value) == word
    assert read_by_bash(word) == [str(value)]


@pytest.mark.hypothesis
@settings(max_examples=60)
@given(st.lists(st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]), max_size=6).map("".join)))
def test_a_shell_reads_back_what_was_quoted_and_the_door_changes_nothing(values):
    values = [value.replace("\0", "") for value in values]
    line = words(values)
    assert read_by_bash(line) == (values or [""])
    assert_pasteable(f"az {line}")
    assert lines(f"az {line}") == f"az {line}"


def test_no_other_module_quotes():
    own = [path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if "shlex" in path.read_text("utf-8")]
    # A script for any POSIX shell takes an id that is percent-encoded.
    assert sorted(own) == ["domain/export/azure_cli.py"]


@pytest.mark.parametrize("text", ["az a -g rg(1)", "az a 'b", "az a --query [].id", "az a <NAME>", "az a =b", "az $x"])
def test_what_no_shell_takes_as_it_stands_is_found(text):
    assert fault(text)
    assert not fault(re.sub(r"az a? ?(.*)", "az a b", text))
