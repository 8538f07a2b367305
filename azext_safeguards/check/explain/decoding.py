# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Bytes that somebody pasted or piped, as text."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 2000


def text_of(data: bytes) -> str:
    """The text: UTF-8, as kubectl writes it everywhere, or UTF-16, as PowerShell's `>` does, with a mark or without.

    A byte that fits nowhere becomes a replacement character.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return data.decode(_unmarked(data[:_SAMPLE]), errors="replace")


def _unmarked(sample: bytes) -> str:
    """The encoding of bytes without a mark: of English in UTF-16 every second byte is zero."""
    half = len(sample) // 2
    if half and sample[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    if half and sample[0::2].count(0) > half * 0.7:
        return "utf-16-be"
    return "utf-8"
