# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""docs/policies.md says what the policies say."""

from __future__ import annotations

from azext_safeguards.check.mutations import REGISTRY as MUTATIONS
from azext_safeguards.check.policies.registry import REGISTRY
from scripts.policies_page import PAGE, page


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_every_policy_and_mutation_is_on_it():
    text = page()
    assert [line[4:] for line in text.splitlines() if line.startswith("### ")] == list(REGISTRY)
    assert all(f"[{short}]" in text for short in MUTATIONS)
    assert all(policy.patch in text and policy.fix in text for policy in REGISTRY.values())
