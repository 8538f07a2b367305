# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The report for people, in the words that kubectl shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TextIO

from azext_safeguards.check.findings import Finding, ObjectDiff, Report
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.check.readiness import CHANGED, Readiness, readiness
from azext_safeguards.check.report.interface import (
    Format,
    by_file,
    cluster_text,
    object_name,
    plural,
    refused_text,
    summary,
    write_batches,
)
from azext_safeguards.check.report.readiness import HEADS, MOST_CHANGED, TITLE, changed, rows, verdict
from azext_safeguards.output.text import visible

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_RED = "\x1b[31m"
_GREEN = "\x1b[32m"
_YELLOW = "\x1b[33m"
_CYAN = "\x1b[36m"
_EFFECT_COLOUR = {"deny": _RED, "warn": _YELLOW}
_DIFF_COLOUR = {"+": _GREEN, "-": _RED, "@": _CYAN}

# A log reader takes a line for a command that begins with `::` after blanks. Lines of a diff that neither add nor
# remove are the only ones here that begin with words of a manifest.
_COMMAND_IN_CONTEXT = re.compile(r"^(\s*):(?=:)")


class TextFormat(Format):
    """Findings by file, one a line; then changes, what could not be read, notes, and the summary.

    :param colour: whether the reader is a terminal that shows colours.
    """

    def __init__(self, *, colour: bool = False) -> None:
        self._colour = colour

    def write(self, report: Report, policies: Mapping[str, Policy], out: TextIO) -> None:
        """See `Format.write`."""
        write_batches(self._pieces(report, policies), out)

    def _pieces(self, report: Report, policies: Mapping[str, Policy]) -> Iterator[str]:
        for file, findings in by_file(report):
            yield self._painted(visible(file), _BOLD) + "\n"
            yield from self._lines(findings, policies)
            yield "\n"
        for diff in report.diffs:
            yield from self._diff(diff)
        if report.refused:
            yield self._painted("Refused before any policy", _BOLD) + "\n"
            for refused in report.refused:
                place = f"{refused.file}:{refused.line}:{refused.column}"
                text = f"{place}: {object_name(refused)}: {refused_text(refused)}"
                yield f"  {visible(text)}\n"
            yield "\n"
        if report.unreadable:
            yield self._painted("Could not be read", _BOLD) + "\n"
            for unreadable in report.unreadable:
                place = f":{unreadable.line}:{unreadable.column}" if unreadable.line else ""
                yield f"  {visible(unreadable.file)}{place}: {visible(unreadable.reason)}\n"
            yield "\n"
        if report.unjudged:
            yield self._painted("Could not be judged", _BOLD) + "\n"
            yield from (f"  {visible(one.policy)}: {visible(one.reason)}\n" for one in report.unjudged)
            yield "\n"
        if report.apiserver_warnings:
            yield self._painted("Warned of by the API server itself, whatever the policies", _BOLD) + "\n"
            for warning in report.apiserver_warnings:
                place = f"{warning.file}:{warning.line}:{warning.column}"
                yield f"  {visible(f'{place}: {object_name(warning)}: {warning.text}')}\n"
            yield "\n"
        if report.odd:
            yield self._painted("Odd, but read", _BOLD) + "\n"
            for odd in report.odd:
                yield f"  {visible(f'{odd.file}:{odd.line}:{odd.column}: {odd.reason}')}\n"
            yield "\n"
        for note in report.notes:
            yield f"Note: {visible(note)}\n"
        if report.notes:
            yield "\n"
        if report.seen:
            yield from self._readiness(readiness(report, policies))
        yield self._painted(visible(summary(report)), _BOLD) + "\n"

    def _readiness(self, found: Readiness) -> Iterator[str]:
        """By namespace what becomes of the objects, how those are changed that are let in, and the kinds of fixes."""
        yield self._painted(f"{TITLE}. {visible(verdict(found))}", _BOLD) + "\n"
        lines = [HEADS, *rows(found)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
        for name, *counts in lines:
            cells = [count.rjust(width) for count, width in zip(counts, widths[1:], strict=True)]
            yield f"  {visible(name):<{widths[0]}}  {'  '.join(cells)}\n"
        for number, (one, how) in enumerate(changed(found)):
            if number == MOST_CHANGED:
                yield f"  {found.totals[CHANGED] - number} more are changed.\n"
                break
            text = f"{object_name(one)}: {', '.join(one.policies)}: {how}"
            yield f"  {self._painted('changed', _CYAN)}  {visible(text)}\n"
        for fix in found.fixes:
            text = f"{plural(fix.objects, 'object')} {fix.outcome}: {fix.policy or fix.title}: {fix.fix}"
            yield f"  {self._painted('fix', _GREEN)}  {visible(text)}\n"
        yield "\n"

    def _lines(self, findings: list[Finding], policies: Mapping[str, Policy]) -> Iterator[str]:
        """`  12:9  deny  Deployment/web (team-a)  probes: [azurepolicy-...] message`, places aligned within a file."""
        places = [f"{finding.line}:{finding.column}" for finding in findings]
        width = max(map(len, places))
        effects = {effect: self._painted(effect, colour) for effect, colour in _EFFECT_COLOUR.items()}
        for place, finding in zip(places, findings, strict=True):
            text = f"{object_name(finding)}  {finding.policy}: {cluster_text(finding, policies)}"
            yield f"  {place:<{width}}  {effects[finding.effect]}  {visible(text)}\n"

    def _diff(self, diff: ObjectDiff) -> Iterator[str]:
        namespace = f" ({diff.namespace})" if diff.namespace else ""
        policies = ", ".join(diff.policies)
        head = f"{diff.file}:{diff.line}: {diff.kind}/{diff.name}{namespace} would be changed by {policies}"
        yield self._painted(visible(head), _BOLD) + "\n"
        # Not splitlines: it also splits at characters that are to be shown.
        for line in diff.diff.removesuffix("\n").split("\n"):
            shown = _COMMAND_IN_CONTEXT.sub(r"\1\\x3a", visible(line))
            yield self._painted(shown, _DIFF_COLOUR.get(line[:1], "")) + "\n"
        yield "\n"

    def _painted(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_RESET}" if self._colour and colour else text
