# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Kubernetes 1.34.4 warns of in objects that it takes, in its order.

Recorded with the program of tests/facts/validation, whose `rest.BeforeCreate` asks the same strategies for their
warnings, and k8s.io/apiserver, pkg/endpoints/deprecation, for versions that come to their end. A field of each object
was left out or given one of fifty values; kept is one row for each text. The first line of rows.jsonl has the texts.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.facts.validation import variant

_HERE = Path(__file__).parent


class Row(NamedTuple):
    """A variant of an object and what the API server warns of."""

    name: str
    document: dict[str, Any]
    told: list[str]


@cache
def rows() -> list[Row]:
    """The objects and their variants."""
    known = list(yaml.safe_load_all((_HERE / "objects.yaml").read_text(encoding="utf-8")))
    lines = (_HERE / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    texts, *found = map(json.loads, lines)
    return [_row(known, number, where, value, [texts[one] for one in told]) for number, where, value, told in found]


def _row(known: list[dict[str, Any]], number: int, where: str | list[Any], value: Any, told: list[str]) -> Row:
    """An object, or with a path a variant of it."""
    steps = where.split(".") if isinstance(where, str) else where
    document = known[number] if not where else variant(known[number], steps, value)
    return Row(f"{number} {document['kind']} {'.'.join(map(str, steps))} {value!r:.30}", document, told)
