# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The tag of an image as Kubernetes reads it (kubernetes/kubernetes, pkg/util/parsers)."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def tag_of(image: str) -> str:
    """The tag; "latest" for an image with neither tag nor digest, "" for one with a digest alone."""
    name, _, digest = image.partition("@")
    _, colon, tag = name.rpartition("/")[2].partition(":")
    if colon:
        return tag
    return "" if digest else "latest"
