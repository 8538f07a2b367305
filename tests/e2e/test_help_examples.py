# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Every example of every help text, typed into a shell as it stands, in a sandbox in which what it names is there."""

from __future__ import annotations

import copy
import importlib
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from knack.help_files import helps

from azext_safeguards.commands import FEATURES

from .azcli import AZ, ROOT
from .our_commands import table

for _feature in dict.fromkeys(FEATURES.values()):
    importlib.import_module(f"azext_safeguards.cli.{_feature}._help")
EXAMPLES = {
    f"{name}: {example['name']}": example["text"].strip()
    for name, text in helps.items()
    if name.startswith("aks safeguards")
    for example in yaml.safe_load(text).get("examples", ())
}
# Ends with 1 by what it finds, as it should.
FINDS = re.compile(r"safeguards check\b|--fail-on|safeguards diagnose|kubectl apply|helm upgrade|profile delete --ids")
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: nginx}]}
"""
_assigned: dict[str, Any] = {}
NAMES = ("MyManagedCluster", "OtherCluster", "First", "Second", "Source")


@pytest.fixture
def ready(installed, box, warm):
    """A folder with all files that examples name, and clusters of the names that they use."""
    folder = installed.folder / "examples"
    for path, text in {
        "deploy/web.yaml": WEB,
        "deploy/overlays/prod/kustomization.yaml": "resources: [web.yaml]\n",
        "deploy/overlays/prod/web.yaml": WEB,
        "deploy.yaml": WEB,
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/templates/web.yaml": WEB,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    ids = {name: box.add_cluster("MyResourceGroup", name) for name in NAMES}
    # What az writes once for each test process is there for all its tests.
    if not _assigned:
        for name in NAMES:
            warm(f"aks update -g MyResourceGroup -n {name} --safeguards-level Enforcement")
        _assigned.update(copy.deepcopy(dict(box.assignments)))
    box.assignments.update(copy.deepcopy(_assigned))
    (folder / "clusters.txt").write_text(f"{ids['First']}\n{ids['Second']}\n")
    config = folder / "kubeconfig"
    config.write_text(box.backends.api_servers.kubeconfig(box.clusters[ids["MyManagedCluster"]]), "utf-8")
    return folder, ids, config


def in_a_shell(warm, folder, config, text):
    """Runs a text in bash, with the real az, kubectl and helm."""
    tools = [str(warm.bin), str(Path(AZ).parent), str(ROOT / ".venv" / "tools"), os.environ["PATH"]]
    return subprocess.run(
        ["bash", "-c", text],
        env={**warm.environment, "PATH": os.pathsep.join(tools), "KUBECONFIG": str(config), "HOME": str(folder)},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_command_has_an_example():
    assert {name for name in table() if not any(key.startswith(f"{name}: ") for key in EXAMPLES)} == set()


@pytest.mark.tools
@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_the_example_runs_as_it_stands(box, warm, ready, example):
    folder, ids, config = ready
    text = re.sub(r"\b(First|Second|Source)Id\b", lambda found: ids[found[1]], example)
    # Half an hour in which both are in place, the time of the sandbox aside.
    text = text.replace("--overlap 35", "--overlap 0")
    if "--pod-security" in text and "policy set" in text:
        warm("aks update -g MyResourceGroup -n MyManagedCluster --safeguards-version v3.0.0")
    if "--to assignment" in text:
        box.assignments.clear()
        for key in ("MyManagedCluster", "First", "Second"):
            box.add_deployment_safeguards(ids[key], "Enforce", [])
    done = in_a_shell(warm, folder, config, text)
    said = f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.returncode in ((0, 1) if FINDS.search(text) else (0,)), said
    for wrong in ("Traceback", "unrecognized", "misspelled", "syntax error", "command not found", "invalid choice"):
        assert wrong not in done.stderr, said
