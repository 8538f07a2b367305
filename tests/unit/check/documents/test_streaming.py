# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Files that are large, have no end, or give little at a time: read whole or told, in bounded time and memory."""

from __future__ import annotations

import io
import json
import os

import pytest

from azext_safeguards.check.documents import reading, streaming
from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import Document
from azext_safeguards.check.documents.streaming import read_stream


@pytest.fixture
def bound(monkeypatch):
    """Makes bounds small: `bound(MOST_BYTES=300)`."""

    def make(**bounds):
        for name, value in bounds.items():
            for module in (reading, streaming):
                if hasattr(module, name):
                    monkeypatch.setattr(module, name, value)

    return make


def test_a_large_file_is_read_piece_by_piece(bound):
    bound(MOST_BYTES=300)
    bound(_SMALL=100)
    bound(_BLOCK=64)
    good = "".join(f"a: {index}\nb: |\n  text\n  ---x\n---\n" for index in range(40))
    text = f"{good}long: {'x' * 500}\nmore: 1\n---\n{good}"
    items = list(read_stream(io.BytesIO(text.encode())))
    problems = [item for item in items if isinstance(item, Problem)]
    documents = [item for item in items if isinstance(item, Document)]
    assert [document.data["a"] for document in documents] == [*range(40), *range(40)]
    lines = text.split("\n")
    assert [lines[document.locate(("a",))[0] - 1] for document in documents] == [f"a: {i}" for i in [*range(40)] * 2]
    (problem,) = problems
    assert lines[problem.line] == f"long: {'x' * 500}" or lines[problem.line - 1] == f"long: {'x' * 500}"


def test_documents_are_bounded_in_a_large_file(bound):
    bound(MOST_DOCUMENTS=20)
    bound(MOST_BYTES=100)
    bound(_SMALL=50)
    bound(_BLOCK=50)
    *documents, last = read_stream(io.BytesIO(b"a: 1\n---\n" * 100))
    # Each piece is counted before it is read, without the line that it begins with.
    assert 10 <= len(documents) <= 30
    assert "more than 20 documents" in last.reason
    assert last.line == 2 * len(documents)


def test_a_document_that_is_too_large_may_be_the_last(bound):
    bound(MOST_BYTES=100)
    bound(_SMALL=50)
    bound(_BLOCK=32)
    for end in (b"", b"\n", b"\n-", b"\n---", b"\n--- "):
        document, problem = read_stream(io.BytesIO(b"a: 1\n---\nb: " + b"x\n " * 400 + end))
        assert (document.data, problem.line) == ({"a": 1}, 2)
        assert "larger than" in problem.reason


def an_object(number, size=10):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"c-{number}"}, "data": {"x": "}{" * size}}


@pytest.mark.parametrize("between", ["\n", "\r\n", "\n\n", " \n"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_stream_of_json_may_be_longer_than_an_object(bound, between, indent):
    bound(MOST_BYTES=900, _SMALL=100, _BLOCK=64)
    text = between.join(json.dumps(an_object(number), indent=indent) for number in range(40))
    items = list(read_stream(io.BytesIO(text.encode())))
    assert [item.data["metadata"]["name"] for item in items] == [f"c-{number}" for number in range(40)]
    lines = text.split("\n")
    for number, item in enumerate(items):
        line, column = item.locate(("metadata", "name"))
        assert lines[line - 1][column - 1 :].startswith(f'"name": "c-{number}"')


def test_an_object_of_a_stream_that_is_too_large_does_not_hide_the_others(bound):
    bound(MOST_BYTES=900, _SMALL=100, _BLOCK=64)
    text = "\n".join(json.dumps(an_object(number, 600 if number == 5 else 10)) for number in range(10))
    items = list(read_stream(io.BytesIO(text.encode())))
    (problem,) = [item for item in items if isinstance(item, Problem)]
    assert (problem.line, "larger than" in problem.reason) == (6, True)
    names = [item.data["metadata"]["name"] for item in items if isinstance(item, Document)]
    assert names == [f"c-{number}" for number in range(10) if number != 5]


def test_a_file_that_grows_while_it_is_read_comes_to_an_end(bound):
    bound(MOST_BYTES=300, _SMALL=100, _BLOCK=64, MOST_FILE_BYTES=5_000)

    class Growing(io.RawIOBase):
        asked = 0

        def read(self, size=-1):
            self.asked += size
            assert self.asked < 20_000
            return (b"a: 1\n---\n" * size)[:size]

    *documents, last = read_stream(Growing())
    assert documents
    assert last.reason == streaming.TOO_LARGE

    class Zeros(Growing):
        def read(self, size=-1):
            return b"\0" * len(super().read(size))

    (problem,) = read_stream(Zeros())
    assert "larger than" in problem.reason


def test_a_file_that_gives_little_at_a_time_is_read_whole():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 7))

    documents = list(read_stream(Slow(b"a: 1\n---\nb: 2\n---\n" * 20)))
    assert len(documents) == 40


def test_a_file_that_gives_nothing_is_not_waited_for():
    read, write = os.pipe()
    os.set_blocking(read, False)
    try:
        with os.fdopen(read, "rb", buffering=0) as stream, pytest.raises(OSError, match="it gives nothing"):
            list(read_stream(stream))
    finally:
        os.close(write)
