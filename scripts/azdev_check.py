# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Runs azdev's linter and style checks, which every extension of azure-cli has to pass, on a copy of the extension.

    python -m scripts.azdev_check install
    python -m scripts.azdev_check [linter] [style]

azdev expects the repository azure-cli-extensions around an extension and that of azure-cli beside it, and reads its
configuration from the user's home. All of that is put together here in a folder below .venv. Where azdev cannot be
installed, the checks are left out, and that is said; `make test AZDEV=` leaves them out, too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from scripts.install import install as install_packages

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(sys.prefix) / "azdev"
REQUIREMENTS = ROOT / "requirements-azdev.txt"
_AZDEV = ROOT / "scripts" / "azdev_sparing.py"

# What azdev's pylint asks for and we do otherwise, each for a reason.
_NOT_OURS = {
    # How large a thing may be: ruff and the limits on files and functions in CONTRIBUTING.md say it.
    "too-many-instance-attributes",
    "too-few-public-methods",
    # PyYAML's loaders are made of many classes.
    "too-many-ancestors",
    "too-many-positional-arguments",
    "too-many-return-statements",
    "too-many-locals",
    # Classes of one module share what the module alone may see.
    "protected-access",
    # A local may be called like a function of the module; mypy tells them apart.
    "redefined-outer-name",
    "redefined-builtin",
    # Set by a method that __init__ calls.
    "attribute-defined-outside-init",
    # A function whose answer is sometimes None says so.
    "useless-return",
    # Sorted by ruff, which knows what is ours.
    "wrong-import-order",
    # Said by mypy or ruff, and right.
    "no-member",
    "unsubscriptable-object",
    "unused-import",
    "line-too-long",
    # `import X as X` is how mypy is told that a name is handed on.
    "useless-import-alias",
    # How a number is told from NaN.
    "comparison-with-itself",
    # Attributes of elements of a page have the names that HTML gives them, and a bar of a chart is one.
    "kwarg-superseded-by-positional-arg",
    "disallowed-name",
    # Two comparisons are quicker than a set, where each node of each document passes.
    "consider-using-in",
    # Processes and files that outlive the function that opens them.
    "consider-using-with",
    # az's hooks are called with arguments that not every handler needs.
    "unused-argument",
    # Where nothing may end the command: Ctrl-C among several threads, the sanity of a hint.
    "broad-exception-caught",
}
# ruff formats slices as Black does, with a space before the colon: pycodestyle's own documentation advises this.
_NOT_FLAKE8 = "E203"
# Which commands of azure-cli's tests count as tested: a file of its repository, read before anything else. Those rules
# are not run here, so that patterns that match nothing will do.
_NOTHING = '"a^"'
_PATTERNS = ("QUO", "END", "DOCS_END", "NOT_END", "NUMBER_SIGN")
# Without `command_test_coverage`, which asks a server of Microsoft's for the commands that need no example.
_LINTER_RULES = ("params", "commands", "command_groups", "help_entries")


def install() -> bool:
    """Makes the virtual environment, with the azure-cli of this one in sight behind its own packages.

    :returns: whether azdev is there; where packages cannot be fetched it is not.
    """
    if (FOLDER / ".complete").exists() and (FOLDER / ".complete").read_text("utf-8") == REQUIREMENTS.read_text("utf-8"):
        return True
    print("azdev is installed into .venv/azdev, once.", flush=True)
    venv.create(FOLDER, with_pip=False, clear=True)
    python = str(FOLDER / "bin" / "python")
    if not install_packages(REQUIREMENTS, python):
        return False
    own = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    Path(own.stdout.strip(), "zz_azure_cli.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    (FOLDER / ".complete").write_text(REQUIREMENTS.read_text("utf-8"), "utf-8")
    return True


def lay_out(folder: Path) -> dict[str, str]:
    """Puts the extension where azdev looks for extensions, and returns the environment that leads it there."""
    extensions, azure_cli = folder / "extensions", folder / "azure-cli"
    ours = extensions / "src" / "safeguards"
    shutil.copytree(ROOT / "azext_safeguards", ours / "azext_safeguards", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.py", "linter_exclusions.yml"):
        shutil.copy(ROOT / name, ours)
    # An installed extension has one; it is all that azdev looks for.
    (ours / "safeguards.egg-info").mkdir()
    (ours / "safeguards.egg-info" / "PKG-INFO").touch()
    config = _config_folder()
    rules = (config / "ext_pylintrc").read_text("utf-8")
    disabled = "".join(f"    {name},\n" for name in sorted(_NOT_OURS))
    (extensions / "pylintrc").write_text(rules.replace("disable=\n", f"disable=\n{disabled}", 1), "utf-8")
    flake8 = (config / "ext.flake8").read_text("utf-8")
    (extensions / ".flake8").write_text(flake8.replace("ignore =\n", f"ignore =\n    {_NOT_FLAKE8},\n", 1), "utf-8")
    (azure_cli / "scripts" / "ci").mkdir(parents=True)
    lines = [f"{name}_PATTERN: {_NOTHING}\n" for name in _PATTERNS] + [f"CMD_PATTERN: [{', '.join([_NOTHING] * 4)}]\n"]
    (azure_cli / "scripts" / "ci" / "cmdcov.yml").write_text("".join(lines), "utf-8")
    return {
        **os.environ,
        "AZDEV_CLI_REPO_PATH": str(azure_cli),
        "AZDEV_EXT_REPO_PATHS": str(extensions),
        "AZDEV_CONFIG_DIR": str(folder / "azdev"),
        "AZURE_CONFIG_DIR": str(folder / "azure"),
        "AZURE_EXTENSION_DIR": str(Path(sys.prefix) / "cliextensions"),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "HOME": str(folder),
        "VIRTUAL_ENV": str(FOLDER),
        "PATH": os.pathsep.join([str(FOLDER / "bin"), os.environ.get("PATH", os.defpath)]),
    }


def _config_folder() -> Path:
    (found,) = FOLDER.glob("lib/python*/site-packages/azdev/config")
    return found


def main(wanted: list[str]) -> int:
    """Runs the checks wanted, all where none is named, and returns how many of them failed."""
    if not install():
        print("azdev cannot be installed here: ITS CHECKS ARE LEFT OUT.", file=sys.stderr)
        return 0
    if wanted == ["install"]:
        return 0
    commands = {
        "linter": ["linter", "safeguards", "--rule-types", *_LINTER_RULES],
        "style": ["style", "safeguards"],
    }
    failed = 0
    with tempfile.TemporaryDirectory(prefix="azdev-") as folder:
        environment = lay_out(Path(folder))
        for name in wanted or commands:
            command = [str(FOLDER / "bin" / "python"), str(_AZDEV), *commands[name]]
            done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
            print(f"azdev {name}: {'passed' if not done.returncode else 'FAILED'}", flush=True)
            if done.returncode:
                failed += 1
                print(f"{done.stdout}\n{done.stderr}".replace(f"{folder}/extensions/src/safeguards/", ""), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
