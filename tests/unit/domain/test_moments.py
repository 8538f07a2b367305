# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Times as Azure writes them, and what is none."""

from __future__ import annotations

from datetime import datetime, timezone

from azext_safeguards.domain.moments import parse_time

_NONE = (None, "", "yesterday", "2026-01-02", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+23:00", 7)


def test_times_as_azure_writes_them():
    assert parse_time("2026-01-02T03:04:05.1234567Z") == datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=timezone.utc)
    assert parse_time("2026-01-02T03:04:05.5Z") == datetime(2026, 1, 2, 3, 4, 5, 500000, tzinfo=timezone.utc)
    assert parse_time("2026-01-02T03:04:05+02:00") == datetime(2026, 1, 2, 1, 4, 5, tzinfo=timezone.utc)
    assert parse_time("2026-01-02T03:04:05") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert [parse_time(text) for text in _NONE] == [None] * len(_NONE)
