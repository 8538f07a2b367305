# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Byte order marks and blanks about `---`, as kubectl 1.34.5 reads them."""

from __future__ import annotations

import pytest

from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import FileResult, check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

_MARK = "\ufeff"


def _map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  a: b\n"


def _checked(text: str) -> FileResult:
    content = text.encode()
    return check_file(Engine(Settings({})), Source("a.yaml", "", len(content), content))


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        (_MARK + _map("a"), 1),
        (_map("a") + "---\n" + _MARK + _map("b"), 2),
        (_map("a") + "---\n# c\n---\n" + _MARK + _map("b"), 2),
        ("# c\n---\n" + _MARK + _map("a"), 1),
        (_map("a").replace("a: b", f"a: {_MARK}b"), 1),
        (_map("a") + "---\f\n" + _map("b"), 2),
        (_map("a") + "---\u00a0\n" + _map("b"), 2),
        (_map("a") + "---\u00a0\u2003\n" + _map("b") + "---\n" + _map("c"), 3),
    ],
)
def test_is_read(text: str, objects: int) -> None:
    result = _checked(text)
    assert (result.objects, result.refused, result.problems) == (objects, [], [])


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_a_mark_in_the_last_line_is_no_yaml(end: str) -> None:
    [(line, column, reason)] = _checked(_map("a") + _MARK + end).problems
    assert (line, column) == (7, 1)
    assert "byte order mark" in reason
    assert "yaml: line 8: could not find expected ':'" in reason


def test_a_mark_alone_is_nothing() -> None:
    result = _checked(_map("a") + "---\n" + _MARK + "\n")
    assert (result.objects, result.problems) == (1, [])


@pytest.mark.parametrize("before", ["---\n", _MARK + "---\n"])
def test_a_mark_behind_a_separator_in_the_first_line_belongs_to_the_key(before: str) -> None:
    result = _checked(before + _MARK + _map("a"))
    assert result.objects == 0


def test_a_mark_in_a_key_is_told_as_go_tells_it() -> None:
    [row] = _checked(_map("a").replace("a: b", f"{_MARK}a: b")).refused
    assert row[-1].startswith(f'data[{_MARK}a]: Invalid value: "\\ufeffa": a valid config key')
