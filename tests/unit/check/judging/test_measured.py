# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects that are too large, to the byte: recorded with kubectl 1.34.5 and an API server 1.34.4."""

from __future__ import annotations

from base64 import b64encode

import pytest

from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import FileResult, check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

_TOO_LONG = "metadata.annotations: Too long: may not be more than 262144 bytes"
_CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: big\n"
_SECRET = "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata:\n  name: big\n"
_FOO = "apiVersion: example.com/v2\nkind: Foo\nmetadata: {name: b, namespace: team-x}\n"
_NUMBERS = "a: 1.5, b: 1e21, c: 1e20, d: 1e-7, e: 100000000000000000000000, f: 0x10, g: -0.0, h: 123456789.123"
_ODD = "  annotations: {a: b}\n  labels: {n: null}\n  namespace: team-x\ndata:\n  n: null\n"
_OLD = "  annotations: {kubectl.kubernetes.io/last-applied-configuration: xxxxxxxxxxx, b: "


# Smaller files are not measured.
_PADDING = f"# {'x' * 65536}\n"


def _checked(text: str, has_lines: bool = True) -> FileResult:
    content = text.encode()
    return check_file(Engine(Settings({})), Source("a.yaml", "", len(content), content, has_lines))


def _told(text: str) -> list[str]:
    return [row[-1] for row in _checked(text).refused]


@pytest.mark.parametrize(
    ("before", "once", "after", "most"),
    [
        pytest.param(_CONFIG_MAP + "data:\n  a: ", "a", "\n", 261976, id="plain"),
        pytest.param(_CONFIG_MAP + "data:\n  a: ", "<", "\n", 43662, id="escaped"),
        pytest.param(_CONFIG_MAP + "data:\n  a: ", "\\u2028", "\n", 43662, id="line separators"),
        pytest.param(_CONFIG_MAP + _ODD + "  a: ", 'é\\x01\\b\\"\\\\\\x7f', "\n", 17462, id="odd"),
        pytest.param(_CONFIG_MAP + "  annotations: {a: null}\ndata:\n  a: ", "a", "\n", 261969, id="null"),
        pytest.param(_CONFIG_MAP + _OLD, "é", "}\ndata:\n  a: b\n", 65492, id="old"),
        pytest.param(_FOO + f"spec: {{{_NUMBERS}, n: null, l: [null], s: ", "a", "}\n", 261855, id="custom"),
    ],
)
def test_the_copy_that_kubectl_keeps_is_measured_to_the_byte(before: str, once: str, after: str, most: int) -> None:
    assert _told(f'{_PADDING}{before}"{once * most}"{after}') == []
    assert _told(f'{_PADDING}{before}"{once * (most + 1)}"{after}') == [_TOO_LONG]


def test_it_is_told_in_its_place_with_the_way_out() -> None:
    text = _CONFIG_MAP.replace("big", "Big_") + '  annotations: {"a b": c}\n  finalizers: [x]\n'
    rows = _checked(f"{text}data:\n  a b: {'a' * 270000}\n").refused
    assert [row[-1].partition(": ")[0] for row in rows] == [
        "metadata.name",
        "metadata.annotations",
        "metadata.annotations",
        "metadata.finalizers[0]",
        "data[a b]",
    ]
    assert rows[2][-1] == _TOO_LONG
    assert "270,203 bytes" in rows[2][-2]
    assert "kubectl apply --server-side" in rows[2][-2]


def test_what_cannot_be_decoded_gets_no_further() -> None:
    assert _told(f"{_CONFIG_MAP}datta:\n  a: {'a' * 270000}\n") == ['unknown field "datta"']


def test_others_of_the_file_and_of_a_list_go_on() -> None:
    big = f"{_CONFIG_MAP}data:\n  a: {'a' * 270000}\n"
    small = _CONFIG_MAP.replace("big", "small")
    assert [row[3] for row in _checked(f"{small}---\n{big}---\n{small}").refused] == ["big"]
    items = "".join("- " + one.replace("\n", "\n  ").rstrip(" ") for one in (small, big))
    assert [row[3] for row in _checked(f"apiVersion: v1\nkind: List\nitems:\n{items}").refused] == ["big"]


def test_what_helm_sends_has_no_copy() -> None:
    assert not _checked(f"{_CONFIG_MAP}data:\n  a: {'a' * 270000}\n", has_lines=False).refused


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            f"{_CONFIG_MAP}data:\n  a: {'a' * 1572000}\n",
            [_TOO_LONG, "[]: Too long: may not be more than 1048576 bytes"],
            id="config map",
        ),
        pytest.param(
            f"{_SECRET}data:\n  a: {b64encode(b'a' * 1048577).decode()}\n",
            [
                _TOO_LONG,
                "data: Too long: may not be more than 1048576 bytes",
                "data[tls.crt]: Required value",
                "data[tls.key]: Required value",
            ],
            id="secret",
        ),
        pytest.param(
            f"{_SECRET}data:\n  a: {b64encode(b'a' * 1048576).decode()}\n",
            [_TOO_LONG, "data[tls.crt]: Required value", "data[tls.key]: Required value"],
            id="secret that is no larger",
        ),
        pytest.param(
            f"{_CONFIG_MAP}data:\n  a: {'a' * 1573000}\n",
            ["Request entity too large: limit is 3145728"],
            id="request",
        ),
    ],
)
def test_what_is_too_large_for_other_reasons(text: str, told: list[str]) -> None:
    assert _told(text) == told


def test_annotations_count_in_bytes() -> None:
    rows = _checked(f"{_CONFIG_MAP}  annotations: {{a: {'é' * 131090}}}\n").refused
    assert [row[-1] for row in rows] == [_TOO_LONG]


@pytest.mark.parametrize(
    "metadata", ["", "metadata: [a]\n", "metadata: {annotations: [a]}\n", "metadata: {annotations: {a: 1}}\n"]
)
@pytest.mark.parametrize("kind", ["v1\nkind: ConfigMap\n", "kind.x-k8s.io/v1\nkind: Cluster\n"])
def test_metadata_of_another_shape_are_told_as_ever(metadata: str, kind: str) -> None:
    text = f"apiVersion: {kind}{metadata}data:\n  a: {'a' * 270000}\n"
    item = "- " + text.replace("\n", "\n  ").rstrip(" ")
    for whole in (text, f"apiVersion: v1\nkind: List\nitems:\n{item}"):
        assert not any("Too long" in row[-1] for row in _checked(whole).refused)
