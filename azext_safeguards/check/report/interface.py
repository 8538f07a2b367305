# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a report format is, and the words that all of them share."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from azext_safeguards.check.findings import ApiServerWarning, Finding, Refused, Report
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.domain.acting.records import PREFIX

if TYPE_CHECKING:
    from azext_safeguards.check.readiness import JudgedObject

_BATCH = 1000
_NOTHING = "nothing would be denied or warned of"


class Format(ABC):
    """Writes a report in one form."""

    @abstractmethod
    def write(self, report: Report, policies: Mapping[str, Policy], out: TextIO) -> None:
        """Writes the whole report, piece by piece, ending with a newline.

        :param policies: by short name; a finding of a policy that is not there is written without its prose.
        """

    def render(self, report: Report, policies: Mapping[str, Policy]) -> str:
        """The report as one text."""
        out = io.StringIO()
        self.write(report, policies, out)
        return out.getvalue()


def write_batches(pieces: Iterable[str], out: TextIO) -> None:
    """Writes many pieces with few calls: a terminal or a pipe is slow to write to."""
    iterator = iter(pieces)
    while batch := "".join(islice(iterator, _BATCH)):
        out.write(batch)


def by_file(report: Report) -> Iterator[tuple[str, list[Finding]]]:
    """The findings of each file, in the order of the report."""
    files: dict[str, list[Finding]] = {}
    for finding in report.findings:
        files.setdefault(finding.file, []).append(finding)
    yield from files.items()


def object_name(finding: Finding | Refused | JudgedObject | ApiServerWarning) -> str:
    """`Deployment/web (team-a)`; without the brackets for an object that has no namespace. Not escaped."""
    if not finding.kind:
        return "text"
    namespace = f" ({finding.namespace})" if finding.namespace else ""
    return f"{finding.kind}/{finding.name}{namespace}"


def cluster_text(finding: Finding, policies: Mapping[str, Policy]) -> str:
    """The message as a cluster prints it, less the hash in the constraint's name, which differs by assignment:

    `[azurepolicy-k8sazurev2containerenforceprob] [Implied by gatekeeper-expand-workloads] Container <web> ...`
    (seen in tailscale/tailscale#17552). Not escaped.
    """
    if finding.policy.startswith(PREFIX):
        from azext_safeguards.check.admission import denial, warning

        say = denial if finding.effect == "deny" else warning
        return say(finding.policy, finding.message)
    policy = policies.get(finding.policy)
    constraint = f"[azurepolicy-{policy.constraint}] " if policy and policy.constraint else ""
    implied = "[Implied by gatekeeper-expand-workloads] " if finding.implied else ""
    return f"{constraint}{implied}{finding.message}"


def refused_text(refused: Refused) -> str:
    """Who refuses an object and why. Not escaped."""
    who = "kubectl" if refused.stage == "read" else "the API server"
    return f"{who} refuses it: {refused.reason}"


def warned_text(warning: ApiServerWarning) -> str:
    """What the API server itself warns of, with the object. Not escaped."""
    return f"{object_name(warning)}: the API server warns: {warning.text}"


def plural(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def summary(report: Report) -> str:
    """One line: `3 would be denied, 2 warned, in 4 of 120 objects (35 files); 1 file could not be read`."""
    denied = sum(finding.effect == "deny" for finding in report.findings)
    warned = len(report.findings) - denied
    read = f"{plural(report.objects, 'object')} ({plural(report.files, 'file')})"
    if report.findings:
        objects = len({(one.file, one.kind, one.namespace, one.name) for one in report.findings})
        line = f"{denied} would be denied, {warned} warned, in {objects} of {read}"
    else:
        # Green for want of any policy that looks is another green.
        line = f"{report.idle}, so {_NOTHING}" if report.idle else _NOTHING
        line += f", in {read}"
    refused = len({(one.file, one.kind, one.namespace, one.name) for one in report.refused})
    if refused:
        line += f"; {plural(refused, 'object')} would be refused before any policy"
    if report.apiserver_warnings:
        line += f"; {plural(len(report.apiserver_warnings), 'warning')} of the API server itself"
    if report.excluded:
        line += f"; {plural(report.excluded, 'object')} in excluded namespaces"
    if report.ignored:
        line += f"; {report.ignored} ignored"
    if report.unjudged:
        policies = "1 policy" if len(report.unjudged) == 1 else f"{len(report.unjudged)} policies"
        line += f"; {policies} could not be judged"
    unreadable = len({one.file for one in report.unreadable})
    if unreadable:
        line += f"; {plural(unreadable, 'file')} could not be read"
    where = ", ".join(part for part in (report.owner, report.level, report.version) if part)
    return f"{where}: {line}" if where else line[0].upper() + line[1:]
