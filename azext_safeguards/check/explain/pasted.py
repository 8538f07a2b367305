# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reading what a cluster printed: denials and warnings of kubectl and helm, events, logs, and the messages alone.

The forms are those of Gatekeeper's webhook (open-policy-agent/gatekeeper, pkg/webhook/policy.go), of Azure Policy's
older add-on ("denied by"), and of Kubernetes' ValidatingAdmissionPolicy.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.check.explain.cleaning import clean
from azext_safeguards.check.explain.surroundings import Around, find_around, is_noise
from azext_safeguards.check.explain.texts import Found, Named, find_all

_DENY, _WARN = "deny", "warn"
_MARK = re.compile(
    r"\[(?:denied\s{1,80}by\s{1,80})?(?P<azure>azurepolicy-[a-z0-9\s-]{1,120})\]"
    r"|\[denied\s{1,80}by\s{1,80}(?P<denied>[a-z0-9][a-z0-9.-]{0,252})\]"
    r"|(?:(?<=denied the request: )|(?<=Warning: )|(?<=warnings\.go:70\] )|^[ \t]{0,40})"
    r"\[(?P<other>[a-z][a-z0-9.-]{2,252})\](?!\()"
    r"|ValidatingAdmissionPolicy\s{1,80}'(?P<managed>[^']{1,253})'\s{1,80}with\s{1,80}binding\s{1,80}'[^']{1,253}'"
    r"(?P<verb>\s{1,80}denied\s{1,80}request)?\s{0,80}:",
    re.MULTILINE,
)
_IMPLIED = re.compile(r"\s{0,80}\[\s{0,80}Implied\s{1,80}by\s{1,80}[^\]]{0,100}\]")
_IMPLIED_BEFORE = re.compile(_IMPLIED.pattern + r"\s{0,80}(?:The\s{1,80})?\Z")
_DENIED = re.compile(r"denied\s{1,80}(?:the\s{1,80})?request|denied\s{1,80}by\s")
# Newer clusters put this behind every text.
_MORE = re.compile(r"\.?\s{1,80}For\s{1,80}more\s{1,80}information,\s{1,80}visit\s{1,80}\S{1,200}")
_WHITE = re.compile(r"\s+")
_LONGEST = 600
_NEAR = 1000


@dataclass
class Block:
    """Messages about one object, and what is said of it around them."""

    effect: str = ""
    """"deny" or "warn"; "" when the paste does not tell."""

    file: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    is_event: bool = False
    """Whether a controller reports that it cannot make something."""

    owner: tuple[str, str] = ("", "")
    """Kind and name of what controls the object, where the text says so."""

    is_closed: bool = False


@dataclass(frozen=True)
class Said:
    """One message of one policy, as pasted."""

    text: str
    constraint: str = ""
    """The name in brackets, or of the ValidatingAdmissionPolicy; "" when only the text is there."""

    named: Named | None = None
    """What the text names; None for one that is not known."""

    implied: bool = False
    """Whether it is about a Pod that a workload implies."""

    managed: bool = False
    """Whether a ValidatingAdmissionPolicy said it."""

    is_old: bool = False
    """Whether the constraint is named as Azure Policy's older add-on did."""

    block: Block = field(default_factory=Block, compare=False)


@dataclass(frozen=True)
class Paste:
    """A text taken apart."""

    said: tuple[Said, ...]
    others: tuple[str, ...]
    """Lines that are no message of a policy and not what kubectl prints anyway."""

    manifests: tuple[dict[str, Any], ...] = ()
    """Objects that stand in the text as a whole."""


def read(text: str) -> Paste:
    """Takes pasted text apart, whatever it is."""
    cleaned = clean(text)
    plain = cleaned.text
    found, around = find_all(plain), find_around(plain)
    starts = [one.start for one in found]
    marks = [mark for mark in _MARK.finditer(plain) if _counts(mark, starts, plain)]
    reader = _Reader(plain, found, marks)
    said = list(reader.walk(around))
    covered = [(one.start, one.end) for one in found]
    covered += [(one.start, one.end) for one in around if one.form not in ("error", "warning", "file", "end")]
    covered += [mark.span() for mark in marks] + reader.taken
    covered += [match.span() for match in _MORE.finditer(plain)]
    return Paste(tuple(said), tuple(_others(plain, covered)), cleaned.manifests)


def _counts(mark: re.Match[str], starts: list[int], text: str) -> bool:
    """Whether a name in brackets is a constraint: at the start of a line only before a known text, or in a denial."""
    if not mark["other"] or not mark[0].lstrip().startswith("["):
        return True
    if text[max(0, mark.start() - 40) : mark.start()].endswith(("denied the request: ", "Warning: ", "go:70] ")):
        return True
    rest = text[mark.end() : mark.end() + _NEAR]
    after = mark.end() + len(rest) - len(rest.lstrip())
    number = bisect_left(starts, after)
    # `The specified hostNetwork ...` is known from its second word on.
    if number < len(starts) and starts[number] < after + len("The sysctl "):
        return True
    # Further lines of a denial.
    last = text[max(0, mark.start() - _NEAR) : mark.start()].rstrip().rpartition("\n")[2]
    return "denied the request:" in last or bool(_MARK.match(last.lstrip()))


