# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Refusals against those that a real API server gave."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from azext_safeguards.check.apiserver.applying import apply_refusals
from azext_safeguards.check.apiserver.quantities import WrongQuantity, parse
from azext_safeguards.check.apiserver.receiving import receive
from azext_safeguards.check.apiserver.refusals import Refusal, decoding_text
from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import read_text
from azext_safeguards.check.judging.word_by_word import admit
from tests.facts.cluster import Answer, answers, quantities

_BY_POLICIES = ("Warning: ", "Error from server (Forbidden)")


def _objects(text: str) -> list[dict[str, Any]]:
    found = []
    for document in read_text(text.encode()):
        assert not isinstance(document, Problem)
        data = document.data
        found += data["items"] if data["kind"] == "List" else [data]
    return found


def _told(document: dict[str, Any], refusals: list[Refusal]) -> str:
    """The refusals of an object as kubectl prints them."""
    kind, version = document["kind"], document["apiVersion"]
    name = document["metadata"]["name"]
    first = refusals[0]
    if first.stage == "read" and first.code == 404:
        subject = f'error: resource mapping not found for name: "{name}" namespace: "" from "F"'
        return f"{subject}: {first.cluster}\nensure CRDs are installed first"
    if first.stage == "read":
        return f'error: unable to decode "F": {first.cluster}'
    if first.stage == "decode":
        return f'Error from server (BadRequest): error when creating "F": {decoding_text(kind, version, refusals)}'
    texts = list(dict.fromkeys(one.cluster for one in refusals))
    listed = texts[0] if len(texts) == 1 else "\n" + "\n".join(f"* {text}" for text in texts)
    return f'The {kind} "{name}" is invalid: {listed}'


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.file.removesuffix(".yaml"))
def test_refuses_what_the_api_server_refuses_in_its_words(answer: Answer) -> None:
    told = []
    for document in _objects(answer.manifest):
        refusals = apply_refusals(document) or list(receive(document).refusals)
        told += [_told(document, refusals)] if refusals else []
    assert told == [message for message in answer.messages() if not message.startswith(_BY_POLICIES)]


def _as_sent(given: Any) -> str:
    return given if isinstance(given, str) else str(yaml.safe_load(str(given)))


@pytest.mark.parametrize("row", quantities(), ids=lambda row: repr(row["given"]))
def test_quantities_become_what_webhooks_see(row: dict[str, Any]) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": "i", "resources": {"requests": {"memory": row["given"]}}}]},
    }
    received = receive(pod)
    if "refused" in row:
        assert received.object is None
        assert received.refusals[0].cluster in row["refused"].replace("* ", "")
    else:
        assert received.object is not None
        container = received.object["spec"]["containers"][0]
        assert container["resources"]["requests"]["memory"] == row["seen"]


@pytest.mark.parametrize(
    "text", ["1.500", "1e-400", "Mi", "m", "-", ".", "9" * 5000, "1e99999999999", "0.0.1", "\u0661"]
)
def test_odd_quantities_end_in_an_amount_or_a_refusal(text: str) -> None:
    try:
        amount = parse(text)
    except WrongQuantity:
        return
    assert parse(str(amount.rounded())).compare(amount.rounded()) == 0


@pytest.mark.parametrize(
    ("version", "kind", "hint"),
    [("app/v1", "Deployment", "apps/v1"), ("networking/v1", "Ingress", "networking.k8s.io/v1")],
)
def test_a_group_that_is_no_domain_is_none_of_a_custom_resource(version: str, kind: str, hint: str) -> None:
    """Recorded: `no matches for kind "Deployment" in version "app/v1"`."""
    document = {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": {}}
    [one] = admit(document, "default")[1]
    assert (one.stage, one.cluster) == ("read", f'no matches for kind "{kind}" in version "{version}"')
    assert one.reason.endswith(f"it is {kind} in {hint}")


def test_files_of_tools_have_groups_of_all_sorts() -> None:
    assert admit({"apiVersion": "skaffold/v4beta11", "kind": "Config", "metadata": {"name": "a"}}, "default")[0]
