# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A table in GitHub's Markdown, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from typing import TextIO

from azext_safeguards.check.findings import ApiServerWarning, Finding, Refused, Report, UnreadableFile
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.check.readiness import Readiness, readiness
from azext_safeguards.check.report.interface import (
    Format,
    cluster_text,
    object_name,
    plural,
    refused_text,
    summary,
    write_batches,
)
from azext_safeguards.check.report.readiness import HEADS, MOST_CHANGED, TITLE, changed, rows, verdict
from azext_safeguards.output.text import visible

MOST_CHARACTERS = 60_000
"""GitHub takes 65,536 characters in a comment; the rest is for what follows the table."""

_MOST_ODD = 20

# As character references, punctuation has no meaning in Markdown (CommonMark, "Entity and numeric character
# references"), and `|` does not end a cell.
_SPECIAL = re.compile(r"[&<>\"`|*_~\\\[\]@#]|www\.|://")


class MarkdownFormat(Format):
    """The summary, a table of the findings, and how to fix each policy that has any."""

    def write(self, report: Report, policies: Mapping[str, Policy], out: TextIO) -> None:
        """See `Format.write`. Of a table that is too long for a comment the end is left out, and said so."""
        write_batches(_pieces(report, policies), out)


def _pieces(report: Report, policies: Mapping[str, Policy]) -> Iterator[str]:
    yield f"### Deployment safeguards\n\n{_prose(summary(report))}\n"
    left = MOST_CHARACTERS
    if report.findings:
        yield "\n| Effect | Place | Object | Policy | Message |\n|---|---|---|---|---|\n"
        lines = (_row(finding, policies) for finding in report.findings)
        left = yield from _fitting(lines, len(report.findings), "more finding", left)
        yield from _fixes(report, policies)
    if report.refused:
        yield "\n| Refused before any policy | Object | Reason |\n|---|---|---|\n"
        lines = (_placed_row(refused, refused_text(refused)) for refused in report.refused)
        left = yield from _fitting(lines, len(report.refused), "more refusal", left)
    if report.unreadable:
        yield "\n| Could not be read | Reason |\n|---|---|\n"
        lines = (_unreadable_row(unreadable) for unreadable in report.unreadable)
        left = yield from _fitting(lines, len(report.unreadable), "more file", left)
    if report.unjudged:
        yield "\n| Could not be judged | Reason |\n|---|---|\n"
        yield from (f"| {_prose(one.policy)} | {_code(one.reason)} |\n" for one in report.unjudged)
    if report.apiserver_warnings:
        yield "\n| Warned of by the API server itself | Object | Warning |\n|---|---|---|\n"
        lines = (_placed_row(warning, warning.text) for warning in report.apiserver_warnings)
        yield from _fitting(lines, len(report.apiserver_warnings), "more warning", left)
    yield from _beside(report, policies)


def _fitting(lines: Iterator[str], count: int, noun: str, left: int) -> Generator[str, None, int]:
    """The rows of a table for which so many characters are left, and how many there are after them.

    :param noun: what a row that is not shown is called.
    """
    for number, row in enumerate(lines):
        left -= len(row)
        if left < 0:
            yield f"\n{plural(count - number, noun)} not shown.\n"
            break
        yield row
    return left


def _placed_row(one: Refused | ApiServerWarning, text: str) -> str:
    cells = (f"{one.file}:{one.line}", object_name(one), text)
    return f"| {' | '.join(map(_code, cells))} |\n"


def _unreadable_row(unreadable: UnreadableFile) -> str:
    place = f"{unreadable.file}:{unreadable.line}" if unreadable.line else unreadable.file
    return f"| {_code(place)} | {_code(unreadable.reason)} |\n"


def _beside(report: Report, policies: Mapping[str, Policy]) -> Iterator[str]:
    """What is told beside the tables: odd places, how ready the objects are, and notes."""
    if report.odd:
        odd = report.odd[:_MOST_ODD]
        yield "\n| Odd, but read | Reason |\n|---|---|\n"
        yield from (f"| {_code(f'{one.file}:{one.line}')} | {_code(one.reason)} |\n" for one in odd)
        if len(report.odd) > len(odd):
            yield f"\n{plural(len(report.odd) - len(odd), 'more odd place')} not shown.\n"
    if report.seen:
        yield from _readiness(readiness(report, policies))
    if report.notes:
        yield "\n" + "".join(f"- {_prose(note)}\n" for note in report.notes)


def _readiness(found: Readiness) -> Iterator[str]:
    """By namespace what becomes of the objects, how those are changed that are let in, and the kinds of fixes."""
    yield f"\n#### {TITLE}\n\n{_prose(verdict(found))}\n\n| {' | '.join(HEADS)} |\n|---|{'---:|' * (len(HEADS) - 1)}\n"
    yield from (f"| {_code(name)} | {' | '.join(counts)} |\n" for name, *counts in rows(found))
    if found.fixes:
        yield "\n| Fix | Objects | What to do |\n|---|---:|---|\n"
        for fix in found.fixes:
            yield f"| {_prose(fix.policy or fix.title)} | {fix.objects} {fix.outcome} | {_prose(fix.fix)} |\n"
    listed = list(changed(found))
    if listed:
        yield "\n<details><summary>What would be changed</summary>\n\n"
        for one, how in listed[:MOST_CHANGED]:
            yield f"- {_code(object_name(one))}: {_prose(', '.join(one.policies))}: {_code(how)}\n"
        if len(listed) > MOST_CHANGED:
            yield f"- {plural(len(listed) - MOST_CHANGED, 'more object')} not shown.\n"
        yield "\n</details>\n"


def _row(finding: Finding, policies: Mapping[str, Policy]) -> str:
    policy = policies.get(finding.policy)
    name = _prose(finding.policy)
    linked = f"[{name}]({policy.docs})" if policy and policy.docs else name
    cells = (
        finding.effect,
        _code(f"{finding.file}:{finding.line}"),
        _code(object_name(finding)),
        linked,
        _code(cluster_text(finding, policies)),
    )
    return f"| {' | '.join(cells)} |\n"


def _fixes(report: Report, policies: Mapping[str, Policy]) -> Iterator[str]:
    """What to do, once for each policy."""
    found = {finding.policy for finding in report.findings}
    known = [policy for name, policy in policies.items() if name in found]
    if known:
        yield "\n<details><summary>How to fix</summary>\n\n"
        for policy in known:
            yield f"- **{_prose(policy.short)}**: {_prose(policy.fix)}\n"
        yield "\n</details>\n"


def _prose(text: str) -> str:
    """Text without any markup."""
    return _SPECIAL.sub(_reference, visible(text))


def _code(text: str) -> str:
    """Words of a manifest: in `<code>` GitHub looks for no mentions, issues and links, and nothing else is left."""
    return f"<code>{_prose(text)}</code>"


def _reference(found: re.Match[str]) -> str:
    text = found[0]
    return "www&#46;" if text == "www." else "".join(f"&#{ord(character)};" for character in text)
