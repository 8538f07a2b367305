# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a real cluster refused before any policy is known through all that logs and tools put around it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from azext_safeguards.check.explain.cleaning import clean
from azext_safeguards.check.explain.decoding import text_of
from azext_safeguards.check.explain.stages import ended_before
from tests.facts.cluster import answers, session

_TIME = "2026-11-27T10:00:00.1234567Z"


def _stages(text: bytes) -> list[tuple[str, str, str]]:
    return [(one.stage, one.kind, one.name) for one in ended_before(clean(text_of(text)).text)]


def _of_forms() -> list[str]:
    """A recorded text of each form: names and numbers aside, many are alike."""
    forms: dict[str, str] = {}
    texts = [answer.stderr for answer in answers() if answer.stderr] + [step.output for step in session()]
    for text in texts:
        if ended_before(text):
            forms.setdefault(re.sub(r"[\w-]*-[\w-]+|\d+", "", text), text)
    return list(forms.values())


TEXTS = _of_forms()
WRAPPINGS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "colours": lambda text: re.sub(r"\b(Error|Warning|error|The)\b", "\x1b[1;31m\\1\x1b[0m", text),
    "indented": lambda text: "    " + text.replace("\n", "\n    "),
    "GitHub": lambda text: "".join(f"{_TIME} {line}\n" for line in text.splitlines()),
    "GitHub, a log": lambda text: "".join(f"deploy\tApply\t{_TIME} {line}\n" for line in text.splitlines()),
    "Azure DevOps": lambda text: "".join(f"{_TIME} ##[error]{line}\n" for line in text.splitlines()),
    "GitLab": lambda text: "".join(f"\x1b[0;m{line}\r\n" for line in text.splitlines()),
    "quoted": lambda text: "> " + text.replace("\n", "\n> "),
    "klog": lambda text: f"E1127 10:00:00.000000    1234 sync.go:12] {text}",
    "Argo CD": lambda text: (
        'time="2026-11-27T10:00:00Z" level=error msg='
        + json.dumps(f"Sync operation to abc failed: one or more objects failed to apply, reason: {text.strip()}")
        + " application=web"
    ),
    "Argo CD, a status": lambda text: (
        f"Message: one or more objects failed to apply, reason: {text.strip()} (retried 5 times)."
    ),
    "Flux": lambda text: json.dumps({"level": "error", "msg": "Reconciliation failed", "error": text.strip()}),
    "Ansible": lambda text: "fatal: [localhost]: FAILED! => " + json.dumps({"changed": False, "msg": text}),
}


def test_there_is_a_text_of_each_stage() -> None:
    stages = {one.stage for text in TEXTS for one in ended_before(text)}
    assert stages == {"read", "decoded", "validated", "namespace", "warned"}
    assert len(TEXTS) > 15


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_stage_is_known_through_what_stands_around_it(wrapping: str) -> None:
    for text in TEXTS:
        assert _stages(WRAPPINGS[wrapping](text).encode()) == _stages(text.encode()), text
