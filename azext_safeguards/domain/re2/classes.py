# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
r"""Characters in patterns: escapes, `[...]` and the classes that have a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from azext_safeguards.domain.re2.errors import PatternError
from azext_safeguards.domain.re2.ranges import (
    LAST,
    PERL,
    POSIX,
    Ranges,
    complement,
    folded,
    is_newer_class,
    joined,
    unicode_class,
)

_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_UNICODE_NAME = re.compile(r"\\([pP])(?:\{(\^?)([^}]*)\}|([^{]))", re.DOTALL)
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
# A single digit would be a backreference; two or three are an octal number.
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")


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
        code = int(number[1] or number[2], 16) if number else LAST + 1
        if number is None or code > LAST:
            raise PatternError("'\\x' needs two hexadecimal digits, or a character's number in braces")
        return chr(code), number.end()
    if mark.isascii() and not mark.isalnum():
        return mark, at + 2
    if mark == "C":
        # RE2 in C++ takes it for a byte, golang/go does not know it.
        raise PatternError("'\\C', a single byte, is not part of RE2 as Gatekeeper has it, in Go")
    raise PatternError(f"'\\{mark}' is not part of RE2")


@dataclass
class ClassReader:
    """Reads a class at a place of a pattern; `at` is where the pattern goes on afterwards."""

    text: str
    at: int
    folds: bool
    """Whether case is no matter here."""

    def read(self) -> Ranges:
        """The characters of the `[...]` that begins here.

        :raises PatternError: when RE2 refuses it.
        """
        start = self.at
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        items: list[tuple[int, int]] = []
        first = True
        while first or not self.text.startswith("]", self.at):
            if self.at >= len(self.text):
                raise PatternError(f"'[' has no ']' in '{self.text[start : start + 20]}'")
            first = False
            group = self._posix() if self.text.startswith("[:", self.at) else self.read_named()
            items += self._range() if group is None else group
        self.at += 1
        ranges = joined(items)
        return complement(ranges) if negated else ranges

    def read_named(self) -> Ranges | None:
        r"""The characters of a `\d` or `\p{..}` that begins here.

        :returns: None, and reads nothing, where something else begins.
        """
        if not self.text.startswith("\\", self.at):
            return None
        mark = self.text[self.at + 1 : self.at + 2]
        if mark and mark in "dDwWsS":
            self.at += 2
            return self._signed(PERL[mark.lower()], mark.isupper())
        return self._unicode() if mark and mark in "pP" else None

    def _posix(self) -> Ranges | None:
        """The characters of a `[:alpha:]` inside of brackets; without an end it is no class but single characters."""
        end = self.text.find(":]", self.at + 2)
        if end < 0:
            return None
        whole = self.text[self.at : end + 2]
        name = whole[2:-2]
        negated = name.startswith("^")
        ranges = POSIX.get(name[negated:])
        if ranges is None:
            raise PatternError(f"'{whole}' is no class of characters")
        self.at = end + 2
        return self._signed(ranges, negated)

    def _unicode(self) -> Ranges:
        match = _UNICODE_NAME.match(self.text, self.at)
        name = (match[3] or match[4] or "") if match else ""
        ranges = unicode_class(name)
        if match is None or ranges is None:
            shown = match[0] if match else self.text[self.at : self.at + 12]
            newer = bool(match) and is_newer_class(name)
            reason = " to RE2 and to older Gatekeepers" if newer else ""
            raise PatternError(f"'{shown}' is no class of Unicode characters{reason}", varies=newer)
        self.at = match.end()
        return self._signed(ranges, (match[1] == "P") != (match[2] == "^"))

    def _signed(self, ranges: Ranges, negated: bool) -> Ranges:
        """As RE2 does, a class is folded first and negated then."""
        ranges = folded(ranges) if self.folds else ranges
        return complement(ranges) if negated else ranges

    def _range(self) -> Ranges:
        low = self._character()
        high = low
        if self.text.startswith("-", self.at) and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
            self.at += 1
            high = self._character()
            if high < low:
                raise PatternError(f"the range '{low}-{high}' runs backwards")
        return self._signed(((ord(low), ord(high)),), negated=False)

    def _character(self) -> str:
        if self.text.startswith("\\", self.at):
            character, self.at = escape_at(self.text, self.at)
            return character
        character = self.text[self.at]
        self.at += 1
        return character
