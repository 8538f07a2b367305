# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Kubernetes 1.34.4 says of objects that are a step away from good ones.

Recorded with a Go program of 170 lines that decodes, fills in and validates with those packages of k8s.io/kubernetes
that the API server is made of (pkg/api/legacyscheme, `rest.BeforeCreate` with the strategies of pkg/registry); it
prints the texts that the recorded cluster (tests/facts/cluster) printed. A field of each object was left out or given
one of forty values; kept is one row for each text, of those that are told here in the same words (what is told in
others is told by docs/check.md, such as CEL). The strategies of CustomResourceDefinitions and APIServices are those of
k8s.io/apiextensions-apiserver and k8s.io/kube-aggregator v0.34.4.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_HERE = Path(__file__).parent
# Texts that come often, and what rows.jsonl has in their place.
TEXTS = {
    "<subdomain>": (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    ),
    "<label>": (
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    ),
    "<label value>": (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    ),
    "<qualified>": (
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    ),
    "<config key>": (
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
        "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
    ),
    "<percent>": (
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used "
        "for validation is '[0-9]+%')"
    ),
}


class Row(NamedTuple):
    """A variant of an object and what the API server says of it."""

    number: int
    """Of the object in objects.yaml."""

    name: str
    document: dict[str, Any]
    code: int
    told: list[str]


@cache
def objects() -> list[dict[str, Any]]:
    """The objects that are taken as they stand."""
    return list(yaml.safe_load_all((_HERE / "objects.yaml").read_text(encoding="utf-8")))


def rows(number: int | None = None) -> list[Row]:
    """The variants, each made anew: all of them, or those of one object."""
    return [_row(objects(), line) for line in _lines() if number in (None, line[0])]


@cache
def _lines() -> list[list[Any]]:
    lines = (_HERE / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _row(known: list[dict[str, Any]], line: list[Any]) -> Row:
    """A row of [object, path, value, status, texts]; the value DEL leaves the field out, DUP doubles the first item."""
    number, where, value, code, texts = line
    steps = where.split(".") if isinstance(where, str) else where
    document = variant(known[number], steps, value)
    name = f"{document['kind']} {'.'.join(map(str, steps))} {value!r:.30}"
    return Row(number, name, document, code, [_long(text) for text in texts])


def variant(known: dict[str, Any], steps: list[Any], value: Any) -> dict[str, Any]:
    """An object with another value at a path; DEL leaves the field out, DUP doubles the first item of a list."""
    document = copy.deepcopy(known)
    inner: Any = document
    for step in steps[:-1]:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    last = int(steps[-1]) if isinstance(inner, list) else steps[-1]
    if value == "DEL":
        del inner[last]
    elif value == "DUP":
        inner[last] = [*inner[last], copy.deepcopy(inner[last][0])]
    else:
        inner[last] = copy.deepcopy(value)
    return document


def _long(text: str) -> str:
    for short, long in TEXTS.items():
        text = text.replace(short, long)
    return text
