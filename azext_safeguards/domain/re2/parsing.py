# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A pattern's text to its tree, or the reason why RE2 refuses it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from azext_safeguards.domain.re2.classes import ClassReader, escape_at
from azext_safeguards.domain.re2.errors import PatternError
from azext_safeguards.domain.re2.levels import MOST_REPEATS, Level
from azext_safeguards.domain.re2.ranges import EVERYTHING, NO_NEWLINE, folded
from azext_safeguards.domain.re2.tree import At, Characters, Node, Place

_REPEAT = re.compile(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")
_GROUP_NAME = re.compile(r"\(\?P?<([^>]*)>")
_GROUP_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_REFUSED_GROUPS = {
    "(?=": "lookahead '(?=' is not part of RE2",
    "(?!": "lookahead '(?!' is not part of RE2",
    "(?<=": "lookbehind '(?<=' is not part of RE2",
    "(?<!": "lookbehind '(?<!' is not part of RE2",
    "(?>": "atomic groups '(?>' are not part of RE2",
    "(?P=": "backreferences '(?P=' are not part of RE2",
    "(?(": "conditions '(?(' are not part of RE2",
    "(?#": "comments '(?#' are not part of RE2",
    "(?x": "the flag 'x' is not part of RE2",
}
_PLACES: dict[str, Place] = {"A": "text begins", "z": "text ends", "b": "word boundary", "B": "no word boundary"}


def parse(pattern: str) -> Node:
    """The tree of a pattern.

    :raises PatternError: for the first thing that RE2 refuses.
    """
    if any("\ud800" <= character <= "\udfff" for character in pattern):
        raise PatternError("it holds half of a surrogate pair, which is no character")
    return _Parser(pattern).run()


@dataclass
class _Parser:
    """Reads from left to right; the open groups are a list, so that depth is no matter."""

    text: str
    at: int = 0
    flags: str = ""
    levels: list[Level] = field(default_factory=lambda: [Level("", captures=False)])

    def run(self) -> Node:
        """The whole pattern."""
        while self.at < len(self.text):
            self._next()
        if len(self.levels) > 1:
            raise PatternError("'(' has no ')'")
        return self.levels[0].closed().node

    def _next(self) -> None:
        """Takes what begins here: an atom, a repeat, a mark of a group."""
        level = self.levels[-1]
        first = self.text[self.at]
        if first in "*+?{" and self._repeat(level):
            return
        level.repeated = False
        if first == "|":
            self.at += 1
            level.next_branch()
        elif first == "(":
            self._open()
        elif first == ")":
            self._close(level)
        elif first == "\\":
            self._escape(level)
        elif first == "[":
            reader = ClassReader(self.text, self.at, "i" in self.flags)
            level.add(Characters(reader.read()))
            self.at = reader.at
        else:
            self.at += 1
            level.add(self._atom(first))

    def _atom(self, character: str) -> Node:
        """A character that stands for itself, or for a set or a place."""
        if character == ".":
            return Characters(EVERYTHING if "s" in self.flags else NO_NEWLINE)
        if character == "^":
            return At("line begins" if "m" in self.flags else "text begins")
        if character == "$":
            return At("line ends" if "m" in self.flags else "text ends")
        return self._literal(character)

    def _literal(self, character: str) -> Characters:
        ranges = ((ord(character), ord(character)),)
        return Characters(folded(ranges) if "i" in self.flags else ranges)

    def _repeat(self, level: Level) -> bool:
        """Repeats the last atom; False, with nothing read, where braces are just braces."""
        mark = self.text[self.at]
        written, low, high = mark, 1 if mark == "+" else 0, 1 if mark == "?" else None
        if mark == "{":
            match = _REPEAT.match(self.text, self.at)
            if match is None:
                return False
            written, low = match[0], int(match[1])
            high = low if match[2] is None else int(match[3]) if match[3] else None
            if low > MOST_REPEATS or (high is not None and (high > MOST_REPEATS or high < low)):
                raise PatternError(f"'{written}' is no repeat: at most {MOST_REPEATS} times, the smaller number first")
        if not level.items:
            raise PatternError(f"there is nothing to repeat before '{mark}'")
        if level.repeated:
            raise PatternError(f"'{mark}' repeats what is repeated already")
        self.at += len(written)
        # A lazy repeat finds another match, but it finds one just when the other does.
        self.at += self.text.startswith("?", self.at)
        level.items[-1] = level.items[-1].repeat(low, high)
        level.repeated = True
        return True

    def _open(self) -> None:
        """A group that begins, or flags that hold from here to the end of this one: `a(?i)*` still repeats the a."""
        rest = self.text[self.at : self.at + 4]
        if not rest.startswith("(?"):
            self.at += 1
            self.levels.append(Level(self.flags))
            return
        refused = next((text for mark, text in _REFUSED_GROUPS.items() if rest.startswith(mark)), None)
        if refused:
            raise PatternError(refused)
        named = _GROUP_NAME.match(self.text, self.at)
        flagged = _GROUP_FLAGS.match(self.text, self.at)
        if named:
            if not re.fullmatch(r"\w+", named[1], re.ASCII):
                raise PatternError(f"'{named[1]}' is no name of a group")
            self.at = named.end()
            self.levels.append(Level(self.flags))
        elif flagged:
            self.at = flagged.end()
            if flagged[3] == ":":
                self.levels.append(Level(self.flags, captures=False))
            self.flags = _changed(self.flags, flagged)
        else:
            raise PatternError(f"'{rest[:3]}' begins no group that RE2 knows")

    def _close(self, level: Level) -> None:
        if len(self.levels) == 1:
            raise PatternError("')' has no '('")
        self.at += 1
        self.levels.pop()
        self.flags = level.flags_outside
        self.levels[-1].items.append(level.closed())

    def _escape(self, level: Level) -> None:
        mark = self.text[self.at + 1 : self.at + 2]
        if mark == "Q":
            quoted, end, _ = self.text[self.at + 2 :].partition("\\E")
            self.at += 2 + len(quoted) + len(end)
            for character in quoted:
                level.add(self._literal(character))
            return
        if mark and mark in _PLACES:
            self.at += 2
            level.add(At(_PLACES[mark]))
            return
        reader = ClassReader(self.text, self.at, "i" in self.flags)
        named = reader.read_named()
        if named is None:
            character, self.at = escape_at(self.text, self.at)
            level.add(self._literal(character))
        else:
            self.at = reader.at
            level.add(Characters(named))


def _changed(flags: str, match: re.Match[str]) -> str:
    """Flags after those of a `(?i-s)` were switched on and off."""
    return "".join(flag for flag in "imsU" if (flag in flags or flag in match[1]) and flag not in (match[2] or ""))
