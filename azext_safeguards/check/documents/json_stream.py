# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""JSON objects one after the other, as `jq -c` prints them and kubectl reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecoder

_BLANKS = re.compile(r"[ \t\r\n]*")


def objects_of(text: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The objects of a stream.

    :returns: each object's text with the number of lines before it, and of the characters before it in its line. The
        whole text is one object when it is no stream of JSON.
    """
    try:
        whole = text.decode()
        ends = list(_ends(whole))
    except (ValueError, RecursionError):
        yield text, 0, 0
        return
    begin = lines = 0
    for end in ends:
        yield whole[begin:end].encode(), lines, begin - (whole.rfind("\n", 0, begin) + 1)
        lines += whole.count("\n", begin, end)
        begin = end


def _ends(text: str) -> Iterator[int]:
    """Where the objects of a stream end, with the blanks behind them. Raises ValueError for what is no JSON."""
    decode = JSONDecoder().raw_decode
    at = _blank(text, 0)
    while at < len(text):
        at = _blank(text, decode(text, at)[1])
        yield at


def _blank(text: str, at: int) -> int:
    """Where blanks end that begin at a place."""
    found = _BLANKS.match(text, at)
    assert found
    return found.end()
