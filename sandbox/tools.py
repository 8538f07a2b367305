# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where the pinned kubectl and helm lie that tests, demo and sandbox use; scripts.tools puts them there."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / ".venv" / "tools"
NAMES = ("kubectl", "helm")


def unserved(system: str | None = None, machine: str | None = None) -> str:
    """Return why there are no pinned tools on a platform, by default on this one; empty where there are."""
    system, machine = system or sys.platform, machine or platform.machine()
    if system == "linux" and machine.lower() in ("x86_64", "amd64"):
        return ""
    return f"the pinned kubectl and helm are programs for linux x86_64, and this is {system} {machine}"


def missing() -> list[str]:
    """Return the names of the tools that are not there."""
    return [name for name in NAMES if not os.access(FOLDER / name, os.X_OK)]


def before(path: str) -> str:
    """Return a PATH on which the pinned tools come before all others, and come once."""
    folders = [folder for folder in path.split(os.pathsep) if folder and folder != str(FOLDER)]
    return os.pathsep.join([str(FOLDER), *folders])
