# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Characters in RE2 patterns: escapes, `[...]`, and the named classes of Perl, POSIX and Unicode."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]

# golang/go, src/regexp/syntax/doc.go; unlike Python's, \s has no vertical tab and all of them are ASCII.
_DIGIT: Ranges = ((0x30, 0x39),)
_WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
_PERL = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: dict[str, Ranges] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0x00, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": _DIGIT,
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),),
    "word": _WORD,
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# General categories, by first letter.
_CATEGORIES = frozenset(
    letter + kind
    for letter, kinds in {
        "C": "cfos",
        "L": "lmotu",
        "M": "cen",
        "N": "dlo",
        "P": "cdefios",
        "S": "ckmo",
        "Z": "lps",
    }.items()
    for kind in ("", *kinds)
)
_POSIX_NAME = re.compile(r"\[:(\^?)(\w*):\]")
_UNICODE_NAME = re.compile(r"\\([pP])(?:\{(\^?)([^}]*)\}|([A-Za-z]))")
_SCRIPT_NAME = re.compile(r"[A-Z][a-z]+(_[A-Z]?[a-z]+)*")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
# A single digit would be a backreference; two or three are an octal number.
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")


class PatternError(ValueError):
    """A pattern that RE2 refuses; the text says why."""


def escape_at(text: str, at: int) -> tuple[str, int]:
    """The character that an escape stands for, and where the text goes on.

    :raises PatternError: for one that RE2 does not have.
    """
    mark = text[at + 1 : at + 2]
    if not mark:
        raise PatternError("the pattern ends with a backslash")
    if mark in _CONTROLS:
        return _CONTROLS[mark], at + 2
    octal = _OCTAL.match(text, at)
    if octal:
        return chr(int(octal[1], 8)), octal.end()
    if mark.isdigit() or mark in "kg":
        raise PatternError(f"backreferences such as '\\{mark}' are not part of RE2")
    if mark == "x":
        number = _HEX.match(text, at)
        code = int(number[1] or number[2], 16) if number else sys.maxunicode + 1
        if number is None or code > sys.maxunicode:
            raise PatternError("'\\x' needs two hexadecimal digits, or a character's number in braces")
        return chr(code), number.end()
    if mark.isascii() and not mark.isalnum():
        return mark, at + 2
    raise PatternError(f"'\\{mark}' is not part of RE2")


@dataclass
class ClassReader:
    """Reads a class at a place of a pattern; `at` is where the pattern goes on afterwards."""

    text: str
    at: int
    translates: bool = False
    """Whether the result is wanted; without it, what Python can't express is no matter."""

    def read(self) -> str:
        """Python's form of the `[...]` that begins here.

        :raises PatternError: when RE2 refuses it.
        """
        start = self.at
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        items: list[str] = []
        while not items or not self.text.startswith("]", self.at):
            if self.at >= len(self.text):
                raise PatternError(f"'[' has no ']' in '{self.text[start : start + 20]}'")
            group = self.read_group()
            items.append(group if group is not None else self._range())
        self.at += 1
        return f"[{'^' if negated else ''}{''.join(items)}]"

    def read_group(self) -> str | None:
        r"""The members of a `\d`, `\p{..}` or, inside of brackets, `[:alpha:]` that begins here, for Python's `[...]`.

        :returns: None, and reads nothing, where something else begins.
        """
        posix = _POSIX_NAME.match(self.text, self.at)
        if posix:
            if posix[2] not in _POSIX:
                raise PatternError(f"'{posix[0]}' is no class of characters")
            self.at = posix.end()
            return _members(_POSIX[posix[2]], bool(posix[1]))
        if not self.text.startswith("\\", self.at):
            return None
        mark = self.text[self.at + 1 : self.at + 2]
        if mark and mark in "dDwWsS":
            self.at += 2
            return _members(_PERL[mark.lower()], mark.isupper())
        return self._unicode() if mark and mark in "pP" else None

    def _unicode(self) -> str:
        match = _UNICODE_NAME.match(self.text, self.at)
        name = (match[3] or match[4] or "") if match else ""
        if match is None or not (name == "Any" or name in _CATEGORIES or _SCRIPT_NAME.fullmatch(name)):
            raise PatternError(f"'{self.text[self.at : self.at + 12]}' is no class of Unicode characters")
        self.at = match.end()
        if not self.translates:
            return ""
        negated = (match[1] == "P") != (match[2] == "^")
        if name == "Any":
            return _members(((0, sys.maxunicode),), negated)
        if name not in _CATEGORIES:
            raise PatternError(f"the Unicode script '{name}' can't be evaluated here")
        return _members(_category(name), negated)

    def _range(self) -> str:
        low = self._character()
        high = low
        if self.text.startswith("-", self.at) and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
            self.at += 1
            high = self._character()
            if high < low:
                raise PatternError(f"the range '{low}-{high}' runs backwards")
        return _members(((ord(low), ord(high)),), negated=False)

    def _character(self) -> str:
        if self.text.startswith("\\", self.at):
            character, self.at = escape_at(self.text, self.at)
            return character
        character = self.text[self.at]
        self.at += 1
        return character


def _members(ranges: Ranges, negated: bool) -> str:
    """Ranges as members of Python's `[...]`, as numbers, so that no character has a meaning of its own there."""
    return "".join(
        f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}"
        for low, high in (_complement(ranges) if negated else ranges)
    )


def _complement(ranges: Ranges) -> Ranges:
    result, start = [], 0
    for low, high in sorted(ranges):
        if start < low:
            result.append((start, low - 1))
        start = high + 1
    return (*result, (start, sys.maxunicode)) if start <= sys.maxunicode else tuple(result)


@lru_cache(maxsize=8)
def _category(name: str) -> Ranges:
    """The characters of a general category, by Python's own Unicode tables."""
    ranges: list[tuple[int, int]] = []
    for code in range(sys.maxunicode + 1):
        # Unassigned characters (Cn) belong to no category of Go's.
        category = unicodedata.category(chr(code))
        if not category.startswith(name) or category == "Cn":
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return tuple(ranges)
