# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is the user's stays the user's: kubeconfig, caches and charts are neither read nor written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ..test_sandbox_run import run

pytestmark = pytest.mark.tools
USERS = "apiVersion: v1\nkind: Config\ncurrent-context: production\n"
SCRIPT = """
set -e
cd "$(mktemp -d)"
az group create -n rg -l eastus -o none
az aks create -g rg -n c1 --enable-addons azure-policy --no-ssh-key -o none
az aks get-credentials -g rg -n c1
kubectl create namespace mine
helm create chart > /dev/null
helm install released ./chart --namespace mine > /dev/null
kubectl config current-context
env | grep -E '^(KUBE|HELM|XDG)' | sort
rm -r chart
"""


@pytest.mark.parametrize("options", [[], ["--keep-home"]])
def test_nothing_of_the_users_is_touched(options: list[str], tmp_path: Path):
    home = tmp_path / "home"
    config = home / ".kube" / "config"
    config.parent.mkdir(parents=True)
    config.write_text(USERS, "utf-8")
    other = tmp_path / "other.config"
    other.write_text(USERS, "utf-8")
    before = _files(tmp_path)
    names = ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "KUBECACHEDIR", "XDG_CACHE_HOME", "KUBERC")
    environment = {"HOME": str(home), "KUBECONFIG": os.pathsep.join([str(other), str(config)])}
    environment |= {name: str(tmp_path / name) for name in names}
    environment |= {"HELM_KUBECONTEXT": "production", "HELM_NAMESPACE": "elsewhere"}
    done = run("sh", "-c", SCRIPT, options=["--feature", "Registered", *options], **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "namespace/mine created\nc1\n" in done.stdout
    leading = [line for line in done.stdout.splitlines() if str(tmp_path) in line]
    assert leading == []
    assert _files(tmp_path) == before


def _files(folder: Path) -> dict[str, str]:
    return {str(file): file.read_text("utf-8") for file in folder.rglob("*") if file.is_file()}
