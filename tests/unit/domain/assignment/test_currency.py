# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which of two comes first: the last scan, or the last write."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.assignment.currency import Currency, currency_of, last_write

T1, T2, T3 = "2026-03-01T10:00:00.1000000Z", "2026-03-01T10:00:00.2000000Z", "2026-03-01T12:00:00+01:00"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"systemData": {"lastModifiedAt": T2}, "properties": {"metadata": {"updatedOn": T1}}}, T2),
        ({"systemData": {"createdAt": T2}, "properties": {"metadata": {"updatedOn": T1, "createdOn": T3}}}, T1),
        ({"properties": {"metadata": {"updatedOn": None, "createdOn": T1}}}, T1),
        ({"systemData": {"lastModifiedAt": "soon"}, "properties": {"metadata": {"createdOn": T1}}}, T1),
        ({"systemData": [], "properties": {"metadata": {"updatedOn": 7}}}, ""),
        ({"systemData": {"lastModifiedAt": {}}, "properties": None}, ""),
        ({}, ""),
    ],
)
def test_when_an_assignment_was_last_written(body, expected):
    assert last_write(body) == expected


@pytest.mark.parametrize(
    ("scan", "changes", "expected"),
    [
        (T1, [T2], Currency(T2, True)),
        (T2, [T1], Currency(T1, False)),
        # The first evaluation of an assignment may bear the time of its creation.
        (T1, [T1], Currency(T1, False)),
        # 12:00 in Paris is 11:00 in UTC, and after 10:00.
        (T2, [T1, T3, ""], Currency(T3, True)),
        (T3, [T1, T2], Currency(T2, False)),
        ("", [T1], Currency(T1, None)),
        ("yesterday", [T1], Currency(T1, None)),
        (T1, ["", "soon"], Currency()),
        (T1, [], Currency()),
    ],
)
def test_how_a_scan_stands_to_changes(scan, changes, expected):
    assert currency_of(scan, changes) == expected
