# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""JSON that Python's decoder reads means the same to the parser by which all else is read, and stands where it says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.documents import composed, json_text
from azext_safeguards.check.documents.json_text import JsonPlaces, read_json
from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import read_text

TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("\n\t\"\\{}[]:,'#&*!"), max_size=12
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=25,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=5)


def paths(value, path=()):
    """All paths of a value, and one beyond each."""
    yield path
    yield (*path, "is not there")
    yield (*path, 99)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from paths(inner, (*path, number))


@given(OBJECTS, st.sampled_from([None, 0, 2, "\t"]), st.sampled_from(["", "\n", " \r\n "]))
def test_what_is_read_means_and_stands_where_the_composer_says(data, indent, around):
    text = around + json.dumps(data, indent=indent) + around
    found = read_json(text)
    if "\\u" in text or "\\/" in text:
        assert found is None
        return
    assert found == data
    ((node, composed_data, problems),) = composed.read_document(text.encode(), 0)
    assert (composed_data, problems) == (data, [])
    places = JsonPlaces(text)
    for path in paths(data):
        field, value, is_whole = composed.found(node, path)
        assert places.find(path) == field
        assert places.find_value(path) == (value if is_whole else field)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": 1.5}',
        '{"a": 1e3}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1234567890123456}',
        '{"a": "\\ud83d\\ude00"}',
        '{"a": "\\/"}',
        '{"a": "ä"}',
        '{"a": "\x7f"}',
        '{"a": 1} # as YAML takes it',
        '{"a": 1} {"b": 2}',
        '{"a": 1,}',
        "{a: 1}",
        '{"a": "b\tc"}',
        "[1]",
        "{}[",
        "",
    ],
)
def test_what_is_in_doubt_is_left_to_the_composer(text):
    assert read_json(text) is None


def test_what_is_deep_or_has_many_fields_is_left_to_the_composer(monkeypatch):
    assert read_json('{"a": ' * 200 + "1" + "}" * 200) is not None
    assert read_json('{"a": ' * 201 + "1" + "}" * 201) is None
    # Many levels in all, none of them deep.
    wide = json.dumps({"a": [[]] * 1000})
    assert read_json(wide) == {"a": [[]] * 1000}
    monkeypatch.setattr(json_text, "_MANY", 1000)
    assert read_json(wide) is None


def test_a_document_of_json_tells_lines_of_its_file():
    text = b'# above\n---\n{\n "kind": "Pod",\n "spec": {"containers": [{"name": "a"},\n  {"name": "b"}]}\n}\n'
    (document,) = read_text(text)
    assert not isinstance(document, Problem)
    (again,) = read_text(text[len(b"# above\n---\n") :], 2)
    assert not isinstance(again, Problem)
    for path in paths(document.data):
        assert again.locate(path) == document.locate(path)
        assert again.locate_value(path) == document.locate_value(path)
    assert again.locate(("spec", "containers", 1, "name")) == (6, 4)
    assert again.without_lines().locate(("spec",)) == (1, 1)
