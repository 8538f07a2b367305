# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a real API server and Gatekeeper answered, see README.md."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_FOLDER = Path(__file__).parent


class Answer(NamedTuple):
    """What `kubectl apply --dry-run=server` said about one file."""

    file: str
    manifest: str
    exit: int
    stdout: str
    stderr: str

    def messages(self) -> list[str]:
        """The messages of standard error, each with all its lines; the file is called F."""
        text = self.stderr.replace(f'"{self.file}"', '"F"').strip()
        return re.split(r"\n(?=The |Error |error: |Warning: )", text) if text else []


@cache
def answers() -> list[Answer]:
    """All recorded answers."""
    return [Answer(**json.loads(line)) for line in _FOLDER.joinpath("answers.jsonl").open(encoding="utf-8")]


@cache
def quantities() -> list[dict[str, Any]]:
    """All recorded quantities."""
    return [json.loads(line) for line in _FOLDER.joinpath("quantities.jsonl").open(encoding="utf-8")]


class Step(NamedTuple):
    """One command of the recorded session."""

    command: str
    output: str
    """Both outputs, standard error where the terminal had it."""
    exit: int
    policies: str
    """warn or deny, what policies do from this step on; "" where that stays as it is."""


def session_files() -> dict[str, str]:
    """The files of the recorded session by name."""
    head = _SESSION.read_text(encoding="utf-8").partition("\n== ")[0]
    found = dict(re.findall(r"^--- (\S+)\n(.*?)(?=^--- |\Z)", head, re.M | re.S))
    return {**found, "dep3.yaml": found["dep.yaml"].replace("replicas: 2", "replicas: 3")}


def session() -> list[Step]:
    """The commands of the recorded session in their order."""
    steps, policies = [], ""
    text = _SESSION.read_text(encoding="utf-8")
    for match in re.finditer(r"^== policies on (\w+)|^\$ (.*?)\n(.*?)^\[exit (\d+)\]", text, re.M | re.S):
        if match[1]:
            policies = match[1]
        else:
            steps.append(Step(match[2], match[3], int(match[4]), policies))
            policies = ""
    return steps


_SESSION = _FOLDER / "session.txt"
