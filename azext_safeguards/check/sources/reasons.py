# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Why a tool failed, in one line, out of what it printed in its own way.

kubectl and helm end with a line `error: ...`. Builds of others log instead: gcloud's kubectl as klog does (k8s.io/klog,
"structured logging": `E1127 12:00:00.000000 123 run.go:72] "command failed" err="..."`, a value of several lines
between `<` and `>`), wrappers written in Go as logrus and log/slog do (`level=error msg="..."`), gcloud itself with
`ERROR: (gcloud.container...) ...`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_BYTES = 64 * 1024
"""How much of the beginning and of the end of each stream is looked at."""

_MOST_CHARACTERS = 500
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_KLOG = re.compile(r"(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [^\s\]]+:\d+\] ?")
_LOGFMT = re.compile(r"(?=(?:[\w.]+=\S* )*level=(?P<level>\w+) )(?=.*\bmsg=)")
# log with a date, with a file, or both; logrus on a terminal.
_GO_LOG = re.compile(r"(?:\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d\S* )?(?:[\w./-]+\.go:\d+: )?(?=\S)")
_SHORT_LEVEL = re.compile(r"(?P<level>FATA|ERRO|WARN|INFO|DEBU|TRAC)\[\d+\]\s*")
_LEVEL = re.compile(
    r"(?P<level>error|fatal(?: error)?|panic|warning):(?:\s+|\Z)(?:\(gcloud(?:\.[\w-]+)*\)\s*)?", re.IGNORECASE
)
_PAIR = re.compile(r'(?<![\w.-])(?P<key>[\w.-]+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)(?:"|\Z)|(?P<plain>[^\s"]*))')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[0-7]{3}|[abfnrtv\\'\"])", re.IGNORECASE)
_NAMED_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# What a program says about itself before it says why.
_SAYS_NOTHING = {"command failed", "unhandled error"}
_PLAIN, _LOGGED, _UNMARKED, _BESIDE = range(4)
_RANKS = {"F": _PLAIN, "E": _LOGGED, "W": _BESIDE, "I": _BESIDE, "D": _BESIDE, "T": _BESIDE, "P": _PLAIN}


@dataclass
class _Entry:
    """One message of a tool: an error it ends with, a logged error, a line that says nothing of itself, or the rest."""

    rank: int
    lines: list[str] = field(default_factory=list)
    goes_on: bool = True
    """Whether the next line can belong to it."""

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.lines).split())


def reason(stdout: bytes, stderr: bytes, code: int) -> str:
    """The reason for which a tool ended with an exit code.

    An error comes before a line that is not marked as one, which comes before warnings and notes; stderr comes before
    stdout, where there may be half of a result.
    """
    said, printed = (list(_entries(_decoded(stream))) for stream in (stderr, stdout))
    ended = f"it ended with exit code {code}"
    return (
        _first(said, _PLAIN, _LOGGED)
        or _first(printed, _PLAIN, _LOGGED)
        or _first(said, _UNMARKED, _BESIDE)
        or f"{ended}, and printed: {_first(printed, _UNMARKED, _BESIDE)}".removesuffix(", and printed: ")
    )[:_MOST_CHARACTERS]


def _first(entries: list[_Entry], *ranks: int) -> str:
    """The text of the first entry of the first rank that has one."""
    found = (entry.text for rank in ranks for entry in entries if entry.rank == rank and entry.text)
    return next(found, "")


def _decoded(stream: bytes) -> str:
    ends = stream if len(stream) <= 2 * MOST_BYTES else stream[:MOST_BYTES] + b"\n" + stream[-MOST_BYTES:]
    return _COLOUR.sub("", ends.decode("utf-8", "replace"))


def _entries(text: str) -> Iterator[_Entry]:
    """The messages of a stream. One that is an error goes on to an empty line, to the next one or to a stack trace."""
    current = _Entry(_BESIDE)
    lines = iter(re.split(r"\r\n|\n|\r", text))
    for raw in lines:
        line = raw.strip()
        started = _started(line)
        if started is not None:
            yield current
            current = started
            if line.endswith("=<"):
                current.lines[-1:] = _value_of_lines(current.lines[-1], lines)
        elif not line or line.startswith("goroutine "):
            yield current
            current = _Entry(_BESIDE)
        elif current.rank in (_PLAIN, _LOGGED) and current.goes_on:
            current.lines.append(line)
        else:
            yield current
            current = _Entry(_UNMARKED, [line])
    yield current


def _started(line: str) -> _Entry | None:
    """The message that a line begins with a mark of its own; None when it has none."""
    if found := _KLOG.match(line):
        rest = line[found.end() :]
        return _Entry(_RANKS[found["level"]], [_unmarked(_unpacked(rest))], goes_on=not rest.startswith('"'))
    if found := _LOGFMT.match(line):
        pairs = {pair["key"]: _value(pair) for pair in _PAIR.finditer(line)}
        return _Entry(
            _rank(found["level"]),
            [_joined(pairs.get("msg", ""), pairs.get("error", pairs.get("err", "")))],
            goes_on=False,
        )
    go = _GO_LOG.match(line)
    rest = line[go.end() :] if go else line
    if found := _SHORT_LEVEL.match(rest) or _LEVEL.match(rest):
        return _Entry(_rank(found["level"]), [_unmarked(rest[found.end() :])])
    if rest.lower().startswith("error"):
        return _Entry(_PLAIN, [rest])
    return _Entry(_UNMARKED, [rest]) if rest != line else None


def _rank(level: str) -> int:
    """The rank of a level by its first letter; the words for it differ."""
    return _RANKS.get(level[0].upper(), _UNMARKED)


def _unmarked(text: str) -> str:
    """A message without the marks that one program puts before those of another."""
    while found := _LEVEL.match(text):
        text = text[found.end() :]
    return text


def _unpacked(text: str) -> str:
    """The message of a structured line of klog, `"message" key="value" ...`; another text as it is."""
    text = text.removesuffix("=<")
    message = _QUOTED.match(text)
    if not message:
        return text
    pairs = {pair["key"]: _value(pair) for pair in _PAIR.finditer(text, message.end())}
    return _joined(_unquoted(message[1]), pairs.get("err", pairs.get("error", "")))


def _value_of_lines(message: str, lines: Iterator[str]) -> list[str]:
    """A value that klog writes as lines that begin with a tab, to one that is ` >`, with the message before it."""
    value: list[str] = []
    for line in lines:
        if not line.startswith("\t"):
            break
        value.append(line)
    return [_joined(message, " ".join(value))]


def _joined(message: str, error: str) -> str:
    if not error or not message or message.rstrip(".").lower() in _SAYS_NOTHING:
        return error or message
    return f"{message.rstrip(':')}: {error}"


def _value(pair: re.Match[str]) -> str:
    return _unquoted(pair["quoted"]) if pair["quoted"] is not None else pair["plain"]


def _unquoted(text: str) -> str:
    """A text as it was before Go's strconv.Quote."""

    def original(found: re.Match[str]) -> str:
        escape = found[0][1:]
        if escape[0] in _NAMED_ESCAPES:
            return _NAMED_ESCAPES[escape[0]]
        if escape[0] not in "xuU01234567":
            return escape
        number = int(escape[1:], 16) if escape[0] in "xuU" else int(escape, 8)
        # Bytes that are no text, and halves of a character, are written by number, too.
        is_text = number < 0x80 if escape[0] not in "uU" else number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
        return chr(number) if is_text else "\ufffd"

    return _ESCAPE.sub(original, text)
