# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Expected values were printed by OPA 1.20.2."""

import itertools

import pytest

from azext_safeguards.check.rego.values import (
    MISSING,
    compare,
    elements,
    get,
    literal,
    literal_set,
    show,
    show_integer,
    show_string,
)


@pytest.mark.parametrize(
    ("value", "as_value", "as_string", "as_integer"),
    [
        ("50%", "50%", "50%", "%!d(string=50%)"),
        (5, "5", "%!s(int64=5)", "5"),
        (10**30, str(10**30), str(10**30), str(10**30)),
        (1.5, "1.5", "%!s(float64=1.5)", "%!d(float64=1.5)"),
        (1234567.5, "1.2345675e+06", "%!s(float64=1.2345675e+06)", "%!d(float64=1.2345675e+06)"),
        (1e-7, "1e-07", "%!s(float64=1e-07)", "%!d(float64=1e-07)"),
        (None, "null", "null", "%!d(string=null)"),
        (True, "true", "true", "%!d(string=true)"),
        ([1, "a"], '[1, "a"]', '[1, "a"]', '%!d(string=[1, "a"])'),
        ({"b": [], "a": {}}, '{"a": {}, "b": []}', '{"a": {}, "b": []}', '%!d(string={"a": {}, "b": []})'),
    ],
)
def test_printing(value, as_value, as_string, as_integer):
    assert (show(value), show_string(value), show_integer(value)) == (as_value, as_string, as_integer)


def test_text_is_quoted_as_go_does():
    assert literal('a"\\\n\té\x01\u200b\U000e0001') == '"a\\"\\\\\\n\\té\\x01\\u200b\\U000e0001"'


def test_sets_are_sorted():
    assert (literal_set(["b", "a", "b"]), literal_set([])) == ('{"a", "b"}', "set()")


def test_types_come_before_values_in_the_order():
    ordered = [None, False, True, -1, 0.5, 1, "", "1", [], [0, 9], [1], {}, {"a": 1}, {"a": 2}, {"b": 0}]
    for (i, left), (j, right) in itertools.product(enumerate(ordered), repeat=2):
        assert compare(left, right) == (i > j) - (i < j)


def test_paths_that_lead_nowhere():
    assert get({"a": {"b": None}}, "a", "b") is None
    assert get({"a": {"b": None}}, "a", "b", "c") is MISSING
    assert get([], "a") is MISSING
    assert list(elements("text")) == []
    assert list(elements({"k": 1})) == [("k", 1)]
