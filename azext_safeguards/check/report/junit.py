# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""JUnit's XML, which most CI systems show as test results.

A suite is a file, a case is a finding. A denial is a failure, an unreadable file an error. A warning is a skipped case:
it is shown with its text, and does not fail the run. What the API server warns of itself is a case that passes, as
is what is odd in a file and was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TextIO

from azext_safeguards.check.findings import (
    ApiServerWarning,
    Finding,
    OddPlace,
    Refused,
    Report,
    UnjudgedPolicy,
    UnreadableFile,
)
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.check.report.interface import (
    Format,
    by_file,
    cluster_text,
    object_name,
    refused_text,
    summary,
    write_batches,
)
from azext_safeguards.output.text import visible

_SUITES = "az aks safeguards check"


class JUnitFormat(Format):
    """One suite for each file with findings; one that passes when there are none, since CI systems refuse no tests."""

    def write(self, report: Report, policies: Mapping[str, Policy], out: TextIO) -> None:
        """See `Format.write`."""
        write_batches(_pieces(report, policies), out)


def _pieces(report: Report, policies: Mapping[str, Policy]) -> Iterator[str]:
    findings = dict(by_file(report))
    unreadable: dict[str, list[UnreadableFile]] = {}
    for one in report.unreadable:
        unreadable.setdefault(one.file, []).append(one)
    refused: dict[str, list[Refused]] = {}
    for each in report.refused:
        refused.setdefault(each.file, []).append(each)
    warned: dict[str, list[ApiServerWarning]] = {}
    for warning in report.apiserver_warnings:
        warned.setdefault(warning.file, []).append(warning)
    odd: dict[str, list[OddPlace]] = {}
    for place in report.odd:
        odd.setdefault(place.file, []).append(place)
    files = list(dict.fromkeys([*findings, *refused, *unreadable, *warned, *odd]))
    failures = sum(finding.effect == "deny" for finding in report.findings) + len(report.refused)
    errors = len(report.unreadable) + len(report.unjudged)
    passed = len(report.apiserver_warnings) + len(odd)
    tests = len(report.findings) + len(report.refused) + passed + errors or 1
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="{_SUITES}" tests="{tests}" failures="{failures}" errors="{errors}">\n'
    for number, file in enumerate(files, 1):
        told = (findings.get(file, []), refused.get(file, []), unreadable.get(file, []), warned.get(file, []))
        yield from _suite(file, *told, odd.get(file, []), policies)
        yield _end(report.notes if number == len(files) and not report.unjudged else ())
    if report.unjudged:
        yield from _unjudged(report.unjudged)
        yield _end(report.notes)
    if not files and not report.unjudged:
        yield f'  <testsuite name="{_SUITES}" tests="1" failures="0" errors="0" skipped="0">\n'
        yield f'    <testcase classname="{_SUITES}" name={_attribute(summary(report))}/>\n'
        yield _end(report.notes)
    yield "</testsuites>\n"


def _end(notes: Sequence[str]) -> str:
    """The end of a suite: the last one says what is to be noted of them all, for which a report has no other place."""
    said = "".join(f"{_text(note)}\n" for note in notes)
    return (f"    <system-out>{said}</system-out>\n" if said else "") + "  </testsuite>\n"


def _unjudged(policies: list[UnjudgedPolicy]) -> Iterator[str]:
    """A suite of the policies that nothing is known of."""
    count = len(policies)
    yield f'  <testsuite name="{_SUITES}" tests="{count}" failures="0" errors="{count}" skipped="0">\n'
    for one in policies:
        name = _attribute(f"{one.policy} could not be judged")
        yield f'    <testcase classname="{_SUITES}" name={name}>\n'
        yield f'      <error type="unjudged" message={_attribute(one.reason)}/>\n    </testcase>\n'


