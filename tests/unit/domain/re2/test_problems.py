# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
# ruff: noqa: RUF001
"""RE2 patterns: what is refused and why, what matches, and in what time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.domain import re2


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"(?=a)", "lookahead"),
        (r"a(?!b)", "lookahead"),
        (r"(?<=a)b", "lookbehind"),
        (r"(?<!a)b", "lookbehind"),
        (r"(a)\1", "backreferences"),
        (r"(a)\8", "backreferences"),
        (r"(?P<n>a)(?P=n)", "backreferences"),
        (r"(?<n>a)\k<n>", "backreferences"),
        (r"(?>a)", "atomic"),
        (r"(?#note)a", "comments"),
        (r"(a)?(?(1)b)", "conditions"),
        (r"(?x) a", "flag 'x'"),
        (r"a++", "repeated already"),
        (r"a**", "repeated already"),
        (r"a{2}{3}", "repeated already"),
        (r"*a", "nothing to repeat"),
        (r"a|+", "nothing to repeat"),
        (r"(*)", "nothing to repeat"),
        (r"a{2,1}", "no repeat"),
        (r"a{1001}", "no repeat"),
        (r"((a{11}){10}){10}", "more than 1000"),
        (r"(a", "no ')'"),
        (r"a)", "no '('"),
        (r"[a", "no ']'"),
        (r"[]", "no ']'"),
        (r"[z-a]", "backwards"),
        (r"[a-\d]", r"\d"),
        (r"[[:nope:]]", "no class"),
        (r"\p{nope}", "Unicode"),
        ("a\\", "backslash"),
        (r"a\Z", r"\Z"),
        (r"\G", r"\G"),
        (r"\h", r"\h"),
        (r"\E", r"\E"),
        (r"[\Qa\E]", r"\Q"),
        (r"\xZ", r"\x"),
        (r"\x{110000}", r"\x"),
        (r"(?P<é>a)", "no name"),
        (r"(?P<>a)", "no name"),
        (r"a{1000000000}", "no repeat"),
        (r"((a{500}){0}){3}", "more than 1000"),
        (r"(a{1000}){1000}", "more than 1000"),
        ("(" * 1000 + "a" + ")" * 1000, "too deeply"),
        ("(" + "a" * 101 + "){1000}", "too large"),
        (r"[[:foo-bar:]]", "no class"),
        (r"[[:]a:]", "no class"),
        (r"\p^L", "no class"),
        (r"\pé", "no class"),
        (r"\p{Greek", "no class"),
        (r"\C", "single byte"),
        (r"[\b]", r"\b"),
        (r"(?-)a", "no group"),
        (r"(?i-)a", "no group"),
        ("a\ud800", "surrogate"),
        (r"(?P<a-b>c)", "no name"),
        (r"(?'n'a)", "no group"),
        (r"(?i", "no group"),
    ],
)
def test_what_re2_refuses(pattern: str, said: str) -> None:
    (problem,) = re2.problems(pattern)
    assert said in problem
    with pytest.raises(ValueError, match=r".+"):
        re2.compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"^a$", ["a"], ["a\n", "b", "ba"]),
        (r"(?m)^a$", ["a\n", "b\na"], ["ab"]),
        (r"a\z", ["a"], ["a\n"]),
        (r"^\d$", ["7"], ["٣"]),
        (r"^\w$", ["a", "_"], ["é"]),
        (r"^[\w]$", ["a"], ["é"]),
        (r"^\W$", ["é", "-"], ["a"]),
        (r"^\s$", ["\t", " "], ["\v", "\u00a0"]),
        (r"^[[:space:]]$", ["\v"], ["\u00a0"]),
        (r"^[[:^alpha:]0-9x]$", ["é", "4", "x"], ["a"]),
        (r"^[[:alpha:]-]$", ["-", "q"], ["1"]),
        (r"^\Qa.b\E+$", ["a.b", "a.bbb"], ["axb", "a.ba.b"]),
        (r"\Qa.b", ["a.b"], ["axb"]),
        (r"^(?i)acr$", ["ACR", "acr"], ["bcr"]),
        (r"^a(?i)b|c$", ["aB", "C"], ["AB"]),
        (r"^(?i:a)b$", ["Ab"], ["AB"]),
        (r"(?i)^a(?-i)b$", ["Ab"], ["AB"]),
        (r"^((?i)a)b$", ["Ab"], ["AB"]),
        (r"^a.b$", ["axb"], ["a\nb"]),
        (r"(?s)^a.b$", ["a\nb"], ["ab"]),
        (r"^a{,3}$", ["a{,3}"], ["aa"]),
        (r"^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
        (r"^a{x}$", ["a{x}"], ["a"]),
        (r"^{$", ["{"], ["a"]),
        (r"^(?P<a>x)(?<b>y)(?P<1st>z)$", ["xyz"], ["xy"]),
        (r"^[]a]$", ["]", "a"], ["b"]),
        (r"^[^]a]$", ["b", "\n"], ["]", "a"]),
        (r"^[a\-z]$", ["-", "z"], ["m"]),
        (r"^[\d-z]$", ["-", "z", "4"], ["m"]),
        (r"^[[a]$", ["[", "a"], ["]"]),
        (r"^[a&&b]$", ["a", "&", "b"], ["ab"]),
        (r"^[+--]$", ["+", ",", "-"], ["."]),
        (r"^\x41\x{42}\103$", ["ABC"], ["abc"]),
        (r"^\pL\p{Nd}\P{L}\p{^L}$", ["é٣12"], ["é٣ab"]),
        (r"^(?:^)*a$", ["a"], ["b"]),
        (r"^^*a$", ["a"], ["b"]),
        (r"\bfoo\b", ["a foo", "éfoo"], ["foo_", "xfoo"]),
        (r"^\B$", [""], ["a"]),
        (r"a||b", ["", "a"], []),
        (r"()", [""], []),
        (r"^(?i)\w$", ["K"], ["-"]),
        (r"^\.\/\-\_\ $", ["./-_ "], ["x/-_ "]),
        (r"^a(?i)*$", ["", "aa"], ["A"]),
        (r"^[\n\t]$", ["\n"], ["n"]),
        (r"^\a\f\v$", ["\a\f\v"], ["afv"]),
        (r"^\p{Greek}+$", ["αβΓ"], ["abc", "αb"]),
        (r"^\P{Latin}$", ["α", "7"], ["a", "ª"]),
        (r"(?P<n>a)(?P<n>b)", ["ab"], ["ba"]),
        (r"^(?i)k$", ["k", "K", "\u212a"], ["c"]),
        (r"^(?i:[^k])$", ["c"], ["k", "K", "\u212a"]),
        (r"(?i)^straße$", ["STRAẞE", "ſtraße"], ["strasse"]),
        (r"(?i)^ς$", ["Σ", "σ", "ς"], ["s"]),
        (r"^[^\x00-\x{10FFFF}]$", [], ["a"]),
        (r"^(?:ab?)+?c*$", ["aba", "ab", "aabcc"], ["b", "abca"]),
        (r"^(a|ab)(c|bcd)(d*)$", ["abcd", "acd"], ["abd"]),
        (r"(?m)^$", ["", "a\n", "a\n\nb"], ["a"]),
        (r"^.$", ["\ud800"], ["\n"]),
        (r"\x{fffd}", ["\udfff", "\ufffd"], ["a"]),
    ],
)
def test_what_matches(pattern: str, matching: list[str], other: list[str]) -> None:
    assert re2.problems(pattern) == []
    compiled = re2.compiled(pattern)
    assert [text for text in matching if not compiled.search(text)] == []
    assert [text for text in other if compiled.search(text)] == []


@given(st.text())
def test_quoted_text_matches_itself_alone(text: str) -> None:
    assert re2.problems(re2.quote(text)) == []
    translated = re2.compiled(f"^{re2.quote(text)}$")
    assert translated.search(text)
    assert not translated.search(f"{text}x")
    assert not translated.search(f"{text}\n")


@given(st.text(alphabet=r"ab\dwsQE()[]{}?*+.^$|:-<>P=!i,0189", max_size=12))
def test_what_is_not_refused_can_be_evaluated(pattern: str) -> None:
    if re2.problems(pattern):
        with pytest.raises(ValueError, match=r".*"):
            re2.compiled(pattern)
    else:
        re2.compiled(pattern).search("ab01")


@pytest.mark.parametrize("pattern", [r"\p{Letter}", r"\p{greek}", r"[\p{Uppercase Letter}]", r"\p{ASCII}", r"\p{Cn}"])
def test_a_name_that_only_new_gatekeepers_know_depends_on_the_gatekeeper(pattern: str) -> None:
    with pytest.raises(re2.PatternError, match="older Gatekeepers") as raised:
        re2.compiled(pattern)
    assert raised.value.varies


def test_a_name_that_nobody_knows_is_refused_by_all() -> None:
    with pytest.raises(re2.PatternError) as raised:
        re2.compiled(r"\p{Klingon}")
    assert not raised.value.varies


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^(a+)+$", "a" * 50_000 + "!"),
        (r"^(a|a)*$", "a" * 50_000 + "!"),
        (r"^(?:a?){500}a{500}$", "a" * 499),
        (r"(x+x+)+y", "x" * 50_000),
        (r"(.*)(.*)(.*)(.*)(.*)z", "x" * 20_000),
        (r"[a-z]+[a-z]+[a-z]+1", "x" * 20_000),
        (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 20_000),
        (r"a.{1,400}b$", "ab" * 5_000 + "c"),
        (r"(?:a|b|ab)*c", "ab" * 20_000),
    ],
)
def test_a_pattern_made_to_be_slow_ends(pattern: str, text: str) -> None:
    """With backtracking, each of these takes longer than a test may take (pytest-timeout), most of them for ever."""
    assert not re2.compiled(pattern).search(text)


def test_what_python_could_be_slow_at_is_not_given_to_it() -> None:
    quick = [r"kubernetes.azure.com", r"^(?:a\.io|b\.io)/.+$", ".*", r"^mcr\.microsoft\.com/[^/]+$", "a{3,5}b", "x.*"]
    slow = [r".*x", r"a+b", r"(a+)+", r"(a|a)*", r"^a*b*c", r"(?:a?){9}b", r"(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", "a+$"]
    assert [pattern for pattern in quick if not re2.compiled(pattern).is_quick] == []
    assert [pattern for pattern in slow if re2.compiled(pattern).is_quick] == []


def test_depth_is_no_matter() -> None:
    assert re2.compiled("(?:" * 5000 + "a" + ")" * 5000).search("a")
    assert re2.compiled("(?:" * 990 + "ab" + ")*" * 990 + "$").search("abab")


def test_what_is_remembered_of_a_long_walk_is_forgotten_in_time() -> None:
    """Each text leads to states never seen before; their number has a bound, and the answers stay right."""
    pattern = re2.compiled(r"(?:a|b)*a(?:a|b){12}c")
    numbers = range(0, 8000, 7)
    texts = [f"{number:013b}".translate({48: "a", 49: "b"}) for number in numbers]
    assert pattern.search("c".join(texts) + "c") is True
    assert pattern.search("x".join(texts) + "x") is False
