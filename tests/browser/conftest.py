# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One browser for each test process. No page may ask for anything, or say anything on the console."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from azext_safeguards.pages import cluster, fleet, manifests
from azext_safeguards.pages.data import data_of, rows_of
from scripts import browser as chromium
from scripts.shop import EPOCH, EXTENSIONS, Pages, make
from tests.e2e.azcli import AzCli
from tests.e2e.warm_az import WarmAz
from tests.unit.pages import made

NO_BROWSER = "there is no Chromium here; see `make browser`"
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a file in a context of its own; at the end nothing but files was asked for and nothing went wrong."""
    contexts = []
    asked: list[str] = []
    said: list[str] = []

    def open_page(path: Path, fragment: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:///", "blob:null/"))] == []


@pytest.fixture(scope="session")
def made_pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of values that were made up, small ones and a large one."""
    folder = tmp_path_factory.mktemp("made")
    texts = {
        "manifests": manifests.page(made.check(), made.CONTEXT),
        "cluster": cluster.page(made.compliance(), made.cluster_context()),
        "fleet": fleet.page(made.fleet(), made.CONTEXT),
        "large": manifests.page(made.check(10_000), made.CONTEXT),
        "hostile": manifests.page(made.hostile(), made.CONTEXT),
    }
    paths = {name: folder / f"{name}.html" for name in texts}
    for name, text in texts.items():
        paths[name].write_text(text, encoding="utf-8")
    return paths


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The pages that the real az makes in the sandbox; made once, whatever the number of test processes."""
    import fcntl

    from sandbox import Sandbox

    folder = tmp_path_factory.getbasetemp()
    if folder.name.startswith("popen-"):
        folder = folder.parent
    folder = folder / "shop"
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / "made.json"
        if not kept.exists():
            shutil.copytree(EXTENSIONS, folder / "cliextensions")
            with Sandbox() as box, WarmAz(AzCli(box, folder, folder / "cliextensions")) as az:
                pages = make(box, folder, lambda line, code=0: az(line, code=code, SOURCE_DATE_EPOCH=EPOCH).out)
                assert box.crashes == []
            kept.write_text(json.dumps([pages.checked, pages.complied, pages.listed]))
        checked, complied, listed = json.loads(kept.read_text())
    return Pages(folder / "manifests.html", folder / "cluster.html", folder / "fleet.html", checked, complied, listed)


def wait(page: Page, expression: str) -> None:
    """Waits until an expression is true. Playwright's own way evaluates text in the page, which the page forbids."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(20)
    pytest.fail(f"never true: {expression}")


def data_rows(path: Path) -> list[dict[str, Any]]:
    """The rows in the data block of a page."""
    return rows_of(data_of(path.read_text(encoding="utf-8")))


def drawn(page: Page) -> list[list[str]]:
    """The text of the cells of all rows that are on the page."""
    cells = "[...document.querySelectorAll('#list > tbody')].map(b => [...b.rows[0].cells].map(c => c.textContent))"
    found: list[list[str]] = page.evaluate(cells)
    return found


def ids(page: Page) -> list[str]:
    """The ids of all rows that are on the page, in their order."""
    found: list[str] = page.evaluate("[...document.querySelectorAll('#list > tbody')].map(b => b.id)")
    return found


def matching(page: Page) -> int:
    """How many rows the page says that there are."""
    return matching_in(page.locator("#shown").text_content() or "")


def matching_in(text: str) -> int:
    """How many rows this text of a page says that there are."""
    said = re.match(r"([\d,]+)(?: of ([\d,]+))?", text)
    assert said
    return int((said[2] or said[1]).replace(",", ""))
