# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The texts that docs/troubleshooting.md quotes are said by the extension."""

from __future__ import annotations

import ast
import functools
import re

import pytest

from .azcli import ROOT

SECTIONS = ("What diagnose says", "Errors of the flags", "Warnings")
# What az, AKS or Resource Manager say, not we.
NOT_OURS = (
    "unrecognized arguments",
    "is not a valid value",
    "already exists",
    "Number of 'read' requests",
    "(Resource",
)
NOT_OURS += ("(OperationNotAllowed)", "--safeguards-level")


@functools.cache
def source_texts():
    """Every text of the extension's code, one a line, `...` where a value is put in that is not known before."""
    return "\n".join(_texts())


def _texts():
    known = {
        "NAMESPACE": "Microsoft.ContainerService",
        "FEATURE": "SafeguardsPreview",
        "POLICY_INSIGHTS": "Microsoft.PolicyInsights",
        "ASSIGNMENT_NAME": "aks-deployment-safeguards-policy-assignment",
        "MAX_OVERRIDES": "10",
    }

    def text(node):
        if isinstance(node, ast.Constant):
            return str(node.value)
        return known.get(getattr(node.value, "id", ""), "...")

    for path in (ROOT / "azext_safeguards").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(text(part) for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value.replace("%s", "...")


def documented_texts():
    """What each entry quotes before it says what that means: `- `said`, `said`: meaning. **Do**: ...`."""
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    for title in SECTIONS:
        section = page.split(f"## {title}\n")[1].split("\n## ")[0]
        for entry in re.split(r"^- ", section.strip(), flags=re.MULTILINE)[1:]:
            text = re.sub(r"\s+", " ", entry)
            quoted = re.match(r"(?:\*\*[^*]+\*\*, )?(?:[^:`]*`[^`]+`)+[^:`]*:", text)
            assert quoted, text
            said = re.findall(r"`([^`]+)`", quoted[0])
            yield from (text for text in said if not any(part in text for part in NOT_OURS))


@pytest.mark.parametrize("said", list(documented_texts()))
def test_the_troubleshooting_page_quotes_what_is_said(said):
    for part in said.split("..."):
        # Where the page has a state for an example, the code puts one in.
        pattern = re.sub("Stopped|Failed|NotRegistered|DoNotEnforce", ".{1,40}", re.escape(part.strip(" '")))
        assert re.search(pattern, source_texts()), part
