# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Base64 as Go's decoder takes it."""

from __future__ import annotations

import binascii
import re


def wrong_base64(text: str) -> int | None:
    """Where Go's decoder stops in a text that is no base64; None for one that is."""
    plain = text.replace("\n", "").replace("\r", "")
    try:
        binascii.a2b_base64(plain, strict_mode=True) if plain else b""
    except (binascii.Error, ValueError):
        pass
    else:
        return None
    wrong = re.search(r"[^A-Za-z0-9+/]", text)
    return wrong.start() if wrong and text[wrong.start() :].strip("=\r\n") else len(text) // 4 * 4
