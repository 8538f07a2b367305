# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Takes off what terminals, logs and web pages put around a text: colours, timestamps, escapes, line breaks."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from typing import Any, NamedTuple

# Colours, titles and cursor movements (ECMA-48), and what GitLab prints before its sections.
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]{0,40}[ -/]?[@-~]|\][^\x07\x1b]{0,300}(?:\x07|\x1b\\)?|[@-Z\\^_])")
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_PREFIX = re.compile(
    rf"(?:[^\t\n]{{1,80}}\t[^\t\n]{{1,80}}\t(?={_TIME})"  # gh run view --log
    rf"|\[?{_TIME}\]?\s(?:\d\d[OE]\+? ?)?"  # GitHub, Azure Pipelines, GitLab, Jenkins
    r"|\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?\s"
    r"|[A-Z][a-z]{2}\s{1,2}\d{1,2} \d\d:\d\d:\d\d \S{1,80} \S{1,80}: "  # syslog
    r"|##\[[a-z]{1,20}\]|::(?:error|warning|notice)[^:\n]{0,200}::"
    r"|[│╷╵>] ?"  # Terraform, quoted mail
    r"|kubectl(?:\.exe)? : )"  # PowerShell 5
)
_MOST_PREFIXES = 4
# One or more backslashes: a log in JSON that holds a log in JSON has several.
_ESCAPED_ANGLE = re.compile(r"\\{1,9}u00(3c|3e|26|27)", re.IGNORECASE)
_ANGLES = {"3c": "<", "3e": ">", "26": "&", "27": "'"}
_ESCAPED_MARK = re.compile(r"\\{1,9}([\"\[\]<>_*])")
_ESCAPED_BREAK = re.compile(r"(?:\\{1,9}r)?\\{1,9}n(?=[\[\s\"'}*A-Z]|container |init |ephemeral |$)")
_ESCAPED_TAB = re.compile(r"\\{1,9}t(?=[\s\"\[])")
_APPLIED = re.compile(r"error when applying patch:[ \t]{0,9}\n[ \t]{0,9}(\{[^\n]*\})")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# Narrower than any terminal, or wider than one: such lines end for another reason.
_NARROWEST, _WIDEST = 40, 400
# So wide are terminals that nobody has pulled at.
_WIDTHS = frozenset({80, 100, 120, 132, 160, 200})
# What a line was cut in when it ends in the middle of it.
_UNCLOSED = re.compile(r"<[^<>\s]{1,253}\Z|\[azurepolicy-[a-z0-9-]{0,200}\Z|'aks-managed-[a-z0-9-]{0,100}\Z")
_NEW = re.compile(
    r"\s*(?:\[|Warning\b|Error\b|error\b|\$ |[a-z.]+/\S+ (?:created|configured|unchanged)|\d{4}-\d\d-\d\d|Normal\s"
    r"|[A-Z]\w*:|for: \"|to:|Resource: )"
)


class Cleaned(NamedTuple):
    """A text that is easy to search."""

    text: str
    manifests: tuple[dict[str, Any], ...]
    """Objects that kubectl printed whole, as the last applied configuration in a patch that was refused."""


# What word processors and chats make of quotes and angle brackets.
_TYPESET = str.maketrans("\u201c\u201d\u2018\u2019\u2039\u203a", "\"\"''<>")


def clean(text: str) -> Cleaned:
    """Takes off what does not belong to the messages themselves."""
    lines = [_unprefixed(line) for line in _ESCAPES.sub("", text.translate(_TYPESET)).replace("\r\n", "\n").split("\n")]
    plain = "\n".join(_joined(lines))
    manifests: list[dict[str, Any]] = []

    def keep(match: re.Match[str]) -> str:
        manifest = _applied(match[1])
        if manifest:
            manifests.append(manifest)
        return "error when applying patch:"

    plain = _APPLIED.sub(keep, plain)
    if "\\" in plain:
        plain = _ESCAPED_ANGLE.sub(lambda match: _ANGLES[match[1].lower()], plain)
        plain = _ESCAPED_BREAK.sub("\n", plain)
        plain = _ESCAPED_TAB.sub("\t", plain)
        plain = _ESCAPED_MARK.sub(r"\1", plain)
    if "&lt;" in plain or "&quot;" in plain or "&#" in plain:
        plain = html.unescape(plain)
    return Cleaned(plain, tuple(manifests))


def _unprefixed(line: str) -> str:
    """A line without the prefixes of logs."""
    for _ in range(_MOST_PREFIXES):
        match = _PREFIX.match(line)
        if not match or not match[0]:
            break
        line = line[match.end() :]
    return line.rstrip()


def _joined(lines: list[str]) -> list[str]:
    """The lines, those joined again that a terminal broke in the middle of a word.

    A terminal breaks all lines at one width, so that several of them are as long as the longest.
    """
    lengths = Counter(len(line) for line in lines)
    longest = max(lengths, default=0)
    is_broken = longest in _WIDTHS or (_NARROWEST <= longest <= _WIDEST and lengths[longest] > 1)
    joined: list[str] = []
    goes_on = False
    for line in lines:
        continues = goes_on or bool(joined and _UNCLOSED.search(joined[-1]))
        if continues and line and not line[0].isspace() and not _NEW.match(line):
            joined[-1] += line
        elif goes_on and line and not _NEW.match(line):
            joined[-1] += f" {line.strip()}"
        else:
            joined.append(line)
        goes_on = is_broken and len(line) == longest
    return joined


def _applied(patch: str) -> dict[str, Any] | None:
    """The object in the annotation of a patch that kubectl printed."""
    try:
        annotations = json.loads(patch)["metadata"]["annotations"]
        applied = json.loads(annotations[_LAST_APPLIED])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return applied if isinstance(applied, dict) else None
