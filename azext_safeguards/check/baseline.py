# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A baseline: findings that are known, so that only new ones count.

The file is JSON, sorted, one finding a line, for a diff that can be read in a review. A finding is known by its file,
object, policy and message, and how many there are of it; not by its line, which changes with every edit above it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.findings import Finding

VERSION = 1
MOST_BYTES = 64 * 1024 * 1024
"""What a baseline may have: the findings of a hundred thousand manifests, and far less than the memory of a machine."""

_REWRITE = ("az aks safeguards check -f deploy/ --baseline FILE --write-baseline",)


class Entry(NamedTuple):
    """What identifies a finding. The fields are those of `Finding`."""

    file: str
    kind: str
    namespace: str
    name: str
    policy: str
    message: str


class Split(NamedTuple):
    """Findings by whether a baseline knows them."""

    new: list[Finding]
    known: list[Finding]
    stale: list[Entry]
    """Entries that were found fewer times than the baseline says: fixed, moved or renamed. Sorted."""


class Baseline:
    """Known findings and how many there are of each."""

    def __init__(self, counts: Counter[Entry]) -> None:
        self._counts = counts

    def __len__(self) -> int:
        return self._counts.total()

    def split(self, findings: Iterable[Finding]) -> Split:
        """Which findings are new. Of findings that are alike, the first ones are the known ones."""
        left = self._counts.copy()
        split = Split([], [], [])
        for finding in findings:
            entry = _entry(finding)
            if left[entry] > 0:
                left[entry] -= 1
                split.known.append(finding)
            else:
                split.new.append(finding)
        split.stale.extend(sorted(entry for entry, count in left.items() if count > 0))
        return split


def write(findings: Iterable[Finding]) -> str:
    """The text of a baseline file that knows these findings. The same findings give the same text in any order."""
    counts = Counter(_entry(finding) for finding in findings)
    lines = [json.dumps({**entry._asdict(), "count": count}) for entry, count in sorted(counts.items())]
    listed = "\n" + ",\n".join(f"    {line}" for line in lines) + "\n  " if lines else ""
    return f'{{\n  "version": {VERSION},\n  "findings": [{listed}]\n}}\n'


def read(text: str) -> Baseline:
    """The baseline in the text of a file. Raises `CheckError` when it is none."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _malformed(f"it is no JSON ({error})") from None
    if not isinstance(content, dict) or not isinstance(content.get("findings"), list):
        raise _malformed("it has no list 'findings'")
    if content.get("version") != VERSION:
        raise _malformed(f"its version is {content.get('version')!r}, and only {VERSION} is known")
    counts: Counter[Entry] = Counter()
    for number, item in enumerate(content["findings"], 1):
        entry, count = _read_entry(number, item)
        counts[entry] += count
    return Baseline(counts)


def _entry(finding: Finding) -> Entry:
    return Entry(finding.file, finding.kind, finding.namespace, finding.name, finding.policy, finding.message)


def _read_entry(number: int, item: Any) -> tuple[Entry, int]:
    """One finding of the file, the `number`th, and its count. Raises `CheckError`."""
    if not isinstance(item, dict):
        raise _malformed(f"finding {number} is not an object")
    for field in Entry._fields:
        if not isinstance(item.get(field), str):
            raise _malformed(f"finding {number} has no text '{field}'")
    count = item.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise _malformed(f"finding {number} has no 'count' of 1 or more")
    return Entry(*(item[field] for field in Entry._fields)), count


def _malformed(reason: str) -> CheckError:
    return CheckError(f"The baseline cannot be used: {reason}.", _REWRITE)
