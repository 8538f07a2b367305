# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Helm charts, rendered with `helm template`.

helm names the template of each document in a comment. Findings bear that template's name, and line 1: the lines of the
rendered text are not those of the template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.findings import UnreadableFile
from azext_safeguards.check.sources.description import description
from azext_safeguards.check.sources.source import Source, shown
from azext_safeguards.check.sources.tool import ToolFailed, find_tool, run

FILE = "Chart.yaml"
"""The file that makes a folder a chart (helm.sh, "Charts")."""

ARCHIVES = (".tgz", ".tar.gz")

# helm's own default. A name of ours, such as the folder's, would differ between working copies, and with it the names
# of the objects and the entries of a baseline.
RELEASE = "release-name"

_INSTALL = "Install helm: https://helm.sh/docs/intro/install"
_SOURCE = re.compile(rb"^# Source: ([^\r\n]*)\r?$", re.MULTILINE)
_DOCUMENT = re.compile(rb"^---[ \t]*\r?\n(?=# Source: )", re.MULTILINE)


def is_chart(folder: str) -> bool:
    """Whether the folder has a Chart.yaml."""
    return os.path.isfile(os.path.join(folder, FILE))


def is_library(folder: str) -> bool:
    """Whether a chart only serves other charts: helm renders nothing from it."""
    return description(os.path.join(folder, FILE)).get("type") == "library"


def tool() -> str | None:
    """The path of helm; None when it is not installed."""
    return find_tool("helm")


def missing(chart: str) -> CheckError:
    """What to say when there is no helm for a chart."""
    return CheckError(f"'{shown(chart)}' is a Helm chart, and helm is not on PATH to render it.", (_INSTALL,))


def render(chart: str, values: Sequence[str]) -> Iterator[Source | UnreadableFile]:
    """What a chart (a folder or an archive) is rendered to, template by template.

    A tool that is missing or fails makes the chart unreadable.
    """
    name = shown(chart)
    helm = tool()
    if helm is None:
        yield UnreadableFile(name, 0, 0, f"{missing(chart).message} {_INSTALL}")
        return
    # Absolute paths, so that no name can be taken for an option or for a chart in a repository.
    command = [helm, "template", RELEASE, os.path.abspath(chart)]
    for file in values:
        command += ["--values", _one_value(os.path.abspath(file))]
    try:
        content = run(command, os.getcwd())
    except ToolFailed as error:
        yield UnreadableFile(name, 0, 0, f"helm cannot render it: {error}")
        return
    yield from by_template(name, content)


def by_template(chart: str, content: bytes) -> Iterator[Source]:
    """What helm printed for a chart, template by template in the order in which they first come."""
    templates: dict[str, list[bytes]] = {}
    for document in _DOCUMENT.split(content):
        if document.strip():
            templates.setdefault(_template(chart, document), []).append(document)
    for template, documents in templates.items():
        text = b"---\n".join(documents)
        yield Source(template, "", len(text), text, has_lines=False)


def _one_value(text: str) -> str:
    """A value of an option that takes several, as CSV (helm's `--values` is a string slice)."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text


def _template(chart: str, document: bytes) -> str:
    """The name of the template that a document comes from: `CHART/templates/web.yaml`.

    helm's comment begins with the chart's own name, which need not be the folder's. A template can print a comment of
    that form, too, so that only what stays below the chart is taken.
    """
    named = _SOURCE.match(document)
    parts = named[1].decode("utf-8", "backslashreplace").split("/")[1:] if named else []
    if not parts or any(part in ("", ".", "..") for part in parts):
        return chart
    return "/".join(parts) if chart == "." else f"{chart.rstrip('/')}/{'/'.join(parts)}"
