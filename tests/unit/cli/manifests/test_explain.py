# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards explain`: where the text comes from, and what is refused."""

from __future__ import annotations

import io
import sys

import pytest
from azure.cli.core import azclierror

from azext_safeguards.cli.manifests._format import explanation_table
from azext_safeguards.cli.manifests.explain import explain

LIMITS = "Warning: [azurepolicy-k8sazurev3containerlimits-0e8a839bcd103e7b96a8] container <c> has no resource limits\n"


class Stdin(io.TextIOWrapper):
    """A standard input of bytes, on a terminal or not."""

    def __init__(self, data: bytes, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(data), encoding="cp1252")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize("message", [None, [], ["-"]])
def test_standard_input_is_utf8_and_may_have_other_bytes(monkeypatch, message):
    monkeypatch.setattr(sys, "stdin", Stdin(LIMITS.replace("<c>", "<ü>").encode() + b"\xff\xfe\x81\n"))
    (item,) = explain(None, message)
    assert item["messages"][0]["container"] == "ü"


def test_words_are_one_message():
    (item,) = explain(None, LIMITS.split())
    assert item["policy"] == "resource-limits"


@pytest.mark.parametrize("stdin", [None, Stdin(b"", terminal=True)])
def test_a_terminal_is_not_waited_for(monkeypatch, stdin):
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(azclierror.RequiredArgumentMissingError) as refused:
        explain(None)
    assert refused.value.recommendations[0] == "az aks safeguards explain probes"


def test_more_than_anybody_pastes_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stdin(b"x" * 5_000_001))
    with pytest.raises(azclierror.InvalidArgumentValueError, match="5000000"):
        explain(None)


@pytest.mark.parametrize(
    ("text", "said"),
    [("something", "No policy of deployment safeguards"), ("Warning: [owner] name one", "owner"), ("", "No policy")],
)
def test_what_is_not_recognised_is_an_error(monkeypatch, text, said):
    monkeypatch.setattr(sys, "stdin", Stdin(text.encode()))
    with pytest.raises(azclierror.InvalidArgumentValueError, match=said) as refused:
        explain(None)
    assert refused.value.recommendations


INVALID = 'The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0\n'


def test_a_refusal_of_the_api_server_is_told_as_one(caplog):
    with pytest.raises(azclierror.InvalidArgumentValueError, match="before any policy: the API server refused") as told:
        explain(None, [INVALID])
    assert "spec.replicas: Invalid value: -1" in str(told.value)
    assert told.value.recommendations[0].startswith("az aks safeguards check -f")
    (item,) = explain(None, [LIMITS + INVALID])
    assert item["policy"] == "resource-limits"
    assert "Refused before any policy: the API server refused Deployment web" in caplog.text
    assert "Not recognised" not in caplog.text


def test_the_table_has_a_row_for_each_object_and_container():
    rows = explanation_table(
        explain(None, [LIMITS + LIMITS.replace("<c>", "<d>") + LIMITS.replace("resource limits", "cpu limit")])
    )
    assert [(row["Policy"], row["Effect"], row["Object"], row["Container"]) for row in rows] == [
        ("resource-limits", "warn", "-", "c"),
        ("resource-limits", "warn", "-", "d"),
    ]
    (row,) = explanation_table(explain(None, ["probes"]))
    assert (row["Policy"], row["Effect"]) == ("probes", "-")
