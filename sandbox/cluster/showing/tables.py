# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Table objects, for clients that ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.showing.columns import Column, columns_of, printed_columns

Json = dict[str, Any]


def table(
    kind: Kind, items: Iterable[Json], now: datetime, include: str, metadata: Json, printer: Json | None = None
) -> Json:
    """Return the Table of some objects.

    ``include``: Object, Metadata or None, what each row carries; ``printer``: the version of the definition of a
    custom resource, which may bring columns of its own.
    """
    columns = printed_columns(printer) if printer is not None else columns_of(kind)
    rows = [{"cells": [_cell(column, item, now) for column in columns], **_carried(item, include)} for item in items]
    definitions = [
        {
            "name": column.name,
            "type": column.type,
            "format": "name" if column.name == "Name" else "",
            "description": "",
            "priority": column.priority,
        }
        for column in columns
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": definitions,
        "rows": rows,
    }


def partial(item: Json) -> Json:
    """Return an object's metadata as an object of its own."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": item["metadata"]}


def age(stamp: Any, now: datetime) -> str:
    """Return how long ago a time was, as kubectl writes it (apimachinery, util/duration)."""
    try:
        then = datetime.strptime(str(stamp), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return "<unknown>"
    return duration((now - then).total_seconds())


def duration(span: float) -> str:
    """Return a number of seconds as kubectl writes a duration: with two units where the larger one is small."""
    seconds = max(0, int(span))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if hours < 192:
        return _two(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    return _two(days // 365, "y", days % 365, "d") if days < 2920 else f"{days // 365}y"


def _two(large: int, unit: str, small: int, other: str) -> str:
    return f"{large}{unit}{small}{other}" if small else f"{large}{unit}"


def _cell(column: Column, item: Json, now: datetime) -> Any:
    value = column.value(item)
    if column.type == "date":
        return age(value, now) if value else "<unknown>"
    return value


def _carried(item: Json, include: str) -> Json:
    if include == "None":
        return {}
    return {"object": item if include == "Object" else partial(item)}
