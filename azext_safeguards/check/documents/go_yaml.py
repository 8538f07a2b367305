# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where kubectl's parser, a translation of an older libyaml into Go, refuses what libyaml reads.

Each was seen with kubectl 1.34; see tests/facts/reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from azext_safeguards.check.documents.construction import problem_at
from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.scalars import is_endless, plain

# A pattern that repeats lines would take hundreds of bytes of memory for each.
_FIRST = re.compile(rb"^(?![ \t]*(?:#[^\n]*)?\r?\n)", re.MULTILINE)
_KNOWN = re.compile(rb"%(?:YAML 1\.1|TAG)\b")
_ENDLESS = re.compile(rb"\.(?:inf|nan)\b", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONVERTING = "error converting YAML to JSON: "


def refused_directive(segment: bytes, offset: int) -> Problem | None:
    """A directive before the first `---`: kubectl takes what stands before that line for a document of its own."""
    found = _FIRST.search(segment)
    if not found or not segment.startswith(b"%", found.end()):
        return None
    line = segment.count(b"\n", 0, found.end()) + 1
    told = f"line {line}: did not find expected <document start>"
    if not _KNOWN.match(segment, found.end()):
        is_version = segment.startswith(b"%YAML", found.end())
        told = "found incompatible YAML document" if is_version else "found unknown directive name"
    reason = "a directive, for which '---' begins a second document; leave the line out, it changes nothing"
    return Problem(line + offset, 1, reason, f"{_CONVERTING}yaml: {told}")


def refused_value(node: Node, segment: bytes, offset: int) -> Problem | None:
    """The first scalar of a document that kubectl does not read though libyaml does: a number that JSON cannot hold, or
    the escape `\\/` of JSON in a text of YAML."""
    if _ENDLESS.search(segment):
        for scalar in _scalars(node, keys=False):
            if scalar.tag == "p" and is_endless(value := plain(scalar.value)):
                shown = {float("inf"): "+Inf", float("-inf"): "-Inf"}.get(value, "NaN")
                reason = (
                    f"JSON has no number {scalar.value}, and so kubectl cannot send it; quote it if a text is meant"
                )
                told = f"{_CONVERTING}json: unsupported value: {shown}"
                return problem_at(scalar.start_mark, offset, reason)._replace(cluster=told)
    if b"\\/" in segment and not segment.lstrip().startswith(b"{"):
        return _escaped_slash(node, segment, offset)
    return None


def _escaped_slash(node: Node, segment: bytes, offset: int) -> Problem | None:
    text = segment.decode("utf-8", "replace")
    for scalar in _scalars(node, keys=True):
        written = text[scalar.start_mark.index : scalar.end_mark.index]
        if written[:1] == '"' and any(escape[1] == "/" for escape in _ESCAPE.finditer(written)):
            reason = "the escape '\\/' is of JSON alone; a slash needs none"
            told = f"{_CONVERTING}yaml: line {scalar.start_mark.line + 1}: found unknown escape character"
            return problem_at(scalar.start_mark, offset, reason)._replace(cluster=told)
    return None


def _scalars(root: Node, *, keys: bool) -> Iterator[ScalarNode]:
    """All scalars of a document, each once, with those that are keys or without."""
    waiting: list[Node] = [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, ScalarNode):
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            if isinstance(node, MappingNode):
                waiting += [one for pair in reversed(node.value) for one in (reversed(pair) if keys else pair[1:])]
            elif isinstance(node, SequenceNode):
                waiting += reversed(node.value)
