# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Manifests are read whole, whatever is broken in them, in bounded time and memory."""

from __future__ import annotations

import json
import tracemalloc

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.documents import composer, reading
from azext_safeguards.check.documents.composer import MOST_DEPTH, MOST_NODES, compose
from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import Document, read_text


def read(text):
    """Data of documents, and problems, in order."""
    items = read_text(text if isinstance(text, bytes) else text.encode())
    return [item if isinstance(item, Problem) else item.data for item in items]


def only_problem(text):
    (problem,) = read(text)
    assert isinstance(problem, Problem)
    return problem


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("a: 1\nb: c: d\n", 2, 5, "no YAML: mapping values are not allowed"),
        ('a: 1\nb: "\0"\n', 2, 5, "control characters are not allowed"),
        (b"a: 1\nb: \xff\n", 2, 4, "no YAML: the text is not UTF-8"),
        (b"\xff\xfea\xd8", 1, 1, "UTF-16"),
        ("a: &a [*a]\n", 1, 4, "contains an alias of itself"),
        ("a: *b\n", 1, 4, "undefined alias"),
        ("? [a]\n: 1\n", 1, 3, "a mapping key is not text"),
        ("<<: 3\n", 1, 5, "'<<' takes a mapping"),
        ("a: 1\n---\nb: {{ .Values.x }}\n", 3, 5, "a template, not YAML"),
        ("{{- if .Values.x }}\nb: 1\n{{- end }}\n", 1, 3, "a template, not YAML"),
        ("[" * 100_000, 1, 1, f"more than {MOST_DEPTH} levels"),
        ("- " * 100_000, 1, 1, f"more than {MOST_DEPTH} levels"),
        ("a: 1\n---\n" + '{"a":' * 1000, 2, 1, f"more than {MOST_DEPTH} levels"),
        ("[" + "a," * (MOST_NODES + 1) + "]", 1, 1, f"more than {MOST_NODES:,} fields"),
        ("a" * (reading.MOST_BYTES + 1), 1, 1, "larger than 16 MiB"),
    ],
    ids=lambda item: str(item)[:25],
)
def test_a_document_that_cannot_be_read_says_where_and_why(text, line, column, reason):
    problem = read(text)[-1]
    assert (problem.line, problem.column) == (line, column)
    assert reason in problem.reason
    rest = text if isinstance(text, bytes) else text.encode()
    if not rest.startswith(b"\xff"):
        assert read(rest + b"\n---\nafter: 1\n")[-1] == {"after": 1}


def test_aliases_that_stand_for_billions_of_values():
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    problem = only_problem("\n".join(lines))
    assert "aliases" in problem.reason
    assert problem.line > 1


def test_an_alias_and_a_merge_are_resolved():
    text = "base: &b {x: 1, z: 2}\nc: {<<: *b, z: 3}\nd: *b\ne: {<<: [{z: 9}, *b]}\n"
    assert read(text) == [
        {"base": {"x": 1, "z": 2}, "c": {"x": 1, "z": 3}, "d": {"x": 1, "z": 2}, "e": {"x": 1, "z": 9}}
    ]


def test_of_a_key_given_twice_the_last_counts_and_the_line_is_told():
    (document,) = read_text(b"a: 1\nb:\n  c: 1\n  c: 2\n")
    assert isinstance(document, Document)
    assert document.data == {"a": 1, "b": {"c": 2}}
    (problem,) = document.problems
    assert (problem.line, problem.column) == (4, 3)
    assert "'c' is given twice, first in line 3" in problem.reason


def test_a_tag_is_never_obeyed():
    (document,) = read_text(b"a: !!python/object/apply:os.system [x]\nb: !!str 12\nc: !Ref d\n")
    assert isinstance(document, Document)
    assert document.data == {"a": ["x"], "b": "12", "c": "d"}
    assert [problem.line for problem in document.problems] == [1, 3]
    assert "!!python/object/apply:os.system" in document.problems[0].reason


@pytest.mark.parametrize("text", ["", "---\n", "# only words\n", "---\n---\n...\n", "~\n"])
def test_nothing_is_in_an_empty_file(text):
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "# words\n---\na: 1\n",
        "a: 1\n--- # words\n",
        "\ufeffa: 1\n",
        "a: 1\r\n",
        "a: |\n 1\n".replace("|\n 1", "1"),
    ],
)
def test_what_may_stand_around_a_document(text):
    assert read(text) == [{"a": 1}]
    assert read(text.encode("utf-16")) == [{"a": 1}]


def test_older_encodings_are_read_for_the_sake_of_comments():
    (document,) = read_text("kind: A\napiVersion: v1 # für\nb: é\n".encode("latin-1"))
    assert isinstance(document, Document)
    assert document.data == {"kind": "A", "apiVersion": "v1", "b": "\ufffd"}
    (problem,) = document.problems
    assert (problem.line, problem.column, problem.reason[:17]) == (2, 19, "this is not UTF-8")


def test_lines_go_on_over_documents():
    documents = list(read_text(b"# words\n---\na: 1\n---\n\nb:\n  c: [1, {d: 2}]\n"))
    assert [document.locate(("a",)) for document in documents[:1]] == [(3, 1)]
    second = documents[1]
    assert second.locate(()) == (6, 1)
    assert second.locate(("b",)) == (6, 1)
    assert second.locate(("b", "c")) == (7, 3)
    assert second.locate(("b", "c", 1)) == (7, 10)
    assert second.locate(("b", "c", 1, "d")) == (7, 11)
    assert second.locate(("b", "c", 1, "missing", 5)) == (7, 10)
    assert second.locate(("b", "c", 9)) == (7, 3)


