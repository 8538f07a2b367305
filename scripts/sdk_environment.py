# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Makes .venv/sdk, where the Python API and Microsoft's SDKs are installed as docs/python-api.md tells users to.

    python -m scripts.sdk_environment

Runs the page's own install lines, so that a line that forgets something fails here. What they install is pinned by
requirements-sdk.txt, as constraints.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(sys.prefix) / "sdk"
PAGE = ROOT / "docs" / "python-api.md"


def install_lines(page: str) -> list[list[str]]:
    """The commands of the page that begin with `pip install`, as words."""
    found = re.findall(r"^(?:    )?(pip install .*)$", page, re.MULTILINE)
    return [shlex.split(line) for line in found]


def main() -> None:
    """Makes the environment, or brings an older one up to date."""
    if not (FOLDER / "bin" / "pip").exists():
        venv.create(FOLDER, with_pip=True)
    # pip takes a wheel of the same version for the one that is there.
    _run(["pip", "uninstall", "--quiet", "--yes", "safeguards"])
    lines = install_lines(PAGE.read_text("utf-8"))
    if not lines:
        raise SystemExit(f"{PAGE} has no line that begins with 'pip install'.")
    for line in lines:
        _run(line)


def _run(line: list[str]) -> None:
    """Runs a command of the environment at the root of the repository, which is where the page says it is run."""
    settings = {"PIP_CONSTRAINT": str(ROOT / "requirements-sdk.txt"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [str(FOLDER / "bin" / line[0]), *line[1:]]
    subprocess.run(command, env={**os.environ, "PIP_QUIET": "1", **settings}, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
