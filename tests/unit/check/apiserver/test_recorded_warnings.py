# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Warnings against those of Kubernetes' own code, and of a real cluster."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from azext_safeguards.check.apiserver.receiving import receive
from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.warnings.asking import warn
from azext_safeguards.check.apiserver.warnings.warned import MOST_WARNINGS, Warned
from tests.facts.cluster import answers
from tests.facts.warnings import rows


def _warned(document: dict[str, Any]) -> list[Warned]:
    received = receive(copy.deepcopy(document)).object
    assert received is not None
    return warn(received, document["apiVersion"].rpartition("/")[0], document["kind"])


@pytest.mark.parametrize("kind", sorted({row.document["kind"] for row in rows()}))
def test_warns_in_the_words_of_the_api_server(kind: str) -> None:
    of_kind = [row for row in rows() if row.document["kind"] == kind]
    told = {row.name: [one.text for one in _warned(row.document)] for row in of_kind}
    if kind == "CustomResourceDefinition":
        # The properties of a schema have no order there.
        told = {name: sorted(texts) for name, texts in told.items()}
    assert told == {row.name: row.told for row in of_kind}
    assert any(told.values())


def test_warns_as_the_recorded_cluster_did() -> None:
    told, expected = {}, {}
    for answer in answers():
        warnings = [one.removeprefix("Warning: ") for one in answer.messages() if one.startswith("Warning: ")]
        documents = list(yaml.safe_load_all(answer.manifest)) if answer.exit == 0 else []
        if len(documents) == 1 and isinstance(documents[0], dict) and receive(documents[0]).object:
            expected[answer.file] = [one for one in warnings if not one.startswith("[")]
            told[answer.file] = [one.text for one in _warned(documents[0])]
    assert told == expected
    assert sum(map(bool, told.values())) >= 10


def test_says_where_the_value_stands() -> None:
    for row in rows():
        for path, text in _warned(row.document):
            assert _reaches(row.document, path), (row.name, path, text)


def _reaches(document: Any, path: Path) -> bool:
    """Whether all steps of a path but the last one are there."""
    for step in path[:-1]:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def test_tells_no_more_than_anybody_reads_in_time_linear_in_the_ports() -> None:
    ports = [
        {"containerPort": 80, "hostPort": number % 60_000 + 1, "hostIP": f"10.0.0.{number}"} for number in range(99_999)
    ]
    one = {"name": "c", "image": "i", "ports": ports}
    files = [{"key": "k", "path": f"a{number}/b"} for number in range(50_000)]
    volume = {"name": "v", "configMap": {"name": "c", "items": [*files, *files]}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"containers": [one], "volumes": [volume]},
    }
    assert len(warn(pod, "", "Pod")) == MOST_WARNINGS