class _Reader:
    """Goes through a text once and gives each message its constraint and its block."""

    def __init__(self, text: str, found: list[Found], marks: list[re.Match[str]]) -> None:
        self._text = text
        self._found = found
        self._marks = marks
        self._block = Block()
        self._described = Block()
        self._last_pod = ""
        self._reporter = ""
        self.taken: list[tuple[int, int]] = []
        """What was read as a message although its wording is not known."""

    def walk(self, around: list[Around]) -> Iterator[Said]:
        """The messages in order."""
        steps: list[tuple[int, int, Any]] = [(one.start, 0, one) for one in around]
        steps += [(mark.start(), 1, mark) for mark in self._marks]
        steps += [(one.start, 2, one) for one in self._found]
        mark: re.Match[str] | None = None
        mark_end, is_used = -1, True
        for start, _, step in sorted(steps, key=lambda one: one[:2]):
            if isinstance(step, Around):
                if mark and not is_used and step.start >= mark_end:
                    yield from self._unknown(mark, mark_end, step.start)
                    is_used = True
                self._surround(step)
                if step.form in ("error", "warning", "event", "done", "end"):
                    mark = None
            elif isinstance(step, Found):
                near = mark is not None and (mark["managed"] or not self._text[mark_end:start].strip(" \t\n-*,:The"))
                if near or not is_used:
                    yield from self._say(step, mark)
                else:
                    yield from self._say(step, None)
                is_used = True
            else:
                if mark and not is_used:
                    yield from self._unknown(mark, mark_end, start)
                mark, is_used = step, False
                implied = _IMPLIED.match(self._text, step.end())
                mark_end = implied.end() if implied else step.end()
        if mark and not is_used:
            yield from self._unknown(mark, mark_end, len(self._text))

    def _say(self, one: Found, mark: re.Match[str] | None) -> Iterator[Said]:
        """A known text."""
        implied = _IMPLIED_BEFORE.search(self._text[max(0, one.start - 200) : one.start]) is not None
        self._begin(one.named, implied)
        yield self._said(_WHITE.sub(" ", self._text[one.start : one.end]), one.named, mark, implied)

    def _unknown(self, mark: re.Match[str], start: int, end: int) -> Iterator[Said]:
        """A text whose wording is not known: what stands behind the constraint, to the end of the line."""
        line = self._text[start:end].lstrip()
        begin = end - len(self._text[start:end].lstrip()) if line else start
        text = line.partition("\n")[0][:_LONGEST]
        self.taken.append((start, begin + len(text)))
        text = _WHITE.sub(" ", _MORE.sub("", text)).strip().rstrip(",")
        yield self._said(text, None, mark, bool(_IMPLIED.match(self._text, mark.end())))

    def _said(self, text: str, named: Named | None, mark: re.Match[str] | None, implied: bool) -> Said:
        constraint = ""
        if mark:
            denied = mark["managed"] is None or mark["verb"]
            if not self._block.effect:
                line = self._text[self._text.rfind("\n", 0, mark.start()) + 1 : mark.end()]
                is_denial = _DENIED.search(line) or (mark["managed"] and denied)
                self._block.effect = _DENY if is_denial else _WARN if mark["managed"] else ""
            constraint = _WHITE.sub("", mark["azure"] or mark["denied"] or mark["other"] or mark["managed"])
        return Said(
            text.rstrip(".,") if text.endswith("..") else text,
            constraint,
            named,
            implied,
            managed=bool(mark and mark["managed"]),
            is_old=bool(mark and "denied" in mark[0] and not mark["managed"]),
            block=self._block,
        )

    def _begin(self, named: Named, implied: bool) -> None:
        """Begins another block where warnings go on about another Pod."""
        pod = named.object if named.kind == "Pod" or implied else ""
        if pod and self._block.effect == _WARN and self._last_pod and pod != self._last_pod:
            self._block = Block(effect=_WARN)
        self._last_pod = pod or self._last_pod

    def _surround(self, one: Around) -> None:
        """Takes up what stands around the messages that follow."""
        if one.form in ("error", "event"):
            if one.form == "error" or one.name or not self._block.is_event:
                self._block, self._last_pod = Block(is_event=one.form == "event"), ""
                if one.form == "event":
                    self._describe()
            if one.form == "event":
                self._block.effect = _DENY
        elif one.form == "denial":
            if self._block.effect == _WARN or self._block.is_closed:
                self._block, self._last_pod = Block(), ""
            self._block.effect = _DENY
        elif one.form == "warning" and (self._block.effect != _WARN or self._block.is_closed):
            self._block, self._last_pod = Block(effect=_WARN), ""
        elif one.form == "done":
            if self._block.effect == _WARN and not self._block.is_closed:
                self._block.kind, self._block.name = one.kind, one.name
            self._block.is_closed = True
        elif one.form == "end":
            self._block, self._last_pod = Block(), ""
        elif one.form == "describe":
            self._described = Block(name=one.name)
        elif one.form == "namespace":
            self._described.namespace = one.namespace
        elif one.form == "owner":
            self._described.owner = (one.kind, one.name)
        elif one.form == "reporter":
            self._reporter = one.kind
        if one.form in ("file", "object", "event", "error"):
            self._block.file = one.file or self._block.file
            self._block.kind = one.kind or self._block.kind
            self._block.name = one.name or self._block.name
            self._block.namespace = one.namespace or self._block.namespace

    def _describe(self) -> None:
        """Takes what `kubectl describe` printed before its events."""
        described = self._described
        self._block.namespace = described.namespace
        self._block.name = described.name
        self._block.owner = described.owner
        self._block.kind = (
            "ReplicaSet" if described.owner[0] == "Deployment" else self._reporter if described.name else ""
        )


def _others(text: str, covered: list[tuple[int, int]]) -> Iterator[str]:
    """The lines that nothing of was read."""
    spans = sorted(covered)
    place, number = 0, 0
    for line in text.split("\n"):
        end = place + len(line)
        while number < len(spans) and spans[number][1] <= place:
            number += 1
        is_read = any(start < end and stop > place for start, stop in spans[number : number + 50])
        stripped = line.strip()
        if stripped and not is_read and not is_noise(stripped):
            yield stripped[:_LONGEST]
        place = end + 1
