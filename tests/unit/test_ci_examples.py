# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The pipelines in examples/ci and the commands in the documentation of check are ones that az understands."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import yaml

from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.cli.manifests._params import load_arguments

ROOT = Path(__file__).parents[2]
CI = ROOT / "examples" / "ci"


def read(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text(encoding="utf-8"))


class Arguments:
    """Stands where az registers arguments, and makes a parser of them."""

    def __init__(self) -> None:
        self.parser = argparse.ArgumentParser(exit_on_error=False, allow_abbrev=False)
        self.parser.add_argument("--resource-group", "-g")
        self.parser.add_argument("--only-show-errors", action="store_true")
        for option in ("-o", "--query"):
            self.parser.add_argument(option)

    @contextmanager
    def argument_context(self, command: str) -> Iterator[Any]:
        yield self if command == "aks safeguards check" else MagicMock()

    def argument(self, _: str, options_list: Any = (), arg_type: Any = None, **settings: Any) -> None:
        merged = {**(arg_type.settings if arg_type else {}), **settings}
        known = {name: merged[name] for name in ("nargs", "action", "choices", "type") if name in merged}
        if options_list:
            self.parser.add_argument(*options_list, **known)


@pytest.fixture(scope="module")
def parser() -> argparse.ArgumentParser:
    arguments = Arguments()
    load_arguments(arguments)
    return arguments.parser


def checks() -> Iterator[tuple[str, str]]:
    """Every `az aks safeguards check` of examples and docs/check.md, with where it is."""
    for step in read("github-actions.yml")["jobs"]["check"]["steps"]:
        yield "github-actions.yml", step.get("run", "")
    for step in read("azure-pipelines.yml")["steps"]:
        yield "azure-pipelines.yml", step.get("script", "")
    yield "pre-commit-config.yaml", read("pre-commit-config.yaml")["repos"][0]["hooks"][0]["entry"]
    text = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            yield "docs/check.md", line.strip()


CHECKS = [(place, line) for place, line in checks() if "az aks safeguards check" in line]


def test_each_example_checks():
    assert {place for place, _ in CHECKS} == {
        "github-actions.yml",
        "azure-pipelines.yml",
        "pre-commit-config.yaml",
        "docs/check.md",
    }


@pytest.mark.parametrize(
    ("place", "line"), CHECKS, ids=[f"{place} {number}" for number, (place, _) in enumerate(CHECKS)]
)
def test_az_understands_the_command(parser, place, line):
    words = shlex.split(line.partition("az aks safeguards check")[2])
    parsed = parser.parse_args(words)
    assert parsed.filename
    formats, files = parsed.format or [], parsed.report_file or []
    assert len(files) <= len(formats) <= len(files) + 1
    assert set(parsed.skip or ()) <= set(REGISTRY)


def test_what_the_check_writes_is_what_is_uploaded():
    steps = read("github-actions.yml")["jobs"]["check"]["steps"]
    assert steps[-1]["with"]["sarif_file"] in steps[2]["run"].split()
    assert "cancelled()" in steps[-1]["if"]
    steps = read("azure-pipelines.yml")["steps"]
    assert steps[-1]["inputs"]["testResultsFiles"] in shlex.split(steps[1]["script"])
    assert steps[-1]["condition"] == "succeededOrFailed()"


def test_the_hook_looks_at_all_manifests_when_one_changes():
    (hook,) = read("pre-commit-config.yaml")["repos"][0]["hooks"]
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "deploy/a/b.yaml")
    assert not re.search(hook["files"], "src/deploy.yaml")


def test_links_of_the_page_lead_somewhere():
    text = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / "docs" / target).exists(), target
