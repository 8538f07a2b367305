# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Patterns for which RE2 is not loaded find what it finds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from azext_safeguards.check.rego.patterns import is_plain, search
from azext_safeguards.domain import re2

PATTERNS = st.text("^ab.*/$_-", max_size=5)
TEXTS = st.text("ab./-_\n\ud800\u00e4", max_size=6)


@example(".*", "\n")
@example("a$", "a\n")
@example("^a.b$", "a\nb")
@example("^a.b$", "a\ud800b")
@given(PATTERNS, TEXTS)
def test_plain_patterns_mean_what_re2_means(pattern, text):
    if is_plain(pattern):
        assert search(pattern)(text) is re2.compiled(pattern).search(text)


@pytest.mark.parametrize("pattern", [".*", "^.*", "", "kubernetes.azure.com", "^CriticalAddonsOnly$"])
def test_patterns_of_the_initiative_are_plain(pattern):
    assert is_plain(pattern)


@pytest.mark.parametrize("pattern", ["^.*$", "a*", "a|b", "(", "$a", "a^", "a$$", "a\n", "\u00e4"])
def test_what_is_not_is_left_to_re2(pattern):
    assert not is_plain(pattern)
