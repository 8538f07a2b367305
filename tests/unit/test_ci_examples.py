# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The pipelines in examples/ci and the commands in the documentation of check are ones that az understands."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
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

    def positional(self, *_: Any, **settings: Any) -> None:
        """check takes none."""


@pytest.fixture(scope="module")
def parser() -> argparse.ArgumentParser:
    arguments = Arguments()
    load_arguments(arguments)
    return arguments.parser


def checks() -> Iterator[tuple[str, str]]:
    """Every `az aks safeguards check` of examples and docs/check.md, with where it is."""
    for step in read("github-actions.yml")["jobs"]["check"]["steps"]:
        yield "github-actions.yml", step.get("run", "")
    for line in read("gitlab-ci.yml")["safeguards"]["script"]:
        yield "gitlab-ci.yml", line
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
        "gitlab-ci.yml",
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


def test_what_the_check_writes_is_what_is_shown_and_uploaded():
    _, _, check, shown, uploaded = read("github-actions.yml")["jobs"]["check"]["steps"]
    for step, name in ((shown, "safeguards.md"), (uploaded, "safeguards.sarif")):
        assert name in check["run"].split()
        assert name in str(step.get("run") or step["with"])
        assert "cancelled()" in step["if"]
        assert f"hashFiles('{name}')" in step["if"]
    _, check, shown, published = read("azure-pipelines.yml")["steps"]
    assert published["inputs"]["testResultsFiles"] in shlex.split(check["script"])
    assert shown["script"].partition("]")[2].strip('"') in shlex.split(check["script"])
    assert {step["condition"] for step in (shown, published)} == {"succeededOrFailed()"}
    job = read("gitlab-ci.yml")["safeguards"]
    assert job["artifacts"]["reports"]["junit"] in job["script"][-1].split()
    assert job["artifacts"]["when"] == "always"


def test_a_fork_is_not_asked_to_upload():
    """Its token may only read, so that the upload would fail the job."""
    condition = read("github-actions.yml")["jobs"]["check"]["steps"][-1]["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition
    for name in ("github-actions.yml", "gitlab-ci.yml", "azure-pipelines.yml"):
        assert "fork" in (CI / name).read_text("utf-8").partition("\n\n")[0]


# Those before run on Node 20, which GitHub took away in September 2026; upload-sarif@v3 ends in December.
LIVING = {
    "actions/checkout": 5,
    "actions/setup-python": 6,
    "actions/upload-artifact": 6,
    "github/codeql-action/upload-sarif": 4,
}
WORKFLOWS = sorted([*CI.glob("*github-actions.yml"), *(ROOT / ".github" / "workflows").glob("*.y*ml")])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_live_on(path):
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
    used = [step["uses"].split("@v") for job in jobs for step in job["steps"] if "uses" in step]
    assert used
    assert [(name, version) for name, version in used if int(version) < LIVING[name]] == []


AZURE = ["--regex-variant", "nonunicode", "--data-transform", "azure-pipelines"]
PIPELINES = [
    *((path, "vendor.github-workflows", []) for path in WORKFLOWS),
    *((path, "vendor.gitlab-ci", []) for path in CI.glob("*gitlab-ci.yml")),
    *((path, "vendor.azure-pipelines", AZURE) for path in CI.glob("*azure-pipelines.yml")),
]


def test_every_pipeline_is_held_to_a_schema():
    assert {path for path, *_ in PIPELINES} >= {path for path in CI.iterdir() if "pre-commit" not in path.name}
    assert len(PIPELINES) == 7


@pytest.mark.parametrize(("path", "schema", "options"), PIPELINES, ids=lambda value: getattr(value, "name", ""))
def test_pipelines_fit_the_published_schemas(path, schema, options):
    """By check-jsonschema, which brings the schemas."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [".pre-commit-config.yaml", "examples/ci/pre-commit-config.yaml"])
def test_hooks_are_ones_that_pre_commit_takes(path):
    command = [sys.executable, "-m", "pre_commit", "validate-config", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_our_own_hooks_and_workflow_run_what_make_has():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    lines = [hook["entry"] for hook in hooks]
    lines += re.findall(r"`(make [a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))
    lines += [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]
    made = [line.split()[1] for line in lines if line.startswith("make ")]
    assert "test" in made
    assert set(made) <= set(targets)


def test_the_hook_looks_at_all_manifests_when_one_changes():
    (hook,) = read("pre-commit-config.yaml")["repos"][0]["hooks"]
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "deploy/a/b.yaml")
    assert not re.search(hook["files"], "src/deploy.yaml")


def test_links_of_the_page_lead_somewhere():
    for page in (ROOT / "docs" / "check.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), target


def test_what_a_contributor_is_sent_to_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = set(re.findall(r"`((?:azext_safeguards|sandbox|scripts|tests)/[\w./]*)`", text))
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []
