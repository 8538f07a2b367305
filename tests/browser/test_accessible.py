# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""For everybody: axe finds nothing, light and dark, wide and narrow, and the keyboard alone is enough."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import drawn, ids, matching, wait


def violations(page):
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["manifests", "cluster", "fleet"])
def test_axe_finds_nothing(opened, made_pages, kind, scheme):
    page = opened(made_pages[kind], color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one, at) => { one.open = at % 5 === 0 })")
    assert violations(page) == []
    page.locator("nav.views a").last.click()
    page.locator("button[data-s]").first.click()
    assert violations(page) == []


def test_axe_finds_nothing_on_a_telephone_and_without_script(opened, made_pages):
    assert violations(opened(made_pages["manifests"], viewport={"width": 360, "height": 780})) == []
    assert violations(opened(made_pages["fleet"], viewport={"width": 360, "height": 780}, color_scheme="dark")) == []


def test_headings_captions_and_scopes_are_there(opened, made_pages):
    for kind in ("manifests", "cluster", "fleet"):
        page = opened(made_pages[kind])
        assert page.locator("h1").count() == 1
        for table in page.locator("table").all():
            assert table.locator("caption").count() == 1
        assert page.locator("thead th:not([scope=col]), tbody th:not([scope=row])").count() == 0
        assert page.locator("section:not([aria-labelledby])").count() == 0


def test_the_keyboard_alone_is_enough(opened, made_pages):
    page = opened(made_pages["manifests"])
    keys = page.keyboard
    keys.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    order = []
    for _ in range(200):
        keys.press("Tab")
        order.append(
            page.evaluate("(one => one.tagName + ' ' + (one.id || one.textContent.trim()))(document.activeElement)")
        )
        if order[-1] == "INPUT search":
            break
    assert order[-1] == "INPUT search"
    assert any(one.startswith("A By object") for one in order)
    keys.type("probes")
    count = matching(page)
    assert 0 < count < 48
    keys.press("Tab")
    keys.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    keys.press("Space")
    while not page.evaluate("document.activeElement.matches('#list thead button')"):
        keys.press("Tab")
    keys.press("Enter")
    assert page.locator("#list thead th").first.get_attribute("aria-sort") == "ascending"
    while page.evaluate("document.activeElement.tagName") != "SUMMARY":
        keys.press("Tab")
    keys.press("Enter")
    assert page.locator("#list details[open]").count() == 1
    # Opening is told to the script a moment later.
    wait(page, "document.querySelector('#list details[open] .copy') !== null")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.className") == "copy"


def test_the_focus_is_seen(opened, made_pages):
    page = opened(made_pages["manifests"])
    for selector in ("nav.views a", "#search", "button[data-s]", "#list thead button", "#list summary", "a.count"):
        page.locator(selector).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2, selector


def test_states_are_words_and_signs_not_colours_alone(opened, made_pages):
    page = opened(made_pages["manifests"])
    signs = page.evaluate(
        "[...document.querySelectorAll('#list .st')].map(one => [one.textContent,"
        " getComputedStyle(one, '::before').content])"
    )
    assert all(text and sign not in ("none", "normal") for text, sign in signs)
    assert len(drawn(page)) == len(ids(page)) == len(signs)
