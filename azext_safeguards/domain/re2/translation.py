# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""RE2, the syntax of regular expressions in policies: what it refuses, and the same pattern for Python's `re`.

Gatekeeper evaluates policies in Rego, whose `regex.match` is Go's regexp package (open-policy-agent/opa), so where
dialects of RE2 differ, Go's rules hold: golang/go, src/regexp/syntax/doc.go and parse.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from azext_safeguards.domain.re2.classes import ClassReader, PatternError, escape_at

_MAX_REPEAT = 1000
_REPEAT = re.compile(r"\{(\d+)(,(\d*))?\}")
_GROUP_NAME = re.compile(r"\(\?P?<([^>]*)>")
_GROUP_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_META = frozenset("\\.+*?()|[]{}^$")
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


def problems(pattern: str) -> list[str]:
    """Why RE2 refuses a pattern, one sentence fragment each; empty where it takes it."""
    try:
        _Translator(pattern).run()
    except PatternError as error:
        return [str(error)]
    return []


def to_python(pattern: str) -> re.Pattern[str]:
    r"""A pattern that matches in Python what an RE2 pattern matches; use its `search`, as RE2 looks anywhere.

    The dialects differ where it matters: `$` is the very end, `\d`, `\w` and `\b` are ASCII, `\s` has no vertical tab,
    flags hold until their group ends, `{,3}` is literal. Python backtracks where RE2 does not, so a pattern made to
    be slow is slow here.

    :raises ValueError: when RE2 refuses the pattern, or when it names a Unicode script, which Python doesn't know.
    """
    return re.compile(_Translator(pattern, translates=True).run())


def quote(text: str) -> str:
    """The RE2 pattern that matches exactly a text."""
    return "".join(f"\\{character}" if character in _META else character for character in text)


