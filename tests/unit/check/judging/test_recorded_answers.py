# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whole verdicts against those of a real API server with a real Gatekeeper."""

from __future__ import annotations

import pytest

from azext_safeguards.check.judging.engine import Engine, Raw
from azext_safeguards.check.judging.files import check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from tests.facts.cluster import Answer, answers

_POLICIES = (
    *("probes", "allowed-images", "resource-limits", "image-pull-secrets", "anti-affinity", "unique-selectors"),
    *("reserved-taints", "pod-disruption-budgets"),
)
SETTINGS = Settings(
    effects=dict.fromkeys(_POLICIES, "deny"),
    parameters={
        "allowedContainerImagesRegex": (
            r"^(mcr\.microsoft\.com/|[a-z0-9]+\.azurecr\.io/|docker\.io/library/|localhost:5000/)"
        ),
        "cpuLimit": "2",
        "memoryLimit": "1Gi",
        "excludedContainers": ["istio-proxy"],
        "excludedImages": ["mcr.microsoft.com/oss/*", "myacr.azurecr.io/exact:1"],
        "requiredProbes": ["readinessProbe", "livenessProbe"],
        "reservedTaints": ["CriticalAddonsOnly"],
    },
    excluded_namespaces=(
        *("kube-system", "gatekeeper-system", "azure-arc", "calico-system", "tigera-system", "sandbox-excluded"),
    ),
)
# The recorded rule of anti-affinity is an older one: it says less, and knows no topology spread constraints.
_OLDER_TEXT = " replicas should have pod anti-affinity rules set to avoid disruptions due to nodes crashing"
_NEWER_TEXT = (
    " replicas should have either podAntiAffinity or topologySpreadConstraints set to avoid disruptions due to nodes "
    "crashing"
)


def _denied(answer: Answer) -> list[str]:
    """The texts with which policies denied the objects of a file, in their order."""
    found = []
    for message in answer.messages():
        if message.startswith("Error from server (Forbidden)"):
            found += message.partition("denied the request: ")[2].split("\n")
    # The Job between a CronJob and its Pod was expanded, too.
    return [text.replace("-job-pod>", "-pod>").replace("-job-pod in ", "-pod in ") for text in found]


def said(raw: Raw) -> str:
    """A finding as Gatekeeper prints it, with the short name of its policy."""
    implied = "[Implied by expand-workloads] " if raw.implied else ""
    return f"[azurepolicy-{raw.policy}] {implied}{raw.message}"


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.file.removesuffix(".yaml"))
def test_the_verdict_and_the_texts_are_those_of_the_cluster(answer: Answer) -> None:
    content = answer.manifest.encode()
    result = check_file(Engine(SETTINGS), Source(answer.file, "", len(content), content))
    found = [said(Raw(*raw)).replace(_NEWER_TEXT, _OLDER_TEXT) for raw in sorted(result.raws)]
    denied = _denied(answer)
    if "\n      - maxSkew" in answer.manifest:
        found, denied = [[text for text in texts if _OLDER_TEXT not in text] for texts in (found, denied)]
    assert found == denied
    is_refused = any(
        message.startswith(("The ", "error: ", "Error from server (BadRequest)")) for message in answer.messages()
    )
    assert bool(result.refused) == is_refused
    assert bool(result.raws or result.refused) == bool(answer.exit) or "maxSkew" in answer.manifest
    assert not result.problems
    assert not result.odd
