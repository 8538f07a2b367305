# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Workflow commands of GitHub Actions: annotations at the lines of a pull request (docs.github.com, "Workflow
commands"). GitHub shows ten errors and ten warnings of a step; the log has all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TextIO

from azext_safeguards.check.findings import Finding, Report, UnreadableFile
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.check.report.interface import (
    Format,
    object_name,
    refused_text,
    summary,
    warned_text,
    write_batches,
)
from azext_safeguards.output.text import visible

_COMMANDS = {"deny": "error", "warn": "warning"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


class GitHubFormat(Format):
    """One annotation for each finding and each unreadable file."""

    def write(self, report: Report, policies: Mapping[str, Policy], out: TextIO) -> None:
        """See `Format.write`."""
        write_batches(_pieces(report, policies), out)


def _pieces(report: Report, policies: Mapping[str, Policy]) -> Iterator[str]:
    for finding in report.findings:
        yield _finding(finding, policies.get(finding.policy))
    for refused in report.refused:
        place = f"file={_property(refused.file)},line={refused.line},col={refused.column}"
        title = _property(f"refused: {object_name(refused)}")
        yield f"::error {place},title={title}::{_data(visible(refused_text(refused)))}\n"
    for unreadable in report.unreadable:
        yield _unreadable(unreadable)
    for warning in report.apiserver_warnings:
        place = f"file={_property(warning.file)},line={warning.line},col={warning.column}"
        yield f"::notice {place},title=Warned of by the API server::{_data(visible(warned_text(warning)))}\n"
    for odd in report.odd:
        place = f"file={_property(odd.file)},line={odd.line},col={odd.column}"
        yield f"::warning {place},title=Odd%2C but read::{_data(visible(odd.reason))}\n"
    for one in report.unjudged:
        yield f"::error title=Could not be judged::{_data(visible(f'{one.policy}: {one.reason}'))}\n"
    for note in report.notes:
        yield f"::notice::{_data(visible(note))}\n"
    yield visible(summary(report)) + "\n"


def _finding(finding: Finding, policy: Policy | None) -> str:
    place = f"file={_property(finding.file)},line={finding.line},col={finding.column}"
    title = _property(f"{finding.policy}: {object_name(finding)}")
    text = visible(finding.message) + (f"\nFix: {visible(policy.fix)}" if policy else "")
    return f"::{_COMMANDS[finding.effect]} {place},title={title}::{_data(text)}\n"


def _unreadable(unreadable: UnreadableFile) -> str:
    line = f",line={unreadable.line},col={unreadable.column}" if unreadable.line else ""
    reason = _data(visible(unreadable.reason))
    return f"::error file={_property(unreadable.file)}{line},title=Could not be read::{reason}\n"


def _property(text: str) -> str:
    """The value of a property of a command."""
    return visible(text).translate(_PROPERTY)


def _data(text: str) -> str:
    """What follows the properties."""
    return text.translate(_DATA)
