# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server 1.34.4 with Gatekeeper 3.23.1 says of objects that are one to five steps away from good ones.

Recorded on 2026-11-28 from a cluster that was built of the Go modules k8s.io/kubernetes v1.34.4, go.etcd.io/etcd v3.6.4
and github.com/open-policy-agent/gatekeeper/v3 v3.23.1, with the policies, expansion and parameters that
tests/facts/cluster/README.md tells, and with --allow-privileged as AKS has it. It gave all 172 answers of that folder
word for word. Each object was created in a dry run with strict validation of fields, its members in the order of their
names, as kubectl sends them.

The words of anti-affinity are today's, which also knows topology spread constraints, and the Pod of a CronJob is named
as if the Job in between had not been expanded; see there.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.facts.validation import TEXTS, variant

_HERE = Path(__file__).parent
_SHORT = {
    "[i] ": "[Implied by expand-workloads] ",
    "<spread>": (
        " replicas should have either podAntiAffinity or topologySpreadConstraints set to avoid disruptions due to "
        "nodes crashing"
    ),
    "<pulls>": " does not have imagePullSecrets. Unauthenticated image pulls are not recommended.",
    "<probes>": '. Required probes: ["readinessProbe", "livenessProbe"]',
}


class Row(NamedTuple):
    """A variant of an object and what is said of it."""

    name: str
    document: dict[str, Any]
    code: int
    """201 where it is taken, 400 where it is not decoded, 422 where it is not valid, 403 where policies deny it."""

    told: list[str]
    """The texts in their order: each with `[POLICY] ` in front where policies deny it."""


@cache
def rows() -> list[Row]:
    """All variants."""
    known = list(yaml.safe_load_all((_HERE / "objects.yaml").read_text(encoding="utf-8")))
    lines = (_HERE / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    return [_row(number, known, *json.loads(line)) for number, line in enumerate(lines)]


def _row(
    number: int, known: list[dict[str, Any]], base: int, steps: list[list[Any]], code: int, told: list[str]
) -> Row:
    """A row of [object, [[path, value], ...], status, texts]; DEL leaves a field out, DUP doubles the first item."""
    document = known[base]
    for path, value in steps:
        document = variant(document, path.split("."), value)
    return Row(f"{number} {document['kind']} {code}", document, code, [_long(text, code) for text in told])


def _long(text: str, code: int) -> str:
    for short, long in {**_SHORT, **TEXTS}.items():
        if short != "[i] " or code == 403:
            text = text.replace(short, long)
    return text
