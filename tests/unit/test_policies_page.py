# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""docs/policies.md and the pages of single policies say what the policies say."""

from __future__ import annotations

from azext_safeguards.check.mutations import REGISTRY as MUTATIONS
from azext_safeguards.check.policies.registry import REGISTRY
from scripts.policies_page import PAGES, page, pages


def test_the_pages_are_current():
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, "run `make docs`"
    assert set(PAGES.glob("*.md")) <= set(pages())


def test_every_policy_and_mutation_is_on_them():
    text = page()
    assert all(f"[{short}]" in text for short in MUTATIONS)
    for policy in REGISTRY.values():
        own = pages()[PAGES / f"{policy.short}.md"]
        assert f"](policies/{policy.short}.md)" in text
        assert all(part in own for part in (policy.title, policy.why, policy.patch, policy.fix))
