# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""SARIF 2.1.0, for GitHub code scanning, Azure DevOps and editors (docs.oasis-open.org, sarif-v2.1.0)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from json import JSONEncoder
from typing import Any, TextIO
from urllib.parse import quote

from azext_safeguards.check.findings import ApiServerWarning, Finding, Refused, Report
from azext_safeguards.check.policies.policy import Policy
from azext_safeguards.check.report.interface import Format, object_name, refused_text, warned_text, write_batches
from azext_safeguards.output.text import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_NAME = "az aks safeguards check"
_LEVELS = {"deny": "error", "warn": "warning"}
_DRIVE = re.compile(r"[A-Za-z]:/")
_encode = JSONEncoder(separators=(", ", ": ")).encode

Json = dict[str, Any]

_REFUSED = "refused"
_WARNED = "apiserver-warning"
_WARNED_RULE: Json = {
    "id": _WARNED,
    "name": "WarnedOfByTheApiServer",
    "shortDescription": {"text": "the API server takes the object, and warns of something in it"},
    "help": {"text": "No policy has to do with it; kubectl prints it as a line that begins with Warning."},
    "defaultConfiguration": {"level": "note"},
    "properties": {"tags": ["kubernetes"]},
}
_REFUSED_RULE: Json = {
    "id": _REFUSED,
    "name": "RefusedBeforeAnyPolicy",
    "shortDescription": {"text": "kubectl or the API server refuses the object before any policy sees it"},
    "help": {"text": "Mend the field that the message names; until then nothing of the object reaches the cluster."},
    "defaultConfiguration": {"level": "error"},
    "properties": {"tags": ["kubernetes"]},
}


class SarifFormat(Format):
    """One run with a rule for each policy that found something, and a result for each finding, one a line."""

    def write(self, report: Report, policies: Mapping[str, Policy], out: TextIO) -> None:
        """See `Format.write`."""
        write_batches(_pieces(report, policies), out)