def _suite(
    file: str,
    findings: list[Finding],
    refused: list[Refused],
    unreadable: list[UnreadableFile],
    warned: list[ApiServerWarning],
    odd: list[OddPlace],
    policies: Mapping[str, Policy],
) -> Iterator[str]:
    denied = sum(finding.effect == "deny" for finding in findings)
    tests = len(findings) + len(refused) + len(unreadable) + len(warned) + bool(odd)
    yield (
        f'  <testsuite name={_attribute(file)} tests="{tests}" failures="{denied + len(refused)}" '
        f'errors="{len(unreadable)}" skipped="{len(findings) - denied}">\n'
    )
    names: Counter[str] = Counter()
    for finding in findings:
        name = f"{object_name(finding)} {finding.policy}"
        names[name] += 1
        # CI systems know a case by its name, over many runs: no two alike, and no line numbers in them.
        yield from _case(finding, f"{name} #{names[name]}" if names[name] > 1 else name, policies)
    for each in refused:
        name = f"{object_name(each)} refused"
        names[name] += 1
        yield from _refused(each, f"{name} #{names[name]}" if names[name] > 1 else name)
    for warning in warned:
        name = f"{object_name(warning)} warned of by the API server"
        names[name] += 1
        yield from _warned(warning, f"{name} #{names[name]}" if names[name] > 1 else name)
    for number, one in enumerate(unreadable, 1):
        line = f' line="{one.line}"' if one.line else ""
        name = f"could not be read #{number}" if number > 1 else "could not be read"
        reason = _attribute(one.reason)
        yield f'    <testcase classname={_attribute(file)} name="{name}" file={_attribute(file)}{line}>\n'
        yield f'      <error type="unreadable" message={reason}/>\n    </testcase>\n'
    if odd:
        yield from _odd(file, odd)


def _odd(file: str, places: list[OddPlace]) -> Iterator[str]:
    """A case that passes, with all that is odd in a file and was read."""
    shown = _attribute(file)
    text = "".join(_text(f"{file}:{one.line}:{one.column}: {one.reason}") + "\n" for one in places)
    yield f'    <testcase classname={shown} name="odd, but read" file={shown} line="{places[0].line}">\n'
    yield f"      <system-out>{text}</system-out>\n    </testcase>\n"


def _warned(one: ApiServerWarning, name: str) -> Iterator[str]:
    """A case that passes, with what the API server itself warns of."""
    file = _attribute(one.file)
    yield f'    <testcase classname={file} name={_attribute(name)} file={file} line="{one.line}">\n'
    text = _text(f"{one.file}:{one.line}:{one.column}: {one.text}")
    yield f"      <system-out>{text}</system-out>\n    </testcase>\n"


def _refused(one: Refused, name: str) -> Iterator[str]:
    file = _attribute(one.file)
    yield f'    <testcase classname={file} name={_attribute(name)} file={file} line="{one.line}">\n'
    text = _text(f"{one.file}:{one.line}:{one.column}: {one.cluster}")
    yield f'      <failure type="refused" message={_attribute(refused_text(one))}>{text}</failure>\n    </testcase>\n'


def _case(finding: Finding, name: str, policies: Mapping[str, Policy]) -> Iterator[str]:
    file = _attribute(finding.file)
    yield f'    <testcase classname={file} name={_attribute(name)} file={file} line="{finding.line}">\n'
    message = _attribute(finding.message)
    if finding.effect == "deny":
        policy = policies.get(finding.policy)
        text = f"{finding.file}:{finding.line}:{finding.column}: {cluster_text(finding, policies)}"
        fix = f"\nFix: {_text(policy.fix)}\n{_text(policy.docs)}" if policy else ""
        yield f"      <failure type={_attribute(finding.policy)} message={message}>{_text(text)}{fix}</failure>\n"
    else:
        yield f"      <skipped message={message}/>\n"
    yield "    </testcase>\n"


def _text(text: str) -> str:
    """Text between tags. What XML has no way to write is shown escaped."""
    return escape(visible(text), quote=False)


def _attribute(text: str) -> str:
    """A quoted value of an attribute."""
    return f'"{escape(visible(text))}"'
