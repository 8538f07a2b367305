# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A session that was recorded on a real cluster, command by command: kubectl and helm say here what they said there."""

from __future__ import annotations

import difflib
import re
import shlex

import pytest

from tests.facts.cluster import Step, session, session_files

from .tooling import Tools, plain

pytestmark = pytest.mark.tools
#: What differs, and why; each has tests of its own.
_OTHER_WORDS = {
    # No Pods come of it, which the status says: it ends at once and with a reason.
    "kubectl rollout status deploy web --timeout=2s": "exceeded its progress deadline",
    "kubectl describe deploy web": "Progressing   False   ProgressDeadlineExceeded",
    # Paths, times and uids.
    "kubectl diff -f dep3.yaml": "-  replicas: 2\n+  replicas: 3\n",
    # The add-on's names; the second version of the template of disruption budgets.
    "kubectl get constraints": "k8sazurev2containerenforceprobes.constraints.gatekeeper.sh/azurepolicy-k8sazurev2",
    "kubectl get constrainttemplates": "k8sazurev2containerenforceprobes",
    # The recording only says what is printed.
    "helm install rel ./chart --dry-run=server": "STATUS: pending-install",
}


def test_the_session_goes_as_on_a_real_cluster(tools: Tools):
    for name, text in session_files().items():
        (tools.folder / name).write_text(text, "utf-8")
    tools("helm create chart")
    differences = [text for step in session() for text in _differences(tools, step)]
    assert not differences, "\n".join(differences)


def _differences(tools: Tools, step: Step) -> list[str]:
    if step.policies:
        tools.assign("Deny" if step.policies == "deny" else "Audit")
    command = step.command
    words = command.split(" ") if '"' in command else shlex.split(command)
    done = tools.together(words, one=True)
    if command in _OTHER_WORDS:
        wrong = done.code != step.exit or _OTHER_WORDS[command] not in done.out
        return [f"$ {command}: {done.code}\n{done.out}"] if wrong else []
    wanted, found = _aged(plain(step.output)), _aged(plain(done.out))
    if (wanted, step.exit) == (found, done.code):
        return []
    lines = difflib.unified_diff(wanted.splitlines(), found.splitlines(), "recorded", "here", lineterm="", n=0)
    return [f"$ {command}: exit {step.exit}, here {done.code}", *lines]


def _aged(text: str) -> str:
    """Ages differ by what the machine does meanwhile."""
    return re.sub(r"\b\d+s$", "0s", text, flags=re.M)
