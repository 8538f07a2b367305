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
