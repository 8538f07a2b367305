# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What kubectl 1.34 reads of small odd texts.

Recorded with a Go program of 60 lines that reads as kubectl's builder of resources does (`NewYAMLOrJSONDecoder` of
k8s.io/apimachinery 0.34.4 behind `unicode.BOMOverride`, sigs.k8s.io/yaml 1.6.0). Left out is what it answers by chance:
of the keys `1` and `"1"` in one mapping, now one wins and now the other. The last rows, of the tag `!` and of comments
right behind `---`, are from `kubectl label --local` 1.34.5.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A text, the objects that kubectl reads of it, and what it says where it reads no further."""

    text: bytes
    objects: list[Any]
    error: str


def rows() -> list[Row]:
    """All texts. Half of a pair of escapes in JSON is U+FFFD, as which Go's decoder reads it later."""
    lines = Path(__file__).with_name("rows.jsonl").read_text(encoding="utf-8").splitlines()
    return [_row(*json.loads(line)) for line in lines]


def _row(text: str | dict[str, str], objects: list[Any], error: str) -> Row:
    return Row(text.encode() if isinstance(text, str) else text["latin-1"].encode("latin-1"), objects, error)