def _pieces(report: Report, policies: Mapping[str, Policy]) -> Iterator[str]:
    found = {finding.policy for finding in report.findings}
    names = [name for name in policies if name in found] + sorted(found - policies.keys())
    rules = [_rule(name, policies.get(name)) for name in names] + ([_REFUSED_RULE] if report.refused else [])
    rules += [_WARNED_RULE] if report.apiserver_warnings else []
    driver = {"name": _NAME, "rules": rules}
    yield f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{\n'
    yield f'"tool": {_json({"driver": driver})},\n'
    yield '"columnKind": "unicodeCodePoints",\n'
    yield f'"properties": {_json({"level": report.level, "version": report.version})},\n'
    yield f'"invocations": [{_json(_invocation(report))}],\n'
    yield '"results": ['
    indexes = {name: index for index, name in enumerate(names)}
    seen: Counter[tuple[str, ...]] = Counter()
    separator = "\n"
    for finding in report.findings:
        identity = (finding.file, finding.kind, finding.namespace, finding.name, finding.policy, finding.message)
        seen[identity] += 1
        yield separator + _json(_result(finding, indexes[finding.policy], _fingerprint(identity, seen[identity])))
        separator = ",\n"
    for refused in report.refused:
        identity = (refused.file, refused.kind, refused.namespace, refused.name, _REFUSED, refused.reason)
        seen[identity] += 1
        yield separator + _json(_refused_result(refused, len(names), _fingerprint(identity, seen[identity])))
        separator = ",\n"
    for one in report.apiserver_warnings:
        identity = (one.file, one.kind, one.namespace, one.name, _WARNED, one.text)
        seen[identity] += 1
        yield separator + _json(_warned_result(one, len(rules) - 1, _fingerprint(identity, seen[identity])))
        separator = ",\n"
    yield "\n]}]}\n"


def _rule(name: str, policy: Policy | None) -> Json:
    """A policy in SARIF's words."""
    if policy is None:
        return {"id": visible(name)}
    rule: Json = {
        "id": policy.short,
        "name": policy.reference_id or policy.short,
        "shortDescription": {"text": policy.title},
        "fullDescription": {"text": policy.why},
        "help": {
            "text": f"{policy.why} {policy.fix}",
            "markdown": f"{policy.why}\n\n**Fix**: {policy.fix}\n\n```yaml\n{policy.patch}```\n",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["kubernetes", "azure-policy"]},
    }
    if policy.docs:
        rule["helpUri"] = policy.docs
    return rule


def _refused_result(refused: Refused, index: int, fingerprint: str) -> Json:
    text = _message(f"{object_name(refused)}: {refused_text(refused)}")
    return {
        **_place(refused, fingerprint),
        "ruleId": _REFUSED,
        "ruleIndex": index,
        "level": "error",
        "message": {"text": text},
    }


def _warned_result(warning: ApiServerWarning, index: int, fingerprint: str) -> Json:
    return {
        **_place(warning, fingerprint),
        "ruleId": _WARNED,
        "ruleIndex": index,
        "level": "note",
        "message": {"text": _message(warned_text(warning))},
    }


def _result(finding: Finding, index: int, fingerprint: str) -> Json:
    return {
        **_place(finding, fingerprint),
        "ruleId": visible(finding.policy),
        "ruleIndex": index,
        "level": _LEVELS[finding.effect],
        "message": {"text": _message(f"{object_name(finding)}: {finding.message}")},
    }


def _place(finding: Finding | Refused | ApiServerWarning, fingerprint: str) -> Json:
    """Where a result is, and what it is known by."""
    region: Json = {"startLine": max(finding.line, 1), "startColumn": max(finding.column, 1)}
    name = visible(object_name(finding))
    parts = (finding.namespace, finding.kind, finding.name)
    return {
        "locations": [
            {
                "physicalLocation": {"artifactLocation": _artifact(finding.file), "region": region},
                "logicalLocations": [
                    {"name": name, "fullyQualifiedName": visible("/".join(filter(None, parts))), "kind": "resource"}
                ],
            }
        ],
        # GitHub knows an alert again by the second one. Left to itself it hashes the lines around the place.
        "partialFingerprints": {"safeguardsFinding/v1": fingerprint, "primaryLocationLineHash": fingerprint},
    }


def _invocation(report: Report) -> Json:
    """How the run went: files that could not be read, and what it could not know."""
    notifications: list[Json] = []
    for unreadable in report.unreadable:
        place: Json = {"artifactLocation": _artifact(unreadable.file)}
        if unreadable.line:
            place["region"] = {"startLine": unreadable.line, "startColumn": max(unreadable.column, 1)}
        text = _message(f"{unreadable.file} could not be read: {unreadable.reason}")
        notifications.append({"level": "error", "message": {"text": text}, "locations": [{"physicalLocation": place}]})
    for one in report.unjudged:
        text = _message(f"{one.policy} could not be judged: {one.reason}")
        notifications.append({"level": "error", "message": {"text": text}})
    for odd in report.odd:
        region = {"startLine": max(odd.line, 1), "startColumn": max(odd.column, 1)}
        place = {"artifactLocation": _artifact(odd.file), "region": region}
        message = {"text": _message(f"Odd, but read: {odd.reason}")}
        notifications.append({"level": "warning", "message": message, "locations": [{"physicalLocation": place}]})
    notifications += [{"level": "note", "message": {"text": _message(note)}} for note in report.notes]
    complete = not report.unreadable and not report.unjudged
    return {"executionSuccessful": complete, "toolExecutionNotifications": notifications}


def _fingerprint(identity: tuple[str, ...], occurrence: int) -> str:
    """The same for a finding whose line has moved; different for each of several that are otherwise alike."""
    text = "\0".join(identity)
    return f"{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}:{occurrence}"


def _artifact(file: str) -> Json:
    """A file: relative to the root of the repository, or a file URI."""
    uri = quote(file, safe="/", errors="backslashreplace")
    if file.startswith("/"):
        return {"uri": f"file:///{uri.lstrip('/')}"}
    if _DRIVE.match(file):
        return {"uri": f"file:///{file[:2]}{uri[uri.index('/') :]}"}
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _message(text: str) -> str:
    """A message without links of its own: `[text](address)` is one, even in plain text (SARIF 2.1.0, 3.11.6)."""
    return visible(text).replace("](", "] (")


def _json(value: Json) -> str:
    """JSON on one line, safe to print in a pipeline: see `escape.visible` about log commands."""
    return _encode(value).replace("##", "#\\u0023")
