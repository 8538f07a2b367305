# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writes docs/page.png, a page that the real az makes of a small company's manifests, as a picture: `make picture`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sandbox import Sandbox
from scripts import browser
from scripts.shop import ROOT, make

PICTURE = ROOT / "docs" / "page.png"
_VIEW = "#by-policy&policy=probes&state=denied"
# So that the table of counts, the list and an opened finding are on it.
_WIDTH, _HEIGHT = 1280, 1720


def main() -> int:
    """Makes the pages in the sandbox and takes the picture."""
    from playwright.sync_api import sync_playwright

    chromium = browser.find()
    if chromium is None:
        print("There is no Chromium here: docs/page.png stays as it is. See `make browser`.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, Sandbox() as box:
        pages = make(box, Path(folder))
        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(executable_path=chromium, args=list(browser.FLAGS))
            page = launched.new_page(viewport={"width": _WIDTH, "height": _HEIGHT}, color_scheme="light")
            page.goto(pages.manifests.as_uri() + _VIEW)
            page.locator("#list summary").first.click()
            page.mouse.move(0, 0)
            page.evaluate("document.activeElement.blur()")
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=PICTURE)
            launched.close()
    print(f"wrote {PICTURE.relative_to(ROOT)}, {PICTURE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
