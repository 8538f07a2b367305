# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Logging commands of Azure Pipelines: issues on the page of a run (learn.microsoft.com, "Logging commands")."""

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

_TYPES = {"deny": "error", "warn": "warning"}
_DATA = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"})


class AzureDevOpsFormat(Format):
    """One issue for each finding and each unreadable file."""

    def write(self, report: Report, policies: Mapping[str, Policy], out: TextIO) -> None:
        """See `Format.write`."""
        write_batches(_pieces(report), out)


def _pieces(report: Report) -> Iterator[str]:
    for finding in report.findings:
        yield _finding(finding)
    for refused in report.refused:
        place = f"sourcepath={_property(refused.file)};linenumber={refused.line};columnnumber={refused.column}"
        text = _data(f"{object_name(refused)}: {refused_text(refused)}")
        yield f"##vso[task.logissue type=error;{place};code=refused;]{text}\n"
    for unreadable in report.unreadable:
        yield _unreadable(unreadable)
    for odd in report.odd:
        place = f"sourcepath={_property(odd.file)};linenumber={odd.line};columnnumber={odd.column}"
        yield f"##vso[task.logissue type=warning;{place};]Odd, but read: {_data(odd.reason)}\n"
    for warning in report.apiserver_warnings:
        # Azure DevOps knows errors and warnings; this is less, a line of the log.
        place = f"{warning.file}:{warning.line}:{warning.column}"
        yield f"Note: {visible(f'{place}: {warned_text(warning)}')}\n"
    for one in report.unjudged:
        yield f"##vso[task.logissue type=error;]Could not be judged: {_data(f'{one.policy}: {one.reason}')}\n"
    for note in report.notes:
        yield f"Note: {visible(note)}\n"
    yield visible(summary(report)) + "\n"


def _finding(finding: Finding) -> str:
    place = f"sourcepath={_property(finding.file)};linenumber={finding.line};columnnumber={finding.column}"
    head = f"##vso[task.logissue type={_TYPES[finding.effect]};{place};code={_property(finding.policy)};]"
    return f"{head}{_data(f'{object_name(finding)}: {finding.message}')}\n"


def _unreadable(unreadable: UnreadableFile) -> str:
    place = f"sourcepath={_property(unreadable.file)};"
    if unreadable.line:
        place += f"linenumber={unreadable.line};columnnumber={unreadable.column};"
    return f"##vso[task.logissue type=error;{place}]Could not be read: {_data(unreadable.reason)}\n"


def _property(text: str) -> str:
    """The value of a property of a command."""
    return visible(text).translate(_PROPERTY)


def _data(text: str) -> str:
    """What follows the brackets."""
    return visible(text).translate(_DATA)
