# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""azdev with nothing loaded that its checks of this extension do not look at: run by azdev's own Python.

azdev's linter loads every command of az with its arguments and its help, and then drops all but those of the
extension: here az has the commands of `az aks` alone, which are those that the extension adds to. pylint is run in one
process: of two each would infer the types of the other's imports again, for a third more work.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

from azdev.__main__ import main
from azure.cli.core import MainCommandsLoader

_OF_AKS = ["acs"]
_load_modules = MainCommandsLoader._load_modules


def _load_those_of_aks(self: Any, args: Any, command_modules: object) -> Any:
    # Some other module sees to this.
    self.cli_ctx.invocation.data["command_string"] = ""
    return _load_modules(self, args, _OF_AKS)


if __name__ == "__main__":
    MainCommandsLoader._load_modules = _load_those_of_aks
    multiprocessing.cpu_count = lambda: 1
    sys.exit(main())