def test_a_merged_field_is_where_it_is_written():
    (document,) = read_text(b"x: &x\n  image: a\nz:\n  <<: *x\n  name: b\n")
    assert document.locate(("z", "image")) == (2, 3)
    assert document.locate(("z", "name")) == (5, 3)


def test_without_libyaml_it_is_the_same(monkeypatch):
    monkeypatch.setattr(composer, "_Composer", type("Slow", (yaml.BaseLoader,), dict(composer._Composer.__dict__)))
    text = "a: &x [1, yes, 'no', 1e3]\nb: {<<: {c: 1}, d: *x}\n---\nb: [\n"
    first, second = read(text)
    assert first == {"a": [1, True, "no", 1000], "b": {"c": 1, "d": [1, True, "no", 1000]}}
    assert isinstance(second, Problem)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES, min_size=1))
def test_what_pyyaml_writes_is_read_back(data):
    assert read(yaml.safe_dump(data, default_style='"')) == [data]


@given(st.dictionaries(st.text(), VALUES, min_size=1))
def test_json_is_yaml(data):
    text = json.dumps(data)
    found = read(text)
    # JSON may hold what YAML does not allow, such as a lone surrogate.
    assert found == [data] or isinstance(found[0], Problem)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\\ud83d\ude00"[1:], "\U0001f600"),
        (r"\\\ud83d\ude00", "\\\U0001f600"),
        (r"\\ud83d", r"\ud83d"),
        (r"\"\ud83d\ude00\n", '"\U0001f600\n'),
    ],
)
def test_two_escapes_of_json_are_one_character(text, value):
    assert read('{"a": "' + text + '"}') == [{"a": value}]


@pytest.mark.no_cover
def test_a_flood_of_backslashes_takes_little_memory():
    text = b'{"a": "' + b"\\\\" * 200_000 + b'\\ud83d\\ude00"}'
    tracemalloc.start()
    (document,) = read_text(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert document.data == {"a": "\\" * 200_000 + "\U0001f600"}
    assert peak < 20 * len(text)


@given(st.binary(max_size=200))
def test_no_bytes_are_too_much(data):
    for item in read_text(data):
        assert item.reason if isinstance(item, Problem) else item.data is not None


@given(st.text(alphabet="[]{}:,-?&*!|>'\"%@` \n\tab<~#.x0", max_size=120))
def test_no_text_is_too_much(text):
    lines = text.count("\n") + 1
    for item in read_text(text.encode()):
        if isinstance(item, Problem):
            assert 1 <= item.line <= lines + 1


@given(st.integers(1, 400), st.sampled_from(["[", "- ", "a:\n"]))
def test_depth_is_bounded_at_every_size(depth, opener):
    text = opener * depth if opener != "a:\n" else "".join("a:\n" + " " * (level + 1) for level in range(depth)) + "a"
    for item in read_text(text.encode()):
        assert isinstance(item, (Problem, Document))


def test_the_quick_composer_is_only_for_what_cannot_be_deep():
    assert len(list(compose(b"[\n" * 399 + b"]\n" * 399))) == 1
    for deep in (b"[\n" * 401 + b"]\n" * 401, b"- " * 201 + b"a", b"[" * 201 + b"]" * 201):
        with pytest.raises(composer.TooMuch):
            list(compose(deep))


MANY = b"---\n".join([b"a: 1\n"] * 6)


def test_documents_are_bounded_in_a_text(monkeypatch):
    monkeypatch.setattr(reading, "MOST_DOCUMENTS", 5)
    assert len(read(MANY)) == 6
    problem = only_problem(MANY + b"---\na: 1\n")
    assert (problem.line, problem.reason) == (1, "there are more than 5 documents; split the file")


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ("a: 1\n", ("a", "b", "c"), (1, 1)),
        ("a:\n  - 1\n  - b: 2\n", ("a", 1, "b"), (3, 5)),
        ("a:\n  - 1\n", ("a", 7), (1, 1)),
        ("a:\n  - 1\n", ("a", "b"), (1, 1)),
        ("0x10: a\nyes: b\n'true': c\n", ("true",), (3, 1)),
        ("0x10: a\n", ("16",), (1, 1)),
        ("a: 1\nyes: b\n", ("true",), (2, 1)),
        ("a: 1\na: 2\n", ("a",), (2, 1)),
        ("x: &x {b: 1}\na:\n  <<: [{c: 1}, *x]\n", ("a", "b"), (1, 8)),
        ("a:\n  '<<': {b: 1}\n", ("a", "b"), (2 - 1, 1)),
        ("text\n", ("a",), (1, 1)),
    ],
)
def test_where_a_field_is(text, path, place):
    (document,) = read_text(text.encode())
    assert document.locate(path) == place


def test_where_nothing_of_a_file_has_a_place():
    document, _ = read_text(b"\n\na: 1\n---\nb: [\n")
    assert document.locate(("a",)) == (3, 1)
    assert document.without_lines().locate(("a",)) == (1, 1)


@pytest.mark.parametrize(
    "lines", ["\n", "# a comment\n", " \t\r\n", "%A\n"], ids=["empty", "comments", "blanks", "directives"]
)
def test_lines_that_say_nothing_take_no_memory(lines: str) -> None:
    # A pattern that repeated lines took 312 bytes for each: 4.7 GB for a file of 15 MB.
    text = (lines * 200_000 + "---\napiVersion: v1\nkind: A\n").encode()
    tracemalloc.start()
    try:
        assert len(list(read_text(text))) == 1
        assert tracemalloc.get_traced_memory()[1] < 12 * len(text)
    finally:
        tracemalloc.stop()
