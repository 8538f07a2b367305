# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a row shows, whether it came with the page or was drawn, and what can be taken away of it."""

from __future__ import annotations

import csv
import io
import json

import pytest

from .conftest import data_rows, drawn, ids, wait

EVERY_TEXT = "[...document.querySelectorAll('#list > tbody')].map(b => [b.id, b.textContent])"


def texts(page):
    """The text of each row with all that it opens to, by id."""
    page.evaluate("document.querySelectorAll('#list details').forEach(one => { one.open = true })")
    wait(page, "!document.querySelector('#list .more [data-f]')")
    return dict(page.evaluate(EVERY_TEXT))


@pytest.mark.parametrize("kind", ["manifests", "cluster", "fleet", "hostile"])
def test_drawn_rows_are_those_that_came_with_the_page(opened, made_pages, kind):
    page = opened(made_pages[kind])
    written, order = texts(page), ids(page)
    cells = drawn(page)
    head = page.locator("#list thead button").last
    head.click()
    assert ids(page) != order or len(order) == 1
    view = page.evaluate("document.querySelector('nav a').getAttribute('href').split('&')[0]")
    page.evaluate("view => { location.hash = view }", view)
    assert ids(page) == order
    assert drawn(page) == cells
    assert texts(page) == written


def test_an_opened_finding_says_all_there_is_to_know(opened, made_pages):
    page = opened(made_pages["manifests"], "#by-policy&state=denied&policy=probes")
    row = page.locator("#list > tbody").first
    row.locator("summary").click()
    more = row.locator(".more")
    shown = data_rows(made_pages["manifests"])
    found = next(one for one in shown if one["id"] == row.get_attribute("id"))
    for words in (
        "What probes wants",
        "Why probes is there.",
        f"{found['file']}:{found['line']}:{found['column']}",
        f"Deployment/{found['name']}",
        f"[azurepolicy-probes] [Implied by gatekeeper-expand-workloads] {found['message']}",
        "How probes is fixed.",
        found["patch"],
        "az aks safeguards policy set -g rg-shop -n aks-shop --policy probes --effect Warn",
        f"az aks leave-out -g rg-shop -n aks-shop {found['namespace']}",
    ):
        assert words in more.text_content()
    assert more.get_by_role("link", name="Documentation").get_attribute("href").startswith("https://")
    assert more.get_by_role("link", name="Link to this finding").get_attribute("href") == f"#{found['id']}"


def test_copy_takes_the_patch_and_says_so(opened, made_pages):
    page = opened(made_pages["manifests"], "#by-policy&state=denied", permissions=["clipboard-read", "clipboard-write"])
    row = page.locator("#list > tbody").first
    row.locator("summary").click()
    button = row.locator(".code").first.get_by_role("button")
    button.click()
    wait(page, "[...document.querySelectorAll('.copy')].some(one => one.textContent === 'Copied')")
    patch = next(one["patch"] for one in data_rows(made_pages["manifests"]) if one["id"] == row.get_attribute("id"))
    assert page.evaluate("navigator.clipboard.readText()") == patch
    assert button.text_content() == "Copied"


def test_copy_works_where_the_clipboard_is_refused(opened, made_pages):
    page = opened(made_pages["manifests"], "#by-policy&state=denied")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    row = page.locator("#list > tbody").first
    row.locator("summary").click()
    button = row.locator(".code").first.get_by_role("button")
    button.click()
    wait(page, "getSelection().toString().startsWith('metadata:')")


def test_saved_files_hold_the_rows_that_match(opened, made_pages):
    page = opened(made_pages["manifests"], "#by-policy&state=denied%2Crefused")
    rows = [row for row in data_rows(made_pages["manifests"]) if row["state"] in ("denied", "refused")]
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as JSON").click()
    assert download.value.suggested_filename == "safeguards-manifests.json"
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert sorted(saved, key=lambda row: row["id"]) == sorted(rows, key=lambda row: row["id"])
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    lines = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert [line["id"] for line in lines] == [row["id"] for row in saved]
    assert [line["patch"] for line in lines] == [row["patch"] for row in saved]


def test_no_cell_of_a_csv_is_a_formula(opened, made_pages):
    page = opened(made_pages["hostile"])
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    cells = [cell for line in csv.reader(io.StringIO(download.value.path().read_bytes().decode())) for cell in line]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)


def test_a_fleet_leads_to_the_pages_of_its_clusters(opened, made_pages):
    page = opened(made_pages["fleet"])
    linked = page.eval_on_selector_all("#list th a", "all => all.map(one => one.getAttribute('href'))")
    assert set(linked) == {row["page"] for row in data_rows(made_pages["fleet"]) if row["page"]}
    page.locator("#list thead button").nth(1).click()
    again = page.eval_on_selector_all("#list th a", "all => all.map(one => one.getAttribute('href'))")
    assert sorted(again) == sorted(linked)
