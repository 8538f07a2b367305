# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A script for POSIX shells that puts the assignment with `az rest`.

Not `az aks update --safeguards-*`, which says what is wanted and not all that is there, nor `az policy assignment
create`, which takes each member by an option of its own and not every member in every azure-cli: the body as it stands
is exact.
"""

from __future__ import annotations

import shlex

from azext_safeguards.domain.export.content import Content
from azext_safeguards.domain.export.literals import json_text

# No line of JSON is this word, so the text that the shell passes on ends where it is meant to.
_END = "ASSIGNMENT"


def render(content: Content) -> str:
    """A shell script that recreates the assignment; the cluster's id is its argument."""
    # In a pair of double quotes nothing of an id means anything to a shell: it is percent-encoded.
    path = f"${{cluster}}/providers/Microsoft.Authorization/policyAssignments/{content.name}"
    lines = [
        "#!/bin/sh",
        f"# {content.title}",
        "# Puts them on that cluster, or on the one whose resource id is given as argument.",
        "set -eu",
        # Git for Windows turns arguments that look like paths into paths.
        "export MSYS_NO_PATHCONV=1",
        "",
        f"cluster={shlex.quote(content.cluster.id)}",
        'if [ "$#" -gt 0 ]; then cluster=$1; fi',
        "",
        # Quoted, so that the shell replaces nothing in the text.
        f"az rest --method put --url \"{path}?api-version={content.api_version}\" --body @- <<'{_END}'",
        json_text(content.body),
        _END,
    ]
    return "\n".join(lines) + "\n"
