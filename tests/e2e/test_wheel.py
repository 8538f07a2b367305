# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The wheel that az installs."""

from __future__ import annotations

import zipfile

from .azcli import ROOT


def test_the_wheel_holds_every_file_of_the_package_and_no_other():
    (wheel,) = (ROOT / "dist").glob("*.whl")
    package = ROOT / "azext_safeguards"
    files = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == files
