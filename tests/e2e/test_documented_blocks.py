# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Every block of commands in README and docs, typed into a shell as it stands; what it names is in the sandbox.

Other tests run the blocks in Python (docs/python-api.md) and what the pages about the sandbox itself start.
"""

from __future__ import annotations

import re

import pytest

from .azcli import ROOT
from .test_help_examples import in_a_shell, ready

__all__ = ["ready"]

# What a block needs that no test has, by a text in it.
ELSEWHERE = {
    "sandbox": "starts a sandbox of its own: tests/e2e/test_sandbox_run.py",
    "make ": "builds this repository",
    "az login": "signs in to Azure",
    "az extension add": "installs the wheel: tests/e2e/test_wheel.py",
    "examples/": "the examples' own tests run them: tests/e2e/test_examples.py, test_ci_examples.py",
    "az role ": "gives rights to somebody in Entra: tests/e2e/test_documented_permissions.py",
    "--overlap": "waits for half an hour: tests/e2e/test_migrate.py",
}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = {
    f"{path.relative_to(ROOT).as_posix()} {number}": block
    for path in PAGES
    for number, block in enumerate(
        re.findall(r"^ *```(?:sh|bash)\n(.*?)^ *```", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    )
    if not any(text in block for text in ELSEWHERE)
}


@pytest.mark.tools
@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_the_block_is_understood(warm, ready, block):
    """What comes of it depends on the cluster: a shell, az, kubectl and helm understand every line."""
    folder, ids, config = ready
    text = re.sub(r"\bSOURCE_ID\b", ids["Source"], block)
    text = re.sub(r"\bID ID( \.\.\.)?", f"{ids['First']} {ids['Second']}", text)
    text = text.replace("my-namespace", "shop")
    text = text.replace("-g myResourceGroup -n myAKSCluster", "-g MyResourceGroup -n MyManagedCluster")
    done = in_a_shell(warm, folder, config, text)
    said = f"{text}\n{done.returncode}\n{done.stdout}\n{done.stderr}"
    for wrong in ("Traceback", "unrecognized", "misspelled", "syntax error", "not found\n", "invalid choice", "usage:"):
        assert wrong not in done.stderr, said
    assert "the following arguments are required" not in done.stderr, said
    assert done.returncode in (0, 1, 3), said


def test_blocks_that_are_not_run_are_few():
    assert len(BLOCKS) >= 25
    assert all((ROOT / path).exists() for path in re.findall(r"tests/\S+?\.py", " ".join(ELSEWHERE.values())))
