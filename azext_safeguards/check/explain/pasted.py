# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reading what a cluster printed: denials and warnings of kubectl, events, and the messages alone.

The forms are those of Gatekeeper's webhook (open-policy-agent/gatekeeper, pkg/webhook/policy.go) and of Kubernetes'
ValidatingAdmissionPolicy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from azext_safeguards.check.explain.texts import named

_DENY, _WARN = "deny", "warn"
# At the start of a message any constraint; in the middle of a line only what can be nothing else.
_CONSTRAINT = re.compile(
    r"(?:^|(?<=denied the request: )|(?<=Warning: )|(?=\[azurepolicy-))"
    r"\[(?P<constraint>[a-z0-9][a-z0-9.-]*)\]\s+(?:\[Implied by (?P<expansion>[^\]]*)\]\s*)?"
)
_MANAGED = re.compile(r"ValidatingAdmissionPolicy '(?P<check>[^']+)' with binding '[^']*'(?: denied request)?:\s*")
_LOGGED_WARNING = re.compile(r"^[WE]\d{4} .*?warnings\.go:\d+\]\s+")
_FILE = re.compile(r'error when \w+ "(?P<file>[^"]+)"')
_EVENT = re.compile(r"Failed\w+\s+(?P<object>[a-z]+/[\w.-]+)")
_FORBIDDEN = re.compile(r'(?P<resource>[a-z][a-z.]*) "(?P<name>[^"]+)" is forbidden')
# Newer clusters put this behind every text.
_MORE = re.compile(r"\.\s+For more information, visit \S+\s*\Z")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_HEADER = re.compile(r"denied the request:\s*\Z|is forbidden:\s*\Z")
_NOISE = re.compile(
    r"\S+ (?:created|configured|unchanged|deleted|serverside-applied|restarted|scaled|patched)(?: \(.*\))?\Z"
    r"|(?:NAMESPACE\s+)?LAST SEEN\s|\$ |Events:\Z|Type\s+Reason\s+Age|-{3,}|Error from server \(Forbidden\):?\Z"
)


@dataclass(frozen=True)
class Said:
    """One message of one policy, as pasted."""

    text: str
    constraint: str = ""
    """The name in brackets, or of the ValidatingAdmissionPolicy; "" when only the text is there."""

    effect: str = ""
    """"deny" or "warn"; "" when the paste does not tell."""

    implied: bool = False
    """Whether it is about a Pod that a workload implies."""

    managed: bool = False
    """Whether a ValidatingAdmissionPolicy said it."""

    file: str = ""
    object: str = ""
    """kind/name where the surrounding text names it."""


@dataclass(frozen=True)
class Paste:
    """A text taken apart."""

    said: tuple[Said, ...]
    others: tuple[str, ...]
    """Lines that are no message of a policy and not what kubectl prints anyway."""


def read(text: str) -> Paste:
    """Takes pasted text apart, whatever it is."""
    said: list[Said] = []
    others: list[str] = []
    context = Said("")
    for raw in text.splitlines():
        line = _clean(raw)
        if not line or _NOISE.match(line):
            continue
        context = _context(line, context)
        found = list(_messages(_LOGGED_WARNING.sub("", line), context))
        said += found
        if found and found[-1].managed:
            # Such a message may go on for several lines.
            context = found[-1]
        if not found and not _HEADER.search(line):
            others.append(line)
    return Paste(tuple(said), tuple(others))


def _clean(line: str) -> str:
    """A line without colours and without the backslashes of Markdown and JSON."""
    plain = _COLOUR.sub("", line)
    return plain.replace("\\[", "[").replace("\\]", "]").replace('\\"', '"').strip()


def _context(line: str, before: Said) -> Said:
    """What the line says about the messages in it; a line that only goes on has the context of the one before."""
    if line.startswith("["):
        return before
    effect = ""
    if re.search(r"denied (?:the )?request|is forbidden:", line):
        effect = _DENY
    elif line.startswith("Warning: ") or _LOGGED_WARNING.match(line):
        effect = _WARN
    elif not _FILE.search(line):
        # A second line of one message, such as the containers with disallowed capabilities.
        return before if named(line) else Said("")
    file, event, forbidden = _FILE.search(line), _EVENT.search(line), _FORBIDDEN.search(line)
    about = event["object"] if event else ""
    if forbidden and not about:
        about = f"{forbidden['resource']}/{forbidden['name']}"
    return Said("", effect=effect, file=file["file"] if file else "", object=about)


def _messages(line: str, context: Said) -> Iterator[Said]:
    """The messages of one line."""
    managed = _MANAGED.search(line)
    if managed:
        yield replace(
            context, text=_text(line[managed.end() :]), constraint=managed["check"], implied=False, managed=True
        )
        return
    starts = list(_CONSTRAINT.finditer(line))
    for number, match in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(line)
        yield replace(
            context,
            text=_text(line[match.end() : end]),
            constraint=match["constraint"],
            implied=match["expansion"] is not None,
        )
    if not starts and named(line):
        yield replace(context, text=_text(line.removeprefix("Warning: ")))


def _text(text: str) -> str:
    """A message without what is around it."""
    return _MORE.sub("", text.strip().rstrip(","))
