# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Every patch that is printed is put to the manifest that causes the message, by kubectl; then the message is gone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from azext_safeguards.check.explain.explanation import explain
from azext_safeguards.check.policies.registry import REGISTRY
from sandbox import tools

from .causes import CAUSES, Cause, lines

pytestmark = pytest.mark.exhaustive

WEBHOOK = 'admission webhook "validation.gatekeeper.sh" denied the request: '
CREATED = f'Error from server (Forbidden): error when creating "a.yaml": {WEBHOOK}'
# A message about a Pod that is thought up does not tell the kind of its workload; of a CronJob it has to be known.
UPDATED = (
    'Error from server (Forbidden): error when applying patch:\n{"spec":{"suspend":false}}\nto:\n'
    'Resource: "batch/v1, Resource=cronjobs", GroupVersionKind: "batch/v1, Kind=CronJob"\n'
    f'Name: "nightly", Namespace: "default"\nfor: "a.yaml": error when patching "a.yaml": {WEBHOOK}'
)
KUBECTL = str(tools.FOLDER / "kubectl")


def patched(manifest: str, patch: str, folder: Path) -> str:
    """The manifest with a strategic merge patch, which kubectl applies without a cluster."""
    (folder / "a.yaml").write_text(manifest)
    (folder / "patch.yaml").write_text(patch)
    command = [KUBECTL, "patch", "--local", "--type", "strategic", "-f", "a.yaml", "--patch-file", "patch.yaml"]
    done = subprocess.run([*command, "-o", "yaml"], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def all_patched(manifest: str, patches: str, folder: Path) -> str:
    """Each patch put to the object of its kind and name, or to the only one there is."""
    objects = [document for document in yaml.safe_load_all(manifest) if document]
    for patch in yaml.safe_load_all(patches):
        kind, name = patch.get("kind"), patch.get("metadata", {}).get("name")
        fitting = [
            number
            for number, one in enumerate(objects)
            if kind in (None, one["kind"]) and name in (None, one["metadata"]["name"])
        ]
        assert fitting, f"no object for {patch}"
        place = fitting[-1]
        objects[place] = yaml.safe_load(patched(yaml.safe_dump(objects[place]), yaml.safe_dump(patch), folder))
    return yaml.safe_dump_all(objects)


def test_every_policy_that_denies_has_a_cause():
    assert {cause.policy for cause in CAUSES} == set(REGISTRY) - {"mutation-notices"}


@pytest.mark.tools
@pytest.mark.parametrize("cause", CAUSES, ids=[f"{one.policy} {one.id}" for one in CAUSES])
def test_a_patch_does_what_it_says(cause: Cause, tmp_path: Path) -> None:
    findings = cause.findings()
    assert findings
    head = UPDATED if "kind: CronJob" in cause.manifest else CREATED
    explained = explain(head + "\n".join(lines(findings)))
    assert [item["policy"] for item in explained.policies] == [cause.policy]
    assert explained.unrecognised == []
    (patch,) = explained.patches
    assert patch.text == explained.policies[0]["patch"] or not patch.part
    # What a patch cannot do is said, and nothing else is.
    assert bool(patch.missing) == cause.is_partial
    if not patch.part:
        return
    fixed = all_patched(cause.manifest, patch.text, tmp_path)
    left = cause.findings(fixed)
    report = cause.report(fixed)
    assert report.unreadable == []
    assert report.refused == []
    if not cause.is_partial or cause.policy == "no-aks-labels":
        assert left == []
