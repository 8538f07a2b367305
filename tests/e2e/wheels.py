# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Builds wheels of tiny az extensions, to stand beside ours as other people's extensions do."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from .azcli import AzCli

LOADER = """
from azure.cli.core import AzCommandsLoader
from azure.cli.core.commands import CliCommandType

{body}

COMMAND_LOADER_CLS = Loader
"""
_METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 9.9.9\nSummary: Fake.\n"
_WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build(folder: Path, name: str, body: str, custom: str = "") -> Path:
    """Writes the wheel of an extension.

    :param body: the source of its class `Loader`.
    :param custom: the source of its module `custom`.
    """
    package = f"azext_{name.replace('-', '_')}"
    distribution = f"{name.replace('-', '_')}-9.9.9"
    files = {
        f"{package}/__init__.py": LOADER.format(body=body),
        f"{package}/custom.py": custom,
        f"{package}/azext_metadata.json": '{"azext.minCliCoreVersion": "2.60.0"}',
        f"{distribution}.dist-info/METADATA": _METADATA.format(name=name),
        f"{distribution}.dist-info/WHEEL": _WHEEL,
        f"{distribution}.dist-info/top_level.txt": f"{package}\n",
    }
    record = f"{distribution}.dist-info/RECORD"
    files[record] = "".join(f"{path},,\n" for path in [*files, record])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{distribution}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


def az_with(installed: AzCli, folder: Path, wheel: Path) -> AzCli:
    """az with our extension and another one, in a configuration and an extension folder of their own.

    az loses its way when one configuration is used with two extension folders.
    """
    extensions = folder / "cliextensions"
    shutil.copytree(installed.extensions, extensions)
    az = AzCli(installed.box, folder, extensions)
    az(f"extension add --yes --only-show-errors --source {wheel}", PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    return az
