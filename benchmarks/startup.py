# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an az command that is not ours pays for us, counted in Python function calls.

cProfile's total is the same on every machine, where seconds of CPU differ by more than what is measured. It is
compared with the smallest extension there can be: one empty command below `aks`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# The commands of others that are counted, and how many calls more than with the smallest extension are allowed.
LIMITS: Mapping[tuple[str, ...], int] = {
    ("group", "show", "-h"): 0,
    ("aks", "show", "-h"): 12_000,
    ("aks", "update", "-h"): 20_000,
}
_COUNT = """
import cProfile, contextlib, io, pstats, sys
profile = cProfile.Profile()
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    profile.enable()
    try:
        from azure.cli.core import get_default_cli
        get_default_cli().invoke(sys.argv[1:])
    finally:
        profile.disable()
print(pstats.Stats(profile).total_calls)
"""
_LOADER = """
from azure.cli.core import AzCommandsLoader


class Loader(AzCommandsLoader):
    def load_command_table(self, args):
        from azure.cli.core.commands import CliCommandType

        handlers = CliCommandType(operations_tmpl="azext_smallest#{}")
        with self.command_group("aks smallest", custom_command_type=handlers) as group:
            group.custom_command("nothing", "nothing")
        return self.command_table


def nothing():
    pass


COMMAND_LOADER_CLS = Loader
"""


def write_smallest(folder: Path) -> Path:
    """Writes the smallest extension into a new folder of extensions, as az installs one.

    :returns: the folder for AZURE_EXTENSION_DIR.
    """
    package = folder / "smallest" / "azext_smallest"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(_LOADER, encoding="utf-8")
    (package / "azext_metadata.json").write_text('{"azext.minCliCoreVersion": "2.60.0"}', encoding="utf-8")
    info = folder / "smallest" / "smallest-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: smallest\nVersion: 1.0.0\n", encoding="utf-8")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n", encoding="utf-8")
    (info / "top_level.txt").write_text("azext_smallest\n", encoding="utf-8")
    # az keeps the wheel beside what it installed from it.
    (folder / "smallest" / "smallest-1.0.0-py3-none-any.whl").touch()
    return folder


def calls(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """How many Python functions a command calls in all.

    :param environment: AZURE_CONFIG_DIR and AZURE_EXTENSION_DIR among its variables. The command must have run there
        before, so that az's index of commands is written and everything is compiled.
    """
    # The order of sets would change the count.
    done = subprocess.run(
        [sys.executable, "-c", _COUNT, *command],
        env={**environment, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


def added_calls(
    command: Sequence[str], ours: Mapping[str, str], smallest: Mapping[str, str], counted: Callable[..., int] = calls
) -> int:
    """How many calls more a command makes with our extension than with the smallest one."""
    for environment in (ours, smallest):
        counted(command, environment)
    return counted(command, ours) - counted(command, smallest)


def bench_startup(environment: Callable[[str, Path], dict[str, str]], ours: Path, folder: Path) -> None:
    """Prints what being installed costs commands of others.

    :param environment: makes the environment for a configuration of some name and a folder of extensions.
    """
    smallest = environment("smallest", write_smallest(folder / "smallest-extension"))
    with_us = environment("startup", ours)
    print("Python calls beyond those of the smallest possible extension:")
    for command, limit in LIMITS.items():
        print(f"  az {' '.join(command):20} {added_calls(command, with_us, smallest):8,}   (at most {limit:,})")
