# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads the small YAML file that describes a chart or a kustomization."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.documents.reading import Document, read_text
from azext_safeguards.check.sources.source import Source

_MOST_BYTES = 1024 * 1024


def description(path: str) -> dict[str, Any]:
    """The mapping in a file; an empty one when it cannot be read: the tool that renders it says then what is wrong."""
    try:
        with Source("", path, 0).open() as stream:
            text = stream.read(_MOST_BYTES)
    except OSError:
        return {}
    first = next(read_text(text), None)
    return first.data if isinstance(first, Document) and isinstance(first.data, dict) else {}
