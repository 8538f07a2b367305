# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Streams, marks and separators as kubectl reads them."""

from __future__ import annotations

import json

import pytest

from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import Document, read_text


def _read(text: str | bytes) -> list[Document]:
    found = list(read_text(text if isinstance(text, bytes) else text.encode()))
    assert not [one for one in found if isinstance(one, Problem)]
    return [one for one in found if isinstance(one, Document)]


@pytest.mark.parametrize("between", ["", "\n", "\n\n  ", "\r\n"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_stream_of_json_is_read_whole(between: str, indent: int | None) -> None:
    objects = [{"name": f"n{number}", "text": "} {", "inner": {"a": [1, {"b": "\U0001f600"}]}} for number in range(3)]
    documents = _read(between.join(json.dumps(one, indent=indent) for one in objects))
    assert [one.data for one in documents] == objects


def test_objects_of_a_stream_have_their_places() -> None:
    documents = _read('{"a": 1}\n{"b": 2} {"c": 3}\n{\n  "d": 4\n}')
    assert [one.locate(("abcd"[number],)) for number, one in enumerate(documents)] == [(1, 2), (2, 2), (2, 11), (4, 3)]
    assert documents[2].locate_value(("c",)) == (2, 16)


def test_what_only_looks_like_a_stream_is_read_as_it_is() -> None:
    (document,) = _read('{"a": "} {", b: {x: 1}, c: [{}, {}]}')
    assert document.data == {"a": "} {", "b": {"x": 1}, "c": [{}, {}]}
    first, second = read_text(b'{"a": 1}\n{"b": \n')
    assert isinstance(first, Document)
    assert isinstance(second, Problem)


def test_a_mark_at_the_beginning_of_each_document_is_nothing() -> None:
    mark = "\ufeff"
    documents = _read(f"{mark}a: 1\nb: 2\n--- # comment\n{mark}c: 3\nd:\n  - {mark}e\n")
    assert [one.data for one in documents] == [{"a": 1, "b": 2}, {"c": 3, "d": [f"{mark}e"]}]
    assert documents[1].locate(("d",)) == (5, 1)


@pytest.mark.parametrize("line", ["--- {a: 1}", "---foo", "-----", "---  text", "--- !tag", "--- |"])
def test_text_behind_a_separator_is_refused_with_its_line(line: str) -> None:
    found = list(read_text(f"a: 1\n---\nb: 2\n{line}\nc: 3\n---\nd: 4\n".encode()))
    problems = [one for one in found if isinstance(one, Problem)]
    assert [(one.line, one.cluster) for one in problems] == [
        (4, f"invalid Yaml document separator: {line[3:].strip()}")
    ]
    # kubectl loses the document before it.
    assert [one.data for one in found if isinstance(one, Document)] == [{"a": 1}, {"d": 4}]


@pytest.mark.parametrize("line", ["---", "--- ", "---\t", "--- # why", "---\r"])
def test_a_separator_may_be_followed_by_a_comment(line: str) -> None:
    assert [one.data for one in _read(f"a: 1\n{line}\nb: 2\n")] == [{"a": 1}, {"b": 2}]


def test_a_value_has_a_place_of_its_own() -> None:
    (document,) = _read("spec:\n  replicas: '3'\n  list:\n  - a: 1\n  empty:\n")
    assert document.locate(("spec", "replicas")) == (2, 3)
    assert document.locate_value(("spec", "replicas")) == (2, 13)
    assert document.locate_value(("spec", "list", 0, "a")) == (4, 8)
    # What is not there stands where the deepest part of its path begins.
    assert document.locate_value(("spec", "list", 0, "b", "c")) == (4, 5)
    assert document.locate_value(("spec", "empty", "a")) == (5, 3)
