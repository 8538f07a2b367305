# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Names that want to be markup, scripts, links or another direction are text, and break nothing."""

from __future__ import annotations

import pytest

from azext_safeguards.pages.element import visible
from tests.unit.pages.made import HOSTILE

from .conftest import ids


def test_hostile_texts_are_shown_and_never_run(opened, made_pages):
    page = opened(made_pages["hostile"])
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    for head in page.locator("#list thead button").all():
        head.click()
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    for link in page.locator("nav.views a").all():
        link.click()
    assert page.evaluate("window.broken") is None
    text = page.locator("body").text_content()
    for name in HOSTILE:
        assert visible(name) in text
    assert (
        page.evaluate("document.querySelectorAll('img, iframe, object, embed, form, base, [onerror], [style]').length")
        == 0
    )
    addresses = page.eval_on_selector_all("[href]", "all => all.map(one => one.getAttribute('href'))")
    assert all(address.startswith(("#", "https://learn.microsoft.com/")) for address in addresses)


def test_hostile_names_lead_to_their_rows(opened, made_pages):
    page = opened(made_pages["hostile"])
    for number, name in enumerate(HOSTILE):
        link = page.locator("section#by-policy tbody tr", has=page.locator("th", has_text=visible(name))).first
        if not number % 3 and link.count():
            link.locator("a.count").last.click()
            assert len(ids(page)) >= 1
            page.go_back()


@pytest.mark.parametrize("width", [360, 1160, 1250, 1280])
def test_nothing_is_wider_than_the_window(opened, made_pages, width):
    for kind in ("hostile", "manifests", "cluster", "fleet"):
        page = opened(made_pages[kind], viewport={"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for link in page.locator("nav.views a").all():
            link.click()
            widest = page.evaluate(
                "Math.max(document.documentElement.scrollWidth,"
                " ...[...document.querySelectorAll('body *')].map(one => one.getBoundingClientRect().right))"
            )
            assert widest <= width, kind
