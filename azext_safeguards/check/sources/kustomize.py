# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Kustomize folders: which of a tree are rendered, and by which tool.

Of the Kustomize folders in a tree those are rendered that no other of the tree builds on, since a base that an overlay
uses would be reported twice. A finding's place is the folder and the line of the rendered text, as
`kubectl kustomize FOLDER | sed -n LINEp` shows it: Kustomize does not say which file a line comes from.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.findings import UnreadableFile
from azext_safeguards.check.sources.description import description
from azext_safeguards.check.sources.source import Source, shown
from azext_safeguards.check.sources.tool import ToolFailed, find_tool, run

FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names of the file that makes a folder a Kustomize folder (kubernetes.io, "Declarative Management of Kubernetes
Objects Using Kustomize")."""

_BUILDS_ON = ("resources", "bases", "components")


def is_kustomization(folder: str) -> bool:
    """Whether the folder has a kustomization file."""
    return any(os.path.isfile(os.path.join(folder, file)) for file in FILES)


def tool() -> list[str] | None:
    """The command that renders the Kustomize folder it runs in; None when neither tool is installed.

    kubectl first: it is what would apply the result.
    """
    if kubectl := find_tool("kubectl"):
        return [kubectl, "kustomize", "."]
    if kustomize := find_tool("kustomize"):
        return [kustomize, "build", "."]
    return None


def missing(folder: str) -> CheckError:
    """What to say when there is no tool for a Kustomize folder."""
    return CheckError(
        f"'{shown(folder)}' is a Kustomize folder, and neither kubectl nor kustomize is on PATH to render it.",
        ("az aks install-cli",),
    )


def render(folder: str) -> Source | UnreadableFile:
    """What a Kustomize folder is rendered to. A tool that is missing or fails makes it unreadable."""
    command = tool()
    if command is None:
        return UnreadableFile(shown(folder), 0, 0, f"{missing(folder).message} Install one: az aks install-cli")
    try:
        content = run(command, folder)
    except ToolFailed as error:
        return UnreadableFile(shown(folder), 0, 0, f"kustomize cannot render it: {error}")
    return Source(shown(folder), "", len(content), content)


def topmost(folders: Iterable[str]) -> list[str]:
    """Those of the folders that no other of them builds on, in the order given.

    Of folders that build on each other in a circle the first is among them, and Kustomize says what is wrong.
    """
    by_real_path = {os.path.realpath(folder): folder for folder in folders}
    uses = {real: _built_on(real) & by_real_path.keys() for real in by_real_path}
    used = {other for real, others in uses.items() for other in others - {real}}
    chosen = [real for real in by_real_path if real not in used]
    reached = _reached(chosen, uses)
    for real in by_real_path:
        if real not in reached:
            chosen.append(real)
            reached |= _reached([real], uses)
    return [folder for real, folder in by_real_path.items() if real in set(chosen)]


def _reached(start: Iterable[str], uses: Mapping[str, set[str]]) -> set[str]:
    """The folders that `start` builds on, directly or not, and `start`."""
    reached: set[str] = set()
    ahead = list(start)
    while ahead:
        real = ahead.pop()
        if real not in reached:
            reached.add(real)
            ahead += uses[real]
    return reached


def _built_on(folder: str) -> set[str]:
    """The real paths of what a kustomization names as its resources, bases and components."""
    file = next((file for file in FILES if os.path.isfile(os.path.join(folder, file))), FILES[0])
    content = description(os.path.join(folder, file))
    named = [content.get(field) for field in _BUILDS_ON]
    entries = [entry for entries in named if isinstance(entries, list) for entry in entries]
    return {
        os.path.realpath(os.path.join(folder, entry))
        for entry in entries
        if isinstance(entry, str) and "\0" not in entry
    }
