# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Both acts, one after the other, on one cluster: `python -m sandbox run -- python -m demo`.

Exits with 1 as soon as a step does not do what the text above it says.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from demo import first_act, second_act
from demo.stage import Stage, stop
from sandbox import tools
from sandbox.control import ADDRESS_VARIABLE

MANIFESTS = Path(__file__).with_name("manifests")


def main() -> None:
    """Plays the whole demo, in a copy of the manifests' folder that is gone at the end."""
    if ADDRESS_VARIABLE not in os.environ:
        # It creates a cluster, which must never happen in a subscription that costs money.
        stop("it plays in the sandbox only. Start it with `make demo`.")
    if absent := [name for name in tools.NAMES if shutil.which(name) is None]:
        # Before anything begins: half a demo shows nothing.
        why = tools.unserved() or "`make setup` brings them"
        stop(f"it needs {' and '.join(absent)}, which PATH does not have: {why}. Install them, and start it again.")
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        shutil.copytree(MANIFESTS, folder, dirs_exist_ok=True)
        stage = Stage(Path(folder))
        stage.introduce(
            "Deployment safeguards: az aks create/update --safeguards-level, against a local sandbox",
            "Deployment safeguards are Kubernetes best practices that Azure Policy enforces on an AKS cluster.\n"
            "Warning prints warnings at kubectl apply; Enforcement denies and mutates; Off turns them off.\n"
            "What follows is the real az. Azure is played by a local server that refuses what Azure refuses.\n"
            "Each step is checked against what its text says, and the demo stops where that is not true.",
        )
        first_act.play(stage)
        second_act.play(stage)
        stage.close("That was all of it: every change was read back, and every claim was checked.")


if __name__ == "__main__":
    main()
