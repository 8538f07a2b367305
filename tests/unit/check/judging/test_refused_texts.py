# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is told of a refusal: the object that it takes along, and no more of a long text than anybody reads."""

from __future__ import annotations

import pytest

from azext_safeguards.check.findings import Refused
from tests.facts.reading import rows

from .test_refused import DEPLOYMENT, POD, checked, refused


@pytest.mark.parametrize(
    ("text", "place", "who"),
    [
        (DEPLOYMENT.replace("replicas: 3", "replicas: !!int off"), (6, 13), ("Deployment", "web", "default")),
        (POD.replace("name: p", "name: p\n  namespace: team\n  labels: {a: .inf}"), (6, 15), ("Pod", "p", "team")),
        (POD.replace("image: i", 'image: "a\\/b"'), (8, 14), ("Pod", "p", "default")),
        (POD + "--- # a comment\n" + POD + "--- text\n", (18, 5), ("Pod", "p", "default")),
        ("--- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n", (1, 5), ("Namespace", "a", "")),
        ("%YAML 1.2\n---\n" + POD, (1, 1), ("Pod", "p", "default")),
        ("apiVersion: v1\nkind: List\nitems: []\nmetadata: {a: !!bool 1}\n", (4, 15), ("List", "", "")),
        ("--- text\n", (1, 5), ("", "", "")),
    ],
)
def test_what_is_not_read_is_told_with_the_object_that_it_takes_along(
    text: str, place: tuple[int, int], who: tuple[str, str, str]
) -> None:
    *_, one = (Refused("a.yaml", *row) for row in checked(text).refused)
    assert (one.line, one.column) == place
    assert (one.kind, one.name, one.namespace) == who
    assert one.stage == "read"


def test_a_mark_behind_objects_of_json_is_told_with_the_object_behind_it() -> None:
    text = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "%s"}}\n'
    (one,) = refused(text % "a" + text % "b" + "---\n" + text % "c")
    assert (one.line, one.kind, one.name, one.namespace) == (3, "ConfigMap", "c", "default")


def test_every_recorded_document_that_kubectl_does_not_read_names_its_object() -> None:
    seen = 0
    for row in rows():
        if not row.error or b"---" in row.text or not row.text.startswith(b"apiVersion: v1\nkind: ConfigMap\n"):
            continue
        for one in checked(row.text.decode("utf-8", "replace")).refused:
            assert one[2] == "ConfigMap", row
            seen += 1
    assert seen >= 12


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ('"9999999999"', "takes a whole number, not '9999999999'"),
        ("9" * 400, "takes a whole number, not '9999999999999999999999999999999999999...'"),
        ("2147483648", "not 2147483648; the largest is 2147483647"),
        ('"-5"', "not '-5'; write it without quotes: -5"),
    ],
)
def test_a_number_that_is_too_large_is_not_called_a_matter_of_quotes(number: str, words: str) -> None:
    (one,) = refused(DEPLOYMENT.replace("replicas: 3", f"replicas: {number}"))
    assert one.reason.endswith(words)


def test_what_a_file_holds_is_told_only_as_far_as_anybody_reads_it() -> None:
    kind, tag = "X" * 50_000, "!" + "t" * 50_000
    result = checked(f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n---\n{POD}  x: {tag} a\n")
    assert len(result.refused) == 2
    assert all(len(text) <= 4_003 for one in result.refused for text in one[2:])
    assert all(len(reason) <= 4_003 for _, _, reason in result.odd)
    assert result.odd[0][2].endswith("...")
