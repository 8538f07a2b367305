# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Installs what a file of requirements pins: with uv, in a seventh of pip's time, and where uv cannot, with pip.

    python -m scripts.install FILE

pip brings uv, so that nothing but Python needs to be there. uv does not read pip's configuration: what of it decides
where packages come from is told to uv, and with anything that has no counterpart there pip does it all.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

_PINNED = Path(__file__).resolve().parents[1] / "requirements-dev.txt"
# pip's settings and the variables by which uv knows them.
_AS_UV_HAS_IT = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "extra-index-url": ("UV_INDEX",),
    "find-links": ("UV_FIND_LINKS",),
    "cert": ("SSL_CERT_FILE",),
    "proxy": ("HTTPS_PROXY", "HTTP_PROXY"),
    "timeout": ("UV_HTTP_TIMEOUT",),
    "default-timeout": ("UV_HTTP_TIMEOUT",),
}
_SEVERAL = {"UV_INDEX": " ", "UV_FIND_LINKS": ","}
# They change what pip prints, keeps or refuses to do outside of a virtual environment.
_WITHOUT_EFFECT = {
    "break-system-packages",
    "cache-dir",
    "compile",
    "config-file",
    "disable-pip-version-check",
    "no-cache-dir",
    "no-color",
    "no-compile",
    "no-input",
    "no-python-version-warning",
    "no-warn-script-location",
    "progress-bar",
    "quiet",
    "require-virtualenv",
    "retries",
    "root-user-action",
    "verbose",
}


def settings_for_uv(lines: Iterable[str]) -> dict[str, str] | None:
    """Returns the variables that tell uv what pip is told, or None where it cannot be told all of it.

    :param lines: what `pip config list` prints, such as ``global.index-url='https://...'``: the last of a name counts.
    """
    found: dict[str, str] = {}
    for line in lines:
        place, _, value = line.partition("=")
        section, _, name = place.rpartition(".")
        if section.rpartition(".")[2] not in ("global", "install", "", ":env:") or name in _WITHOUT_EFFECT:
            continue
        if name not in _AS_UV_HAS_IT:
            return None
        try:
            said = str(ast.literal_eval(value))
        except (ValueError, SyntaxError):
            return None
        for variable in _AS_UV_HAS_IT[name]:
            found[variable] = _SEVERAL[variable].join(said.split()) if variable in _SEVERAL else said
    if "UV_INDEX" in found:
        # As pip, which takes the best that any of them has.
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return found


def install(requirements: Path, python: str = sys.executable) -> bool:
    """Installs into the environment of a Python.

    :returns: whether all of it is there; else pip has said why not.
    """
    if _with_uv(requirements, python):
        return True
    command = [*_pip(), "--python", python, "install", "--quiet", "-r", str(requirements)]
    return not subprocess.run(command, check=False).returncode


def _with_uv(requirements: Path, python: str) -> bool:
    told = subprocess.run([*_pip(), "config", "list"], check=False, capture_output=True, text=True)
    settings = None if told.returncode else settings_for_uv(told.stdout.splitlines())
    uv = Path(sys.prefix) / "bin" / "uv"
    if settings is None or not (uv.exists() or _bring_uv()):
        return False
    command = [str(uv), "pip", "install", "--quiet", "--python", python, "-r", str(requirements)]
    done = subprocess.run(command, env={**os.environ, **settings}, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"uv could not install {requirements.name}, so pip does:\n{done.stderr}", file=sys.stderr)
    return not done.returncode


def _bring_uv() -> bool:
    """uv is on no more platforms than it has wheels for, and is not built anywhere."""
    pinned = re.search(r"^uv==\S+", _PINNED.read_text("utf-8"), re.MULTILINE)
    if pinned is None:
        return False
    command = [*_pip(), "install", "--quiet", "--only-binary", ":all:", pinned[0]]
    return not subprocess.run(command, check=False, capture_output=True).returncode


def _pip() -> list[str]:
    return [sys.executable, "-m", "pip", "--disable-pip-version-check"]


if __name__ == "__main__":
    sys.exit(not install(Path(sys.argv[1])))
