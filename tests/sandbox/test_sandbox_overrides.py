# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the policy service refuses in overrides and their selectors."""

from __future__ import annotations

import copy

import pytest

VALIDATOR, MUTATOR, NOTICES = (
    "ensureProbesConfiguredInKubernetesCluster",
    "resourceCPULimits",
    "printMutationsAnnotations",
)
CODE = "InvalidPolicyAssignmentOverride"


def override(value="Deny", kind="policyEffect", **selector):
    selectors = [{"kind": "policyDefinitionReferenceId", **selector}] if selector else []
    return {"kind": kind, "value": value, "selectors": selectors}


def overridden(body, *overrides):
    changed = copy.deepcopy(body)
    changed["properties"]["overrides"] = list(overrides)
    return changed


@pytest.mark.parametrize(
    "good",
    [
        override(**{"in": [VALIDATOR]}),
        override("Disabled"),
        override("Mutate", **{"in": [MUTATOR.upper()]}),
        override("Audit", **{"in": [VALIDATOR, NOTICES]}),
        {"kind": "policyEffect", "value": "Disabled", "selectors": [{"kind": "resourceLocation", "in": ["eastus"]}]},
    ],
)
def test_accepted_and_echoed(send, path, body, good):
    answer = send("PUT", path, overridden(body, good))
    assert answer.status_code == 201
    assert answer.json()["properties"]["overrides"] == [good]


@pytest.mark.parametrize(
    "bad",
    [
        override(**{"in": [MUTATOR]}),
        override(**{"in": [NOTICES]}),
        override(),
        override(**{"notIn": [VALIDATOR]}),
        override("Mutate", **{"in": [VALIDATOR]}),
        override("deny", **{"in": [VALIDATOR]}),
        override("", **{"in": [VALIDATOR]}),
        override(None, **{"in": [VALIDATOR]}),
        override(**{"in": ["nobody"]}),
        override("Disabled", **{"in": [VALIDATOR], "notIn": [MUTATOR]}),
        override("Disabled", **{"in": []}),
        override("Disabled", **{"in": [VALIDATOR] * 51}),
        override("Disabled", kind="somethingElse"),
        override("2.*.*", kind="definitionVersion", **{"in": [VALIDATOR]}),
        {"kind": "policyEffect", "value": "Disabled", "selectors": [{"kind": "moonPhase", "in": ["x"]}]},
        "text",
    ],
)
def test_refused(refused, body, bad):
    refused(overridden(body, bad), CODE, api="2023-04-01")


def test_at_most_ten(send, path, refused, body):
    one = override("Disabled", **{"in": [VALIDATOR]})
    refused(overridden(body, *[one] * 11), CODE)
    assert send("PUT", path, overridden(body, *[one] * 10)).status_code == 201


def test_version_overrides_in_later_api_versions(send, path, refused, body):
    later = override("3.*.*", kind="definitionVersion", **{"in": [VALIDATOR]})
    assert send("PUT", path, overridden(body, later), api="2025-11-01").status_code == 201


def test_references_are_those_of_the_pinned_version(refused, body):
    changed = overridden(body, override("Disabled", **{"in": [MUTATOR]}))
    changed["properties"]["definitionVersion"] = "3.0.*"
    for name in ("cpuLimit", "memoryLimit"):
        del changed["properties"]["parameters"][name]
    assert MUTATOR in refused(changed, CODE)
