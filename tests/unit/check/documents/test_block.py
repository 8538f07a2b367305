# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is read line by line means the same to the composer, and stands in the same places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from azext_safeguards.check.documents import flow
from azext_safeguards.check.documents.block import read_block
from azext_safeguards.check.documents.composer import compose
from azext_safeguards.check.documents.construction import Construction, Unreadable
from azext_safeguards.check.documents.reading import Document
from benchmarks import manifests
from tests.facts.cluster import answers

ROOT = Path(__file__).parents[4]


def _composed(text: str) -> Document | None:
    """A text as the composer has it; None for one that it cannot read, or not without a word."""
    try:
        # To kubectl, the last line has an end.
        nodes = list(compose((text if text.endswith("\n") else text + "\n").encode()))
        if len(nodes) != 1:
            return None
        construction = Construction(0, b"*" in text.encode())
        data = construction.build(nodes[0])
    except (yaml.YAMLError, Unreadable):
        return None
    return None if construction.problems else Document(nodes[0], data, [], 0)


def _paths(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    yield (*at, "not-there")
    yield (*at, 99, "x")
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in members:
        yield from _paths(value, (*at, key))


def _assert_alike(text: str) -> bool:
    """Compares both readings; whether there was anything to compare."""
    found = read_block(text)
    if found is None:
        return False
    composed = _composed(text)
    assert composed is not None, "the composer would not read it"
    assert found[0] == composed.data
    assert str(found[0]) == str(composed.data), "also the order of keys, and true is not 1"
    document = Document.of_lines(*found, text.encode(), 0)
    for path in _paths(composed.data):
        document = Document.of_lines(*found, text.encode(), 0)
        assert document.locate(path) == composed.locate(path), path
        assert document.locate_value(path) == composed.locate_value(path), path
    return True


def _texts() -> Iterator[str]:
    for answer in answers():
        yield from answer.manifest.split("\n---\n")
    for name in ("_DEPLOYMENT", "_SERVICE", "_BUDGET"):
        yield getattr(manifests, name).format(number=1, team=2, replicas=3, tag="latest")
    for path in sorted(ROOT.glob("demo/**/*.yaml")) + sorted(ROOT.glob("examples/**/*.y*ml")):
        yield from path.read_text(encoding="utf-8").split("\n---\n")


@pytest.mark.no_cover
def test_manifests_are_read_alike_and_nearly_all_are_read_line_by_line() -> None:
    texts = list(_texts())
    alike = sum(map(_assert_alike, texts))
    assert alike > 0.9 * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "a: b\n",
        # What looks like a field further up, and is none, or another.
        "a:\n  text: |\n    b: c\n  b:\n    - c\n",
        "a:\n    text: |\n      - b\n     - c\n    b: c\n",
        "a:\n  # b: c\n    # b: d\n  c: d\n# b: e\n  b: {c: d}\nb: c\n",
        "a:\n  c:\n    b: 1\n  b: 2\nb:\n- b: 3\n  c:\n  - b\n  - b: 4\n- b:\n  - 5\n- 6\n",
        "a:\n-   b: c\n    # d: e\n\n    d:\n    -  e\n    -  |-\n      - f\n    - g: {h: i}\n",
        "a:\n  bb: 1\n  b: 2\n  b.b: 3\n  b-b:\n    b: 4\n",
        "---\na: b\n",
        "--- # c\n# d\n\na:   b   # e\n",
        "a:\n- b\n- c: d\n  e: f\ng: h\n",
        "a:\n  - b:\n      - c\n      - d: {e: [f, g]}\n    h: i\n",
        "a:\n\n  # c\n  b: 1\n  # d\n c: 2\n",
        "a: 'b: c # d'\ne: \"f\"  # g\n",
        "a: b#c\nd: e # f\nh: i:j\n",
        "a: -1\nb: -x\nc: - d\n",
        "a: {b: c}\nd: [e, 'f']\ng: {}\nh: []\n",
        "a: {b: c\n  }\n",
        "a: b\n c: d\n",
        "a: b\n- c\n",
        "a:\n- b\n c: d\n",
        "a:\n  b: c\n d: e\n",
        "a: b\na: c\n",
        "a: b\n  c\n",
        "a: |\n  b: c\n",
        "a: >-\n  b\n",
        "a: &x b\nc: *x\n",
        "a: !!str 1\n",
        "<<: {a: b}\n",
        "on: 1\nYes: 2\n",
        "1: a\n",
        "a: 0x1F\nb: 1e3\nc: ~\nd: null\ne: 010\nf: 1_000\n",
        "a: yes\nb: 'yes'\nc: no # d\n",
        "a: \"b\\n\"\nc: 'd''e'\n",
        "a: 'b\n  c'\n",
        "a: %b\nc: @d\ne: `f\n",
        "a: ? b\n",
        "a:b\n",
        "a: b:\n",
        "- a\n- b\n",
        "a:\n  -\n  - b\n",
        "a:\n  - - b\n",
        "a:\tb\n",
        "a: b\r\nc: d\r\n",
        "a: \u00e4\u4e2d\nb: \U0001f600 # \u2014\n",
        "a: b\u00a0c\n",
        "a: b\n...\n",
        "a: b\n---\nc: d\n",
        "%YAML 1.1\n---\na: b\n",
        "a: {b: *c}\n",
        "a: ,b\n",
        "a: b, c] }\n",
        "a: b {c: d}\n",
        "key with blanks: b\n",
        "a.b/c-d_e: f\n",
        "a:   \n  b:   \n",
        "a: # c\n  b: d\n",
        "a: #c\n",
        "a: [b] # c\n",
        "a: [b] c\n",
        "a: '' \nb: \"\" # d\n",
        "  a: b\n  c: d\n",
        "a:\n    b: c\n    d:\n    - e\n    - f\n    g: h\n",
        "a:\n- b: c\n- d\n- e:\n  - f\n- g:\n    h: i\n",
        "a: |\n  b\n\n    c # d\n\te\n",
        "a: |-\n  b\n\n\nc: d\n",
        "a: |\n  b\n    \n  \n \n",
        "a: |\n  b\n  ",
        "a: |\n  b",
        "a: |-\n  b",
        "a: |\n\n\n  b\n",
        "a: |\n   \n  b\n",
        "a: |\n# b\nc: d\n",
        "a: |\n  b\n# c\n",
        "a:\n  b: |\n    c\n  # d\n  e: f\n",
        "a:\n  b: |\n    c\n   # d\n    e\n",
        "a: |\nb: c\n",
        "a: |\n",
        "a: |+\n  b\n\n",
        "a: |2\n   b\n",
        "a: | # b\n  c\n",
        "a: >\n  b\n  c\n\n  d\n\n\n  e\n",
        "a: >-\n\n  b\n    c\n  d\n",
        "a: >-\n  b \n  c\n",
        "a:\n- |\n b\n- >-\n  c\n  d\n- e: |\n    f\n  g: h\n",
        "a:\n- b: |\n   c\n",
        "a:\n- b: |\n  c\n",
        "a:\n  - |\n   b\n",
        "a: |\n \tb\n",
        "a: |\n  b\x01\n",
        "a: |\n  b\u2028c\u0085d\n",
        "a: |\r\n  b\r\n  c\r\nd: e\r\n",
        "a: |\n  b\rc\n",
        "a: |\n    b\n  c: d\n",
        "a: [\"b\", 'c', --d=e, -f, 1, yes, .5]\n",
        "a: [b, c,]\n",
        "a: [-]\nb: [- c]\nd: [*e]\n",
        "a: [ b , c ]\n",
        "a: {b: 1, c: 'd', yes: 2}\n",
        "a: {b: 1, b: 2}\n",
        'a: {"b":1}\nc: {d: e:f}\ng: {h: i#j}\n',
        "a: [b: c]\n",
        "a: ['b''c', \"d\\n\"]\n",
        "a: {b: {c: 1, d: [e, 'f']}, g: []}\n",
        "a: [{b: c}, { d: {} }, [ -x,[1,yes]]]\n",
        "a: {b: {c: 1}, b: 2}\n",
        "a: {b: [c, ]}\n",
        "a: {b: {}, }\n",
        "a: {yes: {b: c}}\n",
        "a: {b: [c: d]}\n",
        "a: {b: {c: *d}}\n",
        'a: [[b], "c": d]\n',
        "args:\n- --a=b\n- --\n- -c\n- -\n",
    ],
)
def test_every_form_is_read_alike_or_left_to_the_composer(text: str) -> None:
    _assert_alike(text)


