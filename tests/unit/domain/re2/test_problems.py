# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""RE2 patterns: what is refused, and what Python's translation matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.domain.re2 import translation as re2


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
        (r"(?P<n>a)(?P<n>b)", "twice"),
        (r"(?P<a-b>c)", "no name"),
        (r"(?'n'a)", "no group"),
        (r"(?i", "no group"),
    ],
)
def test_what_re2_refuses(pattern: str, said: str) -> None:
    (problem,) = re2.problems(pattern)
    assert said in problem
    with pytest.raises(ValueError, match=r".+"):
        re2.to_python(pattern)


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
    ],
)
def test_the_translation_matches_what_re2_matches(pattern: str, matching: list[str], other: list[str]) -> None:
    assert re2.problems(pattern) == []
    translated = re2.to_python(pattern)
    assert [text for text in matching if not translated.search(text)] == []
    assert [text for text in other if translated.search(text)] == []


def test_ungreedy_swaps_what_a_question_mark_means() -> None:
    for pattern, found in ((r"a+", "aaa"), (r"a+?", "a"), (r"(?U)a+", "a"), (r"(?U)a+?", "aaa"), (r"(?U:a{1,2})", "a")):
        match = re2.to_python(pattern).search("aaa")
        assert match is not None
        assert match[0] == found


def test_names_of_groups_are_kept() -> None:
    match = re2.to_python(r"(?P<host>[^/]+)/(?<path>.*)").search("r.azurecr.io/a/b")
    assert match is not None
    assert match.groupdict() == {"host": "r.azurecr.io", "path": "a/b"}


def test_a_script_is_fine_for_re2_and_not_evaluated() -> None:
    assert re2.problems(r"\p{Greek}+") == []
    with pytest.raises(ValueError, match="Greek"):
        re2.to_python(r"\p{Greek}+")


@given(st.text())
def test_quoted_text_matches_itself_alone(text: str) -> None:
    assert re2.problems(re2.quote(text)) == []
    translated = re2.to_python(f"^{re2.quote(text)}$")
    assert translated.search(text)
    assert not translated.search(f"{text}x")
    assert not translated.search(f"{text}\n")


@given(st.text(alphabet=r"ab\dwsQE()[]{}?*+.^$|:-<>P=!i,0189", max_size=12))
def test_what_is_not_refused_can_be_evaluated(pattern: str) -> None:
    if re2.problems(pattern):
        with pytest.raises(ValueError, match=r".*"):
            re2.to_python(pattern)
    else:
        re2.to_python(pattern).search("ab01")