@dataclass
class _Translator:
    """Reads a pattern once, from left to right, and writes Python's as it goes.

    :raises PatternError: at the first thing that RE2 refuses.
    """

    text: str
    translates: bool = False
    """Whether the result is wanted: only then does it matter what Python can't do."""
    at: int = 0
    names: set[str] = field(default_factory=set)

    def run(self) -> str:
        """The whole pattern."""
        result, _ = self._alternatives("", depth=0)
        if self.at < len(self.text):
            raise PatternError("')' has no '('")
        return result

    def _alternatives(self, flags: str, depth: int) -> tuple[str, int]:
        """Everything up to the `)` of the group or the end; the weight is the largest product of nested repeats."""
        if depth > _MAX_REPEAT:
            raise PatternError("groups are nested too deeply")
        parts: list[str] = []
        heaviest = last_weight = 1
        # Where in `parts` the atom begins that a repeat would apply to; None where there is nothing to repeat.
        repeatable: int | None = None
        repeated = False
        while self.at < len(self.text) and self.text[self.at] != ")":
            rest = self.text[self.at :]
            if rest[0] == "|":
                self.at += 1
                parts.append("|")
                repeatable, repeated = None, False
                continue
            repeat = self._repeat(rest, flags)
            if repeat is not None:
                suffix, times = repeat
                if repeatable is None:
                    raise PatternError(f"there is nothing to repeat before '{rest[0]}'")
                if repeated:
                    raise PatternError(f"'{rest[0]}' repeats what is repeated already")
                last_weight = max(times, 1) * last_weight if times else 1
                if times > 1 and last_weight > _MAX_REPEAT:
                    raise PatternError(f"repeats more than {_MAX_REPEAT} times")
                parts[repeatable:] = [f"(?:{''.join(parts[repeatable:])}){suffix}"]
                repeated = True
            elif (changed := self._flags_from_here(rest, flags)) is not None:
                # As in Go, `a(?i)*` has the `*` repeat the a.
                flags = changed
                repeated = False
                continue
            else:
                atoms, last_weight = self._atoms(rest, flags, depth)
                if atoms:
                    parts.extend(atoms)
                    repeatable = len(parts) - 1
                repeated = False
            heaviest = max(heaviest, last_weight)
        return "".join(parts), heaviest

    def _repeat(self, rest: str, flags: str) -> tuple[str, int] | None:
        """Python's form of the repeat that begins here, and how often it repeats at most (0: no bound that counts)."""
        if rest[0] in "*+?":
            written, times, length = rest[0], 1, 1
        else:
            match = _REPEAT.match(rest)
            if match is None or any(len(number or "") > 1 and number[0] == "0" for number in match.group(1, 3)):
                return None
            low = int(match[1])
            high = low if match[2] is None else int(match[3]) if match[3] else -1
            if low > _MAX_REPEAT or high > _MAX_REPEAT or 0 <= high < low:
                raise PatternError(f"'{match[0]}' is no repeat: at most {_MAX_REPEAT} times, the smaller number first")
            written, times, length = match[0], low if high < 0 else high, len(match[0])
        self.at += length
        lazy = self.text.startswith("?", self.at)
        self.at += lazy
        return written + ("?" if lazy != ("U" in flags) else ""), times

    def _flags_from_here(self, rest: str, flags: str) -> str | None:
        """The flags that hold from here to the end of the group, after `(?i)`; None where there is none."""
        match = _GROUP_FLAGS.match(rest)
        if match is None or match[3] != ")":
            return None
        self.at += match.end()
        return _changed(flags, match)

    def _atoms(self, rest: str, flags: str, depth: int) -> tuple[list[str], int]:
        """The atom that begins here, several for quoted text, and its weight."""
        first = rest[0]
        if first == "(":
            return self._group(rest, flags, depth)
        if first == "[":
            reader = ClassReader(self.text, self.at, self.translates)
            atom = reader.read()
            self.at = reader.at
            return [_folded(atom, flags)], 1
        if first == "\\":
            return self._escape(rest, flags), 1
        self.at += 1
        if first == ".":
            return ["(?s:.)" if "s" in flags else r"[^\n]"], 1
        if first == "^":
            return ["(?m:^)" if "m" in flags else r"\A"], 1
        if first == "$":
            return ["(?m:$)" if "m" in flags else r"\Z"], 1
        return [_folded(re.escape(first), flags)], 1

    def _group(self, rest: str, flags: str, depth: int) -> tuple[list[str], int]:
        start = "("
        if rest.startswith("(?"):
            named, flagged = _GROUP_NAME.match(rest), _GROUP_FLAGS.match(rest)
            refused = next((text for mark, text in _REFUSED_GROUPS.items() if rest.startswith(mark)), None)
            if refused:
                raise PatternError(refused)
            if named:
                start = self._name(named[1])
                self.at += named.end()
            elif flagged and flagged[3] == ":":
                start, flags = "(?:", _changed(flags, flagged)
                self.at += flagged.end()
            else:
                raise PatternError(f"'{rest[:3]}' begins no group that RE2 knows")
        else:
            self.at += 1
        inner, weight = self._alternatives(flags, depth + 1)
        if self.at >= len(self.text):
            raise PatternError("'(' has no ')'")
        self.at += 1
        return [f"{start}{inner})"], weight

    def _name(self, name: str) -> str:
        if not re.fullmatch(r"\w+", name, re.ASCII):
            raise PatternError(f"'{name}' is no name of a group")
        if name in self.names:
            raise PatternError(f"the group name '{name}' is there twice")
        self.names.add(name)
        # Go takes names such as `1st` that Python does not.
        return f"(?P<{name}>" if name.isidentifier() else "("

    def _escape(self, rest: str, flags: str) -> list[str]:
        # `(?a:...)`: RE2's word boundary is ASCII; the negation of `\b` also holds in an empty text, as RE2's does.
        fixed = {"A": r"\A", "z": r"\Z", "b": r"(?a:\b)", "B": r"(?!(?a:\b))"}
        mark = rest[1:2]
        if mark in fixed and mark:
            self.at += 2
            return [fixed[mark]]
        if mark == "Q":
            quoted, end, _ = rest[2:].partition("\\E")
            self.at += 2 + len(quoted) + len(end)
            return [_folded(re.escape(character), flags) for character in quoted]
        reader = ClassReader(self.text, self.at, self.translates)
        inner = reader.read_group()
        if inner is not None:
            self.at = reader.at
            return [_folded(f"[{inner}]", flags)]
        character, self.at = escape_at(self.text, self.at)
        return [_folded(re.escape(character), flags)]


def _changed(flags: str, match: re.Match[str]) -> str:
    if not match[1] and not match[2]:
        return flags
    return "".join(flag for flag in "imsU" if (flag in flags or flag in match[1]) and flag not in (match[2] or ""))


def _folded(atom: str, flags: str) -> str:
    return f"(?i:{atom})" if "i" in flags else atom
