# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writes docs/demo.svg, what the real az prints in the sandbox as a picture of a terminal: `make picture`.

Nothing in the picture is written by hand, and nothing of the scene depends on the time: two runs draw the same bytes.
"""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from sandbox import Sandbox

PICTURE = Path(__file__).parents[1] / "docs" / "demo.svg"
# What `make setup` installs, and the folder in which the commands are typed.
EXTENSIONS = Path(sys.prefix) / "cliextensions"
MANIFESTS = Path(__file__).parents[1] / "demo" / "manifests"
_GROUP, _CLUSTER = "myResourceGroup", "myAKSCluster"
_BEFORE = f"az aks update -g {_GROUP} -n {_CLUSTER} --safeguards-level Warning -o none"
SCENE = (
    "az aks safeguards policy set -g myResourceGroup -n myAKSCluster --policy anti-affinity --effect Warn -o none",
    "az aks update -g myResourceGroup -n myAKSCluster --safeguards-level Enforcement \\\n"
    "    --query '{level: safeguardsProfile.level, version: safeguardsProfile.version}' -o yamlc",
    "az aks safeguards policy list -g myResourceGroup -n myAKSCluster -o table",
    "az aks safeguards compliance show -g myResourceGroup -n myAKSCluster --scan --details -o table",
    "az aks safeguards check -f shop.yaml -g myResourceGroup -n myAKSCluster --format text",
)
_WIDTH = 122
_PROMPT, _TYPED, _WARNS, _DENIES = "bold #28c840", "bold #ffffff", "#febc2e", "#ff5f57"
# rich fills this in. Its own format asks a public host for a font; this one takes what the reader has.
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="az aks safeguards">
<!-- Made by `make picture` from what az prints; do not edit. -->
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
}}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


@dataclass(frozen=True)
class Shot:
    """A command line, and all that came of it on the screen."""

    command: str
    output: str


def play(extensions: Path = EXTENSIONS) -> list[Shot]:
    """Plays the scene in a sandbox of its own and returns what there was to see.

    :param extensions: the folder where az finds the installed extension.

    Raises RuntimeError when a command ends otherwise than it should.
    """
    with Sandbox() as box, tempfile.TemporaryDirectory() as folder:
        box.features.set_state("SafeguardsPreview", "Registered")
        cluster = box.add_cluster(_GROUP, _CLUSTER)
        box.compliance.scan_seconds = 0.1
        environment = {**box.environment(Path(folder) / "azure", extensions), "HOME": folder, "PYTHONHASHSEED": "0"}
        environment.pop("PYTHONPATH", None)
        box.write_login(Path(folder) / "azure")
        _type(_BEFORE, environment)
        box.load_manifests(cluster, MANIFESTS / "shop.yaml")
        # The check finds something, which is what its exit code says.
        return [Shot(line, _type(line, environment, code=int(" check " in line))) for line in SCENE]


def draw(shots: Sequence[Shot]) -> str:
    """Returns the picture, an SVG that refers to no other file and to no host."""
    # The environment may say otherwise about colours and size.
    console = Console(
        record=True,
        file=io.StringIO(),
        width=_WIDTH,
        color_system="truecolor",
        force_terminal=True,
        force_jupyter=False,
        legacy_windows=False,
        _environ={},
    )
    for number, shot in enumerate(shots):
        console.print(Text("\n" if number else "").append("$ ", _PROMPT).append(shot.command, _TYPED))
        for line in shot.output.splitlines():
            text = Text(line)
            text.highlight_regex(r"\bdeny\b", _DENIES)
            text.highlight_regex(r"\bwarn\b", _WARNS)
            console.print(text)
    svg = console.export_svg(title="az aks safeguards", code_format=_FORMAT, unique_id="terminal")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def _type(line: str, environment: dict[str, str], code: int = 0) -> str:
    words = shlex.split(line.replace("\\\n", " "))
    done = subprocess.run(
        [str(Path(sys.executable).with_name(words[0])), *words[1:]],
        cwd=MANIFESTS,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != code:
        raise RuntimeError(f"{line} ended with exit code {done.returncode}:\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    PICTURE.write_text(draw(play()), encoding="utf-8", newline="\n")
