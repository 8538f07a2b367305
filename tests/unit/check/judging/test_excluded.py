# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Excluded namespaces, as Gatekeeper matches them."""

from __future__ import annotations

import pytest

from azext_safeguards.check.judging.excluded import matcher


@pytest.mark.parametrize(
    ("entry", "matched", "others"),
    [
        ("team", ["team"], ["team-a", "a-team", "Team", ""]),
        ("team-*", ["team-", "team-a", "team-a-b"], ["team", "a-team-b"]),
        ("*-dev", ["-dev", "a-dev"], ["dev", "a-dev-b"]),
        ("*dev*", ["dev", "a-dev", "dev-a", "a-dev-b"], ["de", "v"]),
        ("*", ["", "a", "kube-system"], []),
        ("**", ["", "a"], []),
        # Only at the ends is it a wildcard.
        ("a*b", ["a*b"], ["ab", "axb"]),
        ("a.c", ["a.c"], ["abc"]),
    ],
)
def test_an_entry_is_a_name_or_has_wildcards_at_its_ends(entry, matched, others):
    is_excluded = matcher([entry])
    assert [name for name in [*matched, *others] if is_excluded(name)] == matched


def test_any_entry_will_do_and_none_excludes_nothing():
    is_excluded = matcher(["a", "b*", "a"])
    assert [name for name in ("a", "bc", "c") if is_excluded(name)] == ["a", "bc"]
    assert not matcher([])("a")
