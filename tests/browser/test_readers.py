# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Readers without script, behind a strict policy of a server, and on paper."""

from __future__ import annotations

import http.server
import io
import threading
import unicodedata

import pytest
from pypdf import PdfReader

from .conftest import data_rows, drawn, ids

# What Jenkins sends with artifacts (jenkins.io, "Configuring Content Security Policy").
_JENKINS = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"


def test_without_script_the_first_rows_are_there_and_open(opened, made_pages):
    page = opened(made_pages["large"], java_script_enabled=False)
    assert page.locator("#list > tbody").count() == 500
    assert "500 of 10,009 findings are listed here" in page.locator("#shown").text_content()
    assert page.locator("#tools").is_hidden()
    row = page.locator("#list > tbody").nth(7)
    row.locator("summary").click()
    assert row.locator(".more pre").first.is_visible()
    row.get_by_role("link", name="What it means, and commands").click()
    for view in ("by-policy", "by-namespace", "by-object"):
        assert page.locator(f"section#{view} table").is_visible()
    small = opened(made_pages["manifests"], java_script_enabled=False)
    assert small.locator("#list > tbody").count() == len(data_rows(made_pages["manifests"]))
    row = small.locator("#list > tbody", has_text="probes").nth(1)
    row.locator("summary").click()
    assert row.get_by_text("Only warn").is_visible()


def test_behind_the_policy_of_jenkins_all_can_be_read(browser, made_pages):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments, **more):
            super().__init__(*arguments, directory=str(made_pages["manifests"].parent), **more)

        def end_headers(self):
            self.send_header("Content-Security-Policy", _JENKINS)
            super().end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context()
    try:
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"http://127.0.0.1:{server.server_port}/manifests.html")
        assert page.locator("#list > tbody").count() == len(data_rows(made_pages["manifests"]))
        assert page.locator("#list summary").first.is_visible()
        assert page.locator("h1").is_visible()
        assert len(asked) == 1
    finally:
        context.close()
        server.shutdown()


@pytest.mark.parametrize("script", [True, False])
def test_paper_has_all_texts_and_repeats_the_heads(opened, made_pages, script):
    page = opened(made_pages["manifests"], java_script_enabled=script)
    pages = [one.extract_text() for one in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]
    # Ligatures are one character on paper.
    text = unicodedata.normalize("NFKC", "".join("".join(pages).split()))
    for row in data_rows(made_pages["manifests"]):
        for word in (row["name"], row["message"], row["patch"], row["file"]):
            assert "".join(word.split()) in text, word
    for words in ("Why probes is there.", "By namespace", "By object", "--policy probes --effect Warn"):
        assert "".join(words.split()) in text
    assert len(pages) > 3
    assert sum("State" in one and "Policy" in one for one in pages) > 3


def test_print_draws_what_was_not_drawn_and_closes_again(opened, made_pages):
    page = opened(made_pages["large"], "#by-policy&policy=probes&state=warned")
    before = len(ids(page))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(ids(page)) > before
    assert page.locator("#list details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#list details[open]").count() == 0
    assert drawn(page)
