# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
# ruff: noqa: RUF001
"""Our RE2 against RE2 itself (google-re2), and against recorded answers of Go where the two differ."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import re2 as google
from hypothesis import given, settings
from hypothesis import strategies as st

from azext_safeguards.domain import re2
from azext_safeguards.domain.re2.automaton import Automaton
from azext_safeguards.domain.re2.parsing import parse
from azext_safeguards.domain.re2.ranges import complement, folded, joined, unicode_class

pytestmark = pytest.mark.exhaustive

_OPTIONS = google.Options()
_OPTIONS.log_errors = False

# What patterns are made of, in the pieces in which they go wrong.
_SPACED = r"""
a b k K s ſ é É ß ẞ Σ ς ı İ µ 😀 0 _ - / , & ~ = ! < > : # ^ $ | ( ) (?: (?i) (?i: (?-i) (?s) (?m) (?s: (?U) (?m-s:
(?P<n> (?<n> [ ] [^ [a-f] [^a-k] [[:alpha:]] [[:^digit:]] [:alpha:] [[:word:]] [\d-z] [--/] []a] [^]] [\pN_] [^\PN]
[\W] [^\n] \d \D \w \W \s \S \b \B \A \z \Z \pL \PN \p{Greek} \P{^Lu} \p{Lu} \p{Latin} \p{Any} \Q \E \Qa*\E \x41
\x{3c3} \101 \07 \1 \8 \n \t \. \\ \_ \é \a . * + ? *? +? ?? {2} {0,2} {1,} {,3} {2,1} {0} {3 { } {30} {40} {1001}
(?= (?! (?<= (?> (?# (?x) i x p -z
"""
_PIECES = [*_SPACED.split(), " ", "\n", "\\", "\x00"]
_CHARACTERS = "abkKsSſéÉßẞΣςσ09_-/.,\n \tABz*\\x٣αяİıiIµμ😀\x00\v\r][EQd{2}٠ªK"

_patterns = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=7).map("".join)
_texts = st.lists(st.text(_CHARACTERS, max_size=6), min_size=1, max_size=5)


def _oracle(pattern: str) -> Callable[[str], bool] | None:
    """RE2's own search; None for a pattern that it refuses."""
    try:
        compiled = google.compile(pattern, _OPTIONS)
    except google.error:
        return None
    return lambda text: compiled.search(text) is not None


@settings(max_examples=800, deadline=None)
@given(_patterns, _texts)
def test_generated_patterns_are_taken_and_match_as_by_re2(pattern: str, texts: list[str]) -> None:
    occurs = _oracle(pattern)
    assert bool(re2.problems(pattern)) == (occurs is None)
    if occurs is None:
        return
    compiled, automaton = re2.compiled(pattern), Automaton(parse(pattern))
    for text in texts:
        # RE2 in C++ looks for a place between bytes, so that it finds \B inside of any character that has several.
        if r"\B" not in pattern or text.isascii():
            assert (compiled.search(text), automaton.occurs(text)) == (occurs(text), occurs(text))


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"\A(\^|)([a-c.]|\[[a-c]{1,2}\]|\((\||)[ab]{1,2}\|[bc]{0,2}\)|[ab](\*|\+|\?|\{1,3\})){1,6}(\$|)\Z")
)
def test_well_formed_patterns_match_as_by_re2(pattern: str) -> None:
    occurs = _oracle(pattern)
    assert occurs is not None
    compiled = re2.compiled(pattern)
    for text in ("", "a", "b", "ab", "ba", "abc", "cab", "aabbcc", "abcabc", "cccc", "bbaacc"):
        assert compiled.search(text) == occurs(text)


@pytest.mark.parametrize(
    "name", [*"CLMNPSZ", "Any", "Lu", "Nd", "So", "Cs", "Greek", "Latin", "Han", "Common", "SignWriting"]
)
def test_a_class_of_unicode_is_that_of_re2(name: str) -> None:
    everything = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)
    assert "".join(google.findall(rf"\p{{{name}}}+", everything)) == "".join(
        everything[low - 0x800 * (low > 0xDFFF) : high + 1 - 0x800 * (high > 0xD7FF)]
        for low, high in _without_surrogates(name)
    )


def _without_surrogates(name: str) -> list[tuple[int, int]]:
    ranges = unicode_class(name)
    assert ranges is not None
    return list(complement(joined([*complement(ranges), (0xD800, 0xDFFF)])))


def test_case_is_that_of_re2() -> None:
    cased = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF and _may_have_case(chr(code))]
    text = "".join(cased)
    for one in cased[::5]:
        ours = [chr(code) for low, high in folded(((ord(one), ord(one)),)) for code in range(low, high + 1)]
        # Python's Unicode may be older than RE2's, so that the text lacks some.
        assert [other for other in ours if other in cased] == google.findall(f"(?i){one}", text)


def _may_have_case(character: str) -> bool:
    return character.lower() != character or character.upper() != character


# What RE2 in C++ and in Go (1.26, recorded) do not agree on, or what Python's re does otherwise than both.
# pattern, taken by RE2, taken by Go, taken by us
_DIFFERING = [
    (r"\C", True, False, False),
    (r"(?P<é>a)", True, False, False),
    (r"a{1000000000}", True, False, False),
    (r"a{2,1000000000}", True, False, False),
    (r"((a{500}){0}){3}", False, True, False),
    (r"\p{Letter}", False, True, False),
    (r"\p{greek}", False, True, False),
    (r"\p{Cn}", False, True, False),
    (r"\p{LC}", False, True, False),
    (r"\p{ASCII}", False, True, False),
    ("(" * 1000 + "a" + ")" * 1000, True, False, False),
    # RE2 in C++ counts bytes of UTF-8, and has too many of them here.
    (r"(\pL{10}){100}", False, True, True),
    # Python refuses these, or means something else.
    (r"(?i)(?s)a(?-i)b", True, True, True),
    (r"[[:alpha:]]", True, True, True),
    (r"\pN", True, True, True),
    (r"\p{^Greek}", True, True, True),
    (r"\Qa.b\E", True, True, True),
    (r"\z", True, True, True),
    (r"\x{1F600}", True, True, True),
    (r"(?<name>a)", True, True, True),
    (r"(?P<1st>a)", True, True, True),
    (r"(?P<n>a)|(?P<n>b)", True, True, True),
    (r"(?U)a+", True, True, True),
    (r"a{,3}", True, True, True),
    (r"a{01}", True, True, True),
    (r"a*(?i)*", True, True, True),
    (r"\_", True, True, True),
    (r"[\d-z]", True, True, True),
    (r"(a{10}){100}", True, True, True),
    (r"(a{10}){101}", False, False, False),
    (r"a{1000}", True, True, True),
    (r"a{1001}", False, False, False),
    (r"\Z", False, False, False),
    (r"a++", False, False, False),
    (r"a*+", False, False, False),
    (r"(?>a)", False, False, False),
    (r"(?=a)", False, False, False),
    (r"(?<!a)b", False, False, False),
    (r"(a)\1", False, False, False),
    (r"(?P<n>a)(?P=n)", False, False, False),
    (r"(?#a)", False, False, False),
    (r"(?x) a", False, False, False),
    (r"(?a)\w", False, False, False),
    (r"\u0041", False, False, False),
    (r"\N{DIGIT ONE}", False, False, False),
    (r"[\b]", False, False, False),
    (r"[]", False, False, False),
    (r"\E", False, False, False),
]


@pytest.mark.parametrize(("pattern", "by_re2", "by_go", "by_us"), _DIFFERING)
def test_the_door_takes_what_both_take(pattern: str, by_re2: bool, by_go: bool, by_us: bool) -> None:
    assert (_oracle(pattern) is not None) == by_re2
    assert (not re2.problems(pattern)) == by_us
    assert not (by_us and not by_go)
