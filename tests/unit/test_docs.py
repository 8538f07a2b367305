# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What documentation names is there: files, anchors, versions, policies; and pages are short enough to be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from azext_safeguards.check.mutations import REGISTRY as MUTATIONS
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")],
    key=lambda path: path.as_posix(),
)
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
LONGEST = 250
# As a terminal has it; what is wider is a list.
WIDEST_TABLE = 120


def prose(text: str) -> str:
    """The text without what stands in code: examples of links are none."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(path: Path) -> set[str]:
    """The anchors of a page: those that its headings get on GitHub, and those that it sets itself."""
    text = path.read_text(encoding="utf-8")
    headings = re.findall(
        r"^#+ +(.+?) *$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    found = {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", one).lower()).replace(" ", "-") for one in headings}
    return found | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_pages_are_short(page):
    assert len(page.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_tables_fit_a_terminal(page):
    """Without the addresses of links and without anchors, which no reader sees."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            seen = re.sub(r"\]\([^)]*\)", "]", re.sub(r'<a id="[^"]*"></a>', "", line))
            assert len(seen) <= WIDEST_TABLE, line


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_versions_are_ones_that_are_there(page):
    """A version of the safeguards, of the extension or of azure-cli that is written down is no stale one."""
    text = page.read_text(encoding="utf-8")
    for version in set(re.findall(r"--(?:safeguards-)?version[ =](v?\d+\.\d+\.\d+)", text)):
        assert f"v{version.removeprefix('v')}" in PROFILE_VERSIONS, version
    own = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    for version in set(re.findall(r"safeguards-(\d+\.\d+\.\d+)-py3", text)):
        assert own
        assert version == own[1]
    pinned = re.search(r"^azure-cli==(\S+)", (ROOT / "requirements-dev.txt").read_text("utf-8"), re.MULTILINE)
    least = re.search(
        r'"azext.minCliCoreVersion": "([^"]+)"', (ROOT / "azext_safeguards" / "azext_metadata.json").read_text()
    )
    assert pinned
    assert least
    for version in set(re.findall(r"azure-cli (\d+\.\d+\.\d+)", text)):
        assert version in (pinned[1], least[1]), version


def test_every_policy_has_an_anchor():
    assert anchors(ROOT / "docs" / "policies.md") >= {*REGISTRY, *MUTATIONS}


def test_the_troubleshooting_page_begins_with_what_kubectl_printed():
    headings = re.findall(
        r"^## (.+)$", (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert headings[0] == "kubectl printed this"
