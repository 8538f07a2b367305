# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import io
import os
import sys
from pathlib import Path

import pytest

from azext_safeguards.check.findings import UnreadableFile
from azext_safeguards.check.sources.find import find_sources

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Writes files below an empty working directory: `tree("a/b.yaml", "c.json")` or `tree({"a.yaml": "text"})`."""
    monkeypatch.chdir(tmp_path)

    def write(*names):
        for name in names:
            for path, text in name.items() if isinstance(name, dict) else [(name, CONFIG_MAP)]:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).write_text(text)

    return write


@pytest.fixture
def found():
    """The names of what is found; what is unreadable as (name, reason)."""

    def find(*names, stdin=b"", values=()):
        return [
            (item.file, item.reason) if isinstance(item, UnreadableFile) else item.name
            for item in find_sources(names, io.BytesIO(stdin), values)
        ]

    return find


@pytest.fixture
def programs(tmp_path_factory, monkeypatch):
    """Makes PATH a folder of programs written in Python: `programs(helm="print(1)")`; none at all without a call."""
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", str(folder))

    def write(**scripts):
        for name, script in scripts.items():
            program = folder / name
            program.write_text(f"#!{sys.executable} -S\n{script}\n")
            os.chmod(program, 0o755)

    return write
