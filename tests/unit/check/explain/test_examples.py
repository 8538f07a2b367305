# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The example that explain prints for the name of a policy, with the names of a manifest, takes the fault away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from azext_safeguards.check.explain.explanation import explain
from azext_safeguards.check.explain.owners import TEMPLATES

from .causes import CAUSES, Cause
from .test_applied import patched

pytestmark = pytest.mark.exhaustive

# The only choice that an example leaves to whoever takes it: whose name, port and label it is.
PORT, LABEL, VOLUME = 80, "kubernetes.azure.com", "v"


# An example knows neither the maximum of an assignment nor what probe a container has already; the patch for a message,
# which test_applied.py tries, does.
BEYOND = {("resource-limits", "over, by a pod"), ("probes", "one probe")}
REACHED = [cause for cause in CAUSES if (cause.policy, cause.id) not in BEYOND]


def own(example: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """The example with the names of an object, where the Pod stands in that."""
    template = TEMPLATES.get(manifest["kind"], ())
    pod: Any = manifest
    for step in template:
        pod = pod[step]
    changed: Any = yaml.safe_load(yaml.safe_dump(example).replace("my-volume", VOLUME).replace("8080", str(PORT)))
    is_of_pod = "template" not in changed.get("spec", {})
    spec = (
        changed["spec"] if is_of_pod and "spec" in changed else changed.get("spec", {}).get("template", {}).get("spec")
    )
    if spec and "containers" in spec:
        (one,) = spec["containers"]
        for listed in ("containers", "initContainers"):
            spec[listed] = [{**one, "name": item["name"]} for item in pod["spec"].get(listed, ())]
        if not spec["initContainers"]:
            del spec["initContainers"]
    if not is_of_pod or not template:
        return dict(changed)
    for step in reversed(template):
        changed = {step: changed}
    return dict(changed)


def labelled(example: dict[str, Any], manifest: dict[str, Any], cause: Cause) -> dict[str, Any]:
    """The example with the label that is reserved; the manifest's own, or its template's."""
    holder = manifest["metadata"] if LABEL in str(manifest["metadata"]) else manifest["spec"]["template"]["metadata"]
    label = next(key for key in holder["labels"] if LABEL in key)
    text = yaml.safe_dump(example).replace(f"{LABEL}/my-label", label)
    changed = yaml.safe_load(text)
    return dict(changed) if holder is manifest["metadata"] else {"spec": {"template": changed}}


@pytest.mark.tools
@pytest.mark.parametrize("cause", REACHED, ids=[f"{one.policy} {one.id}" for one in REACHED])
def test_an_example_does_what_it_says(cause: Cause, tmp_path: Path) -> None:
    (item,) = explain(cause.policy).policies
    example = yaml.safe_load(item["patch"])
    objects = [document for document in yaml.safe_load_all(cause.manifest) if document]
    # What a policy is about comes last, but for a budget and its workload.
    place = 0 if cause.policy == "pod-disruption-budgets" else -1
    manifest = objects[place]
    if cause.policy == "no-aks-labels":
        patch = labelled(example, manifest, cause)
    elif cause.policy == "anti-affinity" or manifest["kind"] in TEMPLATES or manifest["kind"] == "Pod":
        patch = own(example, manifest)
    else:
        patch = example
    objects[place] = yaml.safe_load(patched(yaml.safe_dump(manifest), yaml.safe_dump(patch), tmp_path))
    fixed = yaml.safe_dump_all(objects)
    assert cause.findings()
    report = cause.report(fixed)
    assert (report.unreadable, report.refused) == ([], [])
    assert cause.findings(fixed) == []
