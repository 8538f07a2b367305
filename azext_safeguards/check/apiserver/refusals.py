# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server or kubectl answers to an object that never gets as far as a policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

Path = tuple[str | int, ...]
Stage = Literal["read", "decode", "validate"]


class Refusal(NamedTuple):
    """One reason why an object is refused before any policy sees it."""

    stage: Stage
    """Where it ends: "read" by kubectl, "decode" or "validate" by the API server."""

    path: Path
    """Keys and indexes to the value at fault."""

    reason: str
    """In our own words, with the way out where there is an obvious one."""

    code: int
    """The status of the answer: 400, 404 or 422."""

    cluster: str
    """The API server's own text: what stands behind `cannot be handled as a KIND: ` for 400, and one field's error for
    422 (`spec.replicas: Invalid value: -1: must be greater than or equal to 0`)."""


def field_path(path: Path) -> str:
    """A path as the API server writes it: `spec.containers[0].name`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif text:
            text += f".{step}"
        else:
            text = step
    return text


UNKNOWN_FIELD = "unknown field "
_NULL = " value: null: "


def as_written(refusals: Iterable[Refusal], document: Any) -> tuple[Refusal, ...]:
    """Refusals of an object whose empty lists and mappings were dropped when it was decoded: the API server tells them
    apart from what is not there, `Invalid value: {}` from `Invalid value: null`."""
    return tuple(_as_written(one, document) if _NULL in one.cluster else one for one in refusals)


def _as_written(refusal: Refusal, document: Any) -> Refusal:
    value = document
    try:
        for step in refusal.path:
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return refusal
    if value not in ({}, []):
        return refusal
    if not field_path(refusal.path).startswith(refusal.cluster.partition(":")[0]):
        # It stands elsewhere than where the API server sees it.
        return refusal
    shown = f" value: {'{}' if value == {} else '[]'}: "
    return refusal._replace(cluster=refusal.cluster.replace(_NULL, shown, 1))


def decoding_text(kind: str, api_version: str, refusals: Sequence[Refusal]) -> str:
    """The message of the Status for an object that could not be decoded.

    The API server gives up at the first value of a wrong type, and only then tells of unknown fields, all at once.
    """
    unknown = [one.cluster for one in refusals if one.cluster.startswith(UNKNOWN_FIELD)]
    if len(unknown) < len(refusals):
        text = next(one.cluster for one in refusals if not one.cluster.startswith(UNKNOWN_FIELD))
    else:
        text = "strict decoding error: " + ", ".join(unknown)
    version = api_version.rpartition("/")[2]
    return f'{kind} in version "{version}" cannot be handled as a {kind}: {text}'
