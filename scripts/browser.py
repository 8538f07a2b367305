# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Finds Chromium for the tests of pages and for the picture, and installs Debian's where that is possible.

`make browser` runs it. It never fails: where there is no browser the tests say at their end what was not tested.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: What draws without a window comes first: the same engine, which opens a page with a third of the work.
_NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
#: Debian's packages, the second where there is no first.
_PACKAGES = ("chromium-headless-shell", "chromium")
#: Without the user's profile, a GPU, or anything that asks the network on its own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_APT = ("apt-get", "-y", "-qq", "-o", "DPkg::Lock::Timeout=300")


def find() -> str | None:
    """The browser: what CHROMIUM names, else the first of the usual names on PATH; None where there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def install() -> None:
    """Installs Debian's package where this is a Debian and its administrator asks."""
    if find() or not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    if _apt("update"):
        any(_apt("install", "--no-install-recommends", package, "fonts-dejavu-core") for package in _PACKAGES)


def _apt(*words: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return not subprocess.run([*_APT, *words], env=environment, stdout=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    """Installs what is missing and says what there is."""
    install()
    found = find()
    if found:
        print(f"browser: {found}")
    else:
        print(
            "NO BROWSER: tests/browser will be skipped. Install chromium, or name one: CHROMIUM=PATH", file=sys.stderr
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
