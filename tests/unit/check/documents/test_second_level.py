# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Fields of the second level in the text; that all places are those of the composer is in `test_block`."""

from __future__ import annotations

import pytest

from azext_safeguards.check.documents.second_level import find


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind: A\nspec:\n  selector:\n    app: a\n", (2, 2)),
        ("kind: A\nspec: # a\n\n  # selector: b\n    # c\n  type: B\n# d\n  selector: {a: b}\n", (7, 2)),
        ("kind: A\nspec:\n  template:\n    selector: a\n  selector: b\n", (4, 2)),
        ("kind: A\nspec:\n    text: |\n      selector: a\n    selector: b\n", (4, 4)),
        # It is in another mapping, or not there.
        ("kind: A\nspec:\n  type: B\nother:\n  selector: b\n", None),
        ("kind: A\nspec:\n  type: B\n", None),
        # These take a closer look.
        ("spec:\n  selector: a\n", None),
        ("kind: A\nspec: {selector: a}\n", None),
        ("kind: A\nspec:\n- selector: a\n", None),
        ('kind: A\nspec:\n  "selector": a\n', None),
        ("kind: A\nspec:\n  selector:a: b\n", None),
        ("kind: A\nspec:\r\n  selector: b\r\n", None),
    ],
)
def test_finds_a_member_where_it_begins(text: str, place: tuple[int, int] | None) -> None:
    assert find(text.encode(), "spec", "selector") == place


def test_items_of_lists_are_for_others() -> None:
    assert find(b"a: 1\nitems:\n  - a\n", "items", 0) is None
    assert find(b"- a: b\n", 0, "a") is None
