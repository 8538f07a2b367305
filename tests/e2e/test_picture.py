# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""docs/demo.svg, the picture in README.md, shows what az prints now."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from scripts import picture

from .azcli import ROOT

TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.fixture(scope="module")
def shots(installed):
    return picture.play(installed.extensions)


def shown(svg):
    """The words on the screen, without the spaces, which depend on where lines are broken."""
    words = [text.text for text in ElementTree.fromstring(svg).iter(TEXT) if "title" not in text.get("class")]
    return re.sub(r"\s", "", "".join(words))


def test_it_shows_what_az_prints_now(shots):
    committed = picture.PICTURE.read_text(encoding="utf-8")
    said = "".join(f"${shot.command}{shot.output}" for shot in shots)
    assert shown(committed) == re.sub(r"\s", "", said), "run `make picture`"
    assert committed == picture.draw(shots), "run `make picture`"


def test_it_is_drawn_alike_whatever_the_terminal_is(shots, monkeypatch):
    drawn = picture.draw(shots)
    for name, value in {"COLUMNS": "40", "NO_COLOR": "1", "TERM": "dumb", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert picture.draw(shots) == drawn


def test_a_changed_word_is_noticed(shots):
    changed = [picture.Shot(shot.command, shot.output.replace("deny", "allow")) for shot in shots]
    assert shown(picture.draw(changed)) != shown(picture.draw(shots))


def test_it_asks_no_host_for_anything():
    svg = picture.PICTURE.read_text(encoding="utf-8")
    assert set(re.findall(r"\w+://[^\s\"')<]+", svg)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|@font-face|<script|<image|href=", svg)


def test_the_readme_shows_it():
    assert "](docs/demo.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
