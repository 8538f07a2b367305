# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What `check` says of every policy is understood through everything that may stand between cluster and person."""

from __future__ import annotations

import pytest

from azext_safeguards.check.explain.decoding import text_of
from azext_safeguards.check.explain.explanation import explain

from .causes import CAUSES, lines
from .wrappings import DENIALS, WARNINGS

pytestmark = pytest.mark.exhaustive

# One of each policy and of each text.
TEXTS = {(cause.policy, cause.id): (lines(cause.findings()), cause.findings()) for cause in CAUSES}


@pytest.mark.parametrize("wrapping", [*DENIALS, *(f"warned: {name}" for name in WARNINGS)])
def test_every_text_is_understood(wrapping: str) -> None:
    wrap = DENIALS.get(wrapping) or WARNINGS[wrapping.removeprefix("warned: ")]
    for (policy, _), (printed, findings) in TEXTS.items():
        explained = explain(text_of(wrap(printed)))
        assert [item["policy"] for item in explained.policies] == [policy], printed
        (item,) = explained.policies
        assert item["owner"] == "safeguards"
        assert sorted({message["message"].rstrip(".") for message in item["messages"]}) == sorted(
            {finding.message.rstrip(".").removeprefix("The ") for finding in findings}
        )
        assert explained.unrecognised == []
        if wrapping != "messages alone":
            effects = {message["effect"] for message in item["messages"]}
            assert effects == {"warn" if wrapping.startswith("warned") else "deny"}


SAID = [
    "[azurepolicy-k8sazurev1antiaffinityrules-0e8a839bcd103e7b96a8] Deployment with 3 replicas should have either "
    "podAntiAffinity or topologySpreadConstraints set to avoid disruptions due to nodes crashing",
    "[azurepolicy-k8sazurev2containerenforceprob-0e8a839bcd103e7b96a8] [Implied by gatekeeper-expand-workloads] "
    'Container <web> in your Pod <web-pod> has no <livenessProbe>. Required probes: ["livenessProbe"]',
    "[azurepolicy-k8sazurev3containerlimits-0e8a839bcd103e7b96a8] [Implied by gatekeeper-expand-workloads] "
    "container <web> has no cpu limit",
]
POD_SAID = [line.replace("[Implied by gatekeeper-expand-workloads] ", "") for line in SAID[1:]]


# What controllers say when they cannot make Pods.
_OF_PODS = ("described", "described, a DaemonSet", "described, a Job", "klog")


@pytest.mark.parametrize("wrapping", [name for name in DENIALS if "event" not in name and name not in _OF_PODS])
def test_one_object_gets_one_patch(wrapping: str) -> None:
    explained = explain(text_of(DENIALS[wrapping](SAID)))
    (patch,) = explained.patches
    assert (patch.workload.kind, patch.workload.name) == ("Deployment", "web")
    assert patch.policies == ("anti-affinity", "probes", "resource-limits")
    spec = patch.part["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert set(container) == {"name", "livenessProbe", "resources"}
    assert spec["topologySpreadConstraints"]


@pytest.mark.parametrize(
    ("wrapping", "pod", "kind", "name", "is_guess"),
    [
        ("an event of a ReplicaSet", "web-6d4cf56db6-x2x7q", "Deployment", "web", True),
        ("an event of a Job", "nightly-29012345-x2x7q", "CronJob", "nightly", True),
        ("an event of a DaemonSet", "agent-x2x7q", "DaemonSet", "agent", False),
        ("described", "web-6d4cf56db6-x2x7q", "Deployment", "web", False),
        ("described, a DaemonSet", "agent-x2x7q", "DaemonSet", "agent", False),
        ("described, a Job", "once-x2x7q", "Job", "once", False),
        ("an event in the long form", "web-6d4cf56db6-x2x7q", "Deployment", "web", True),
        ("an event of a StatefulSet", "db-0", "StatefulSet", "db", False),
        ("events in JSON", "web-6d4cf56db6-x2x7q", "Deployment", "web", True),
        ("create", "nginx", "Pod", "nginx", False),
        ("create", "web-6d4cf56db6-x2x7q", "Deployment", "web", True),
        ("klog", "web-6d4cf56db6-x2x7q", "Deployment", "web", True),
    ],
)
def test_the_object_is_one_that_a_person_can_edit(
    wrapping: str, pod: str, kind: str, name: str, is_guess: bool
) -> None:
    explained = explain(text_of(DENIALS[wrapping]([line.replace("web-pod", pod) for line in POD_SAID])))
    (patch,) = explained.patches
    assert (patch.workload.kind, patch.workload.name, bool(patch.workload.guess)) == (kind, name, is_guess)
    assert ("A guess: " in patch.text) == is_guess
    assert patch.part["kind"] == kind
    path = patch.part["spec"]
    if kind == "CronJob":
        path = path["jobTemplate"]["spec"]
    if kind != "Pod":
        path = path["template"]["spec"]
    assert [container["name"] for container in path["containers"]] == ["web"]
