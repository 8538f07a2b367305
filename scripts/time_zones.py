# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writes azext_safeguards/check/apiserver/time_zones.json: the names of the time zones that a CronJob may run in.

    python -m scripts.time_zones

From PyPI's `tzdata`, which has the zones of IANA's database with all their older names, as Go has them.
"""

from __future__ import annotations

import json
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

TARGET = Path(__file__).parent.parent / "azext_safeguards" / "check" / "apiserver" / "time_zones.json"


def text() -> str:
    """The table as it is written: names by what stands before their last slash."""
    names = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    folders: dict[str, list[str]] = {}
    for name in sorted(names):
        folder, _, last = name.rpartition("/")
        folders.setdefault(folder, []).append(last)
    source = f"tzdata {version('tzdata')} (PyPI), IANA time zones {import_module('tzdata').IANA_VERSION}"
    table = {"source": source, "zones": {folder: " ".join(folders[folder]) for folder in sorted(folders)}}
    return json.dumps(table, indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
