# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is said of objects with several mistakes, word for word and in the order of a real cluster."""

from __future__ import annotations

import json

import pytest

from azext_safeguards.check.apiserver.refusals import Refusal, decoding_text
from azext_safeguards.check.judging.engine import Engine, Raw
from azext_safeguards.check.judging.files import FileResult, check_file
from azext_safeguards.check.sources.source import Source
from tests.facts.gatekeeper import Row, rows
from tests.unit.check.judging.test_recorded_answers import SETTINGS, said


def _checked(row: Row) -> FileResult:
    content = json.dumps(row.document).encode()
    return check_file(Engine(SETTINGS), Source("a.json", "", len(content), content))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_the_texts_and_their_order_are_those_of_the_cluster(row: Row) -> None:
    result = _checked(row)
    assert not result.problems
    if row.code in (201, 403):
        assert not result.refused
        assert [said(Raw(*raw)) for raw in sorted(result.raws)] == [
            text.replace("[", "[azurepolicy-", 1) for text in row.told
        ]
        return
    assert not result.raws
    stages = {one[-3] for one in result.refused}
    told = [one[-1] for one in result.refused]
    if row.code == 400:
        # kubectl finds wrong labels and annotations itself.
        assert stages <= {"decode", "read"}
        refusals = [Refusal("decode", (), "", 400, text) for text in told]
        told = [decoding_text(row.document["kind"], row.document["apiVersion"], refusals)]
    else:
        assert stages == {"validate"}
    assert list(dict.fromkeys(told)) == row.told
