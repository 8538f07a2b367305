# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""JSON: objects one after the other, as `jq -c` prints them and kubectl reads them, and its escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecoder

_BLANKS = re.compile(r"[ \t\r\n]*")

# JSON writes a character beyond U+FFFF as two escapes, which YAML does not know; kubectl reads what begins like JSON as
# JSON. Escape by escape: a backslash may be escaped itself.
_ESCAPE = re.compile(
    rb"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)", re.DOTALL
)


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


def begins_with_object(text: bytes) -> bool:
    """Whether the first thing in a text is whole and JSON, whatever follows."""
    try:
        whole = text.decode()
        JSONDecoder().raw_decode(whole, _blank(whole, 0))
    except (ValueError, RecursionError):
        return False
    return True


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


def with_pairs_joined(text: bytes) -> bytes:
    """A JSON text with the character itself in the place of two escapes that stand for one; half of such a pair stands
    for nothing, which Go tells by U+FFFD."""
    pieces, begin = [], 0
    for escape in _ESCAPE.finditer(text):
        if escape[1] is not None:
            high, low = int(escape[1], 16), int(escape[2], 16)
            pieces += [text[begin : escape.start()], chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).encode()]
            begin = escape.end()
        elif len(escape[0]) > 2:
            pieces += [text[begin : escape.start()], b"\\uFFFD"]
            begin = escape.end()
    return b"".join([*pieces, text[begin:]])
