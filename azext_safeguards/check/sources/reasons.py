# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Why a tool failed, in one line, out of what it printed in its own way.

kubectl and helm end with a line `error: ...`. Builds of others log instead: gcloud's kubectl as klog does (k8s.io/klog,
"structured logging": `E1127 12:00:00.000000 123 run.go:72] "command failed" err="..."`, a value of several lines
between `<` and `>`), wrappers written in Go as logrus and log/slog do (`level=error msg="..."`, or an object of JSON a
line), gcloud itself with `ERROR: (gcloud.container...) ...`, mise with `mise ERROR ...`, docker with `docker: Error
...`, minikube with a cross, what is written in Python with a traceback.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_BYTES = 64 * 1024
"""How much of the beginning and of the end of each stream is looked at."""

_MOST_CHARACTERS = 500
# Colours and what else begins with an escape (ECMA-48), the links of terminals and their titles among them.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_KLOG = re.compile(r"(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [^\s\]]+:\d+\] ?")
_LOGFMT = re.compile(r"(?=(?:[\w.]+=\S* )*level=(?P<level>\w+) )(?=.*\bmsg=)")
# When it was and where: log with a date, with a file, or both; zerolog's time; mise's name.
_STAMP = re.compile(
    r"(?:(?:\d{4}[/-]\d\d[/-]\d\d[ T])?\d\d?:\d\d(?::\d\d\S*|[AP]M) +)?(?:[\w./-]+\.go:\d+: )?"
    r"(?:mise +(?=[A-Z]{4,5} ))?(?=\S)"
)
# logrus on a terminal; hclog and others.
_SHORT_LEVEL = re.compile(
    r"(?P<level>FATA|ERRO|WARN|INFO|DEBU|TRAC)\[\d+\]\s*"
    r"|\[ ?(?i:(?P<bracketed>error|fatal|warn(?:ing)?|info|debug|trace)) ?\]:?\s*"
)
# Behind a stamp alone: elsewhere ERROR may be the first word of a sentence.
_BARE_LEVEL = re.compile(r"(?P<level>ERROR|ERR|FATAL|FTL|WARN(?:ING)?|WRN|INFO?|INF|DEBUG|DBG|TRACE|TRC)\s+(?=\S)")
# The program that says so, as docker and PowerShell write it; kustomize's notes are comments.
_LEVEL = re.compile(
    r"(?:[\w./\\-]+ ?: |# )?(?P<level>error|fatal(?: error)?|panic|warning):(?:\s+|\Z)"
    r"(?:\(gcloud(?:\.[\w-]+)*\)\s*)?",
    re.IGNORECASE,
)
_WHO = re.compile(r"[\w./\\-]+ ?: (?=error\b)|(?:[✖✗✘❌]|X(?= Exiting due to))\s+", re.IGNORECASE)
_PAIR = re.compile(r'(?<![\w.-])(?P<key>[\w.-]+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)(?:"|\Z)|(?P<plain>[^\s"]*))')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[abfnrtv\\'\"])")
_NAMED_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# What a program says about itself before it says why.
_SAYS_NOTHING = re.compile(r"(?:command failed|unhandled error|exit status \d+)?\.?\s*", re.IGNORECASE)
_TRACEBACK = "Traceback (most recent call last):"
_PLAIN, _LOGGED, _UNMARKED, _BESIDE = range(4)
_RANKS = {"F": _PLAIN, "E": _LOGGED, "W": _BESIDE, "I": _BESIDE, "D": _BESIDE, "T": _BESIDE, "P": _PLAIN}


@dataclass
class _Entry:
    """One message of a tool: an error it ends with, a logged error, a line that says nothing of itself, or the rest."""

    rank: int
    lines: list[str] = field(default_factory=list)
    goes_on: bool = True
    """Whether lines can follow that belong to it."""

    @property
    def is_open(self) -> bool:
        """Whether the next line belongs to it, if that has no mark of its own."""
        if self.rank == _UNMARKED:
            return self.lines[-1].endswith((",", ":"))
        return self.rank != _BESIDE and self.goes_on

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
    texts = [entry.text for rank in ranks for entry in entries if entry.rank == rank and entry.text]
    return next((text for text in texts if not _SAYS_NOTHING.fullmatch(text)), texts[0] if texts else "")


def _decoded(stream: bytes) -> str:
    ends = stream if len(stream) <= 2 * MOST_BYTES else stream[:MOST_BYTES] + b"\n" + stream[-MOST_BYTES:]
    return _ESCAPES.sub("", ends.decode("utf-8", "replace"))


def _entries(text: str) -> Iterator[_Entry]:
    """The messages of a stream. One that is an error goes on to an empty line, to the next one or to a stack trace."""
    current = _Entry(_BESIDE)
    lines = iter(re.split(r"\r\n|\n|\r", text))
    for raw in lines:
        line = raw.strip()
        if line == _TRACEBACK:
            line = next((other for other in lines if not other.startswith(" ")), "").strip()
            yield current
            current = _Entry(_LOGGED, [line], goes_on=False)
            continue
        started = _started(line)
        if started is not None:
            yield current
            current = started
            if line.endswith("=<"):
                current.lines[-1:] = _value_of_lines(current.lines[-1], lines)
        elif not line or line.startswith("goroutine "):
            yield current
            current = _Entry(_BESIDE)
        elif current.is_open:
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
        return _of_values(found["level"], pairs)
    if line.startswith("{") and line.endswith("}") and (entry := _of_json(line)):
        return entry
    stamp = _STAMP.match(line)
    rest = line[stamp.end() :] if stamp else line
    found = _SHORT_LEVEL.match(rest) or _LEVEL.match(rest) or (_BARE_LEVEL.match(rest) if rest != line else None)
    if found:
        level = found["level"] or found["bracketed"]
        # What a program ends with, not what it logs.
        rank = _PLAIN if found.re is _LEVEL and _rank(level) == _LOGGED else _rank(level)
        return _Entry(rank, [_unmarked(rest[found.end() :])])
    said = _WHO.sub("", rest, count=1) if _WHO.match(rest) else rest
    if said != rest or said.lower().startswith("error"):
        return _Entry(_PLAIN, [said])
    return _Entry(_UNMARKED, [rest]) if rest != line else None


def _of_json(line: str) -> _Entry | None:
    """The message of a line that is an object of JSON (klog's own, zap, zerolog, log/slog); None for another object."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    texts = {key: value for key, value in values.items() if isinstance(value, str)}
    message = texts.get("msg", texts.get("message", ""))
    # klog's has no level, but an error.
    level = texts.get("level", texts.get("severity", "error" if "err" in texts else ""))
    return _of_values(level, {**texts, "msg": message}) if message and level else None


def _of_values(level: str, values: dict[str, str]) -> _Entry:
    """A logged message with its values by name."""
    text = _joined(values.get("msg", ""), values.get("error", values.get("err", "")))
    return _Entry(_rank(level), [text], goes_on=False)


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
    if not error or _SAYS_NOTHING.fullmatch(message):
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
