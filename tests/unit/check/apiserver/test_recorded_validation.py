# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Refusals against those of Kubernetes' own decoding and validation, field by field."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from azext_safeguards.check.apiserver.receiving import receive
from azext_safeguards.check.apiserver.refusals import decoding_text
from tests.facts.validation import objects, rows

_BY_OBJECT = {number: list(found) for number, found in groupby(rows(), key=lambda row: row.number)}


@pytest.mark.parametrize("number", range(len(objects())))
def test_refuses_in_the_words_of_the_api_server(number: int) -> None:
    assert _told(objects()[number])[1] == []
    told = {row.name: _told(row.document) for row in _BY_OBJECT.get(number, ())}
    assert told == {row.name: (row.code, row.told) for row in _BY_OBJECT.get(number, ())}


def _told(document: dict[str, Any]) -> tuple[int, list[str]]:
    """The status of the answer and its texts."""
    refusals = receive(document).refusals
    codes = {one.code for one in refusals}
    if codes == {400}:
        kind, version = document["kind"], document["apiVersion"]
        return 400, [decoding_text(kind, version, refusals).partition(f"cannot be handled as a {kind}: ")[2]]
    return max(codes, default=201), list(dict.fromkeys(one.cluster for one in refusals))