_LINES = st.sampled_from(
    [
        "a: b",
        "b:",
        "c: 1 # d",
        "- a",
        "- b: c",
        "- c:",
        "# e",
        "",
        "d: {e: f}",
        "- [g]",
        "e: 'h'",
        "f: |",
        "g h",
        "a: x",
        "# i: j",
        "i: 'j: k'",
        "- 'l: m'",
        "k: ",
        "l: # m: n",
        "- |",
        "m: {n: o,",
        "- [p, 'q,",
        "r: s}",
        "t']",
    ]
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), _LINES), min_size=1, max_size=9))
def test_lines_in_any_order_are_read_alike_or_left_to_the_composer(lines: list[tuple[int, str]]) -> None:
    _assert_alike("".join(f"{'  ' * indent}{line}\n" for indent, line in lines))


_BLOCKS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["", "a", "b c", "# d", "e: f", "\t", "- g"])), max_size=7
)


@settings(max_examples=1500, deadline=None)
@given(
    _BLOCKS,
    st.sampled_from(["a: {}", "- {}", "a:\n- {}", "a:\n  b: {}", "a:\n  - b: {}", "a:\n  - {}"]),
    st.sampled_from(["|", "|-", ">", ">-", "|+", ">1"]),
    st.sampled_from(["", "\n", "\nz: y\n", "\n  z: y\n", "\n\n"]),
)
def test_texts_of_several_lines_are_read_alike_or_left_to_the_composer(
    rows: list[tuple[int, str]], form: str, header: str, rest: str
) -> None:
    block = "\n".join(" " * indent + row for indent, row in rows)
    _assert_alike(form.replace("{}", f"{header}\n{block}") + rest)


_FLOWS = st.text(st.sampled_from("ab1-.,:[]{}'\" #"), max_size=10)


@settings(max_examples=3000, deadline=None)
@given(_FLOWS, st.sampled_from(["a: [{}]\n", "a: {{}}\n", "- [{}]\n", "a: {b: {}}\n"]))
def test_flow_collections_are_read_alike_or_left_to_the_composer(inner: str, form: str) -> None:
    _assert_alike(form.replace("{}", inner, 1))


def test_plain_collections_in_collections_need_no_composer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "_composed", lambda _: None)
    text = "{requests: {cpu: 50m, memory: 1}, limits: {}, more: [[a], {b: 'c'}]}"
    assert flow.read_flow(text) == {
        "requests": {"cpu": "50m", "memory": 1},
        "limits": {},
        "more": [["a"], {"b": "c"}],
    }


_NESTED = st.recursive(
    st.sampled_from(["a", "1", "-x", "'q'", '"r"', "yes", "a b", "--", "{}", "[]", "x:y", "~", ""]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(st.sampled_from(["a", "b", "c-d", "no"]), inner), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(_NESTED)
def test_collections_in_collections_are_read_alike_or_left_to_the_composer(value: str) -> None:
    _assert_alike(f"a: {value}\n")


_SCALARS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=8)


@settings(max_examples=1500, deadline=None)
@given(_SCALARS, st.sampled_from(["a: {}", "- {}", "a:\n- {}\n- b: {}", "{}: a", "a: '{}'", 'a: "{}"', "a: [{}]"]))
def test_scalars_of_any_kind_are_read_alike_or_left_to_the_composer(scalar: str, form: str) -> None:
    _assert_alike(form.replace("{}", scalar) + "\n")
