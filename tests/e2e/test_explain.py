# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards explain` in a pipe behind kubectl, and with arguments."""

from __future__ import annotations

import json
import subprocess

from .azcli import AZ

PRINTED = (
    'Error from server (Forbidden): error when creating "deploy.yaml": admission webhook "validation.gatekeeper.sh" '
    "denied the request: [azurepolicy-k8sazurev2containerenforceprob-0e8a839bcd103e7b96a8] "
    "[Implied by gatekeeper-expand-workloads] Container <app> in your Pod <web-pod> has no <livenessProbe>. Required "
    'probes: ["readinessProbe", "livenessProbe"]\n'
    "[require-owner] name an owner\nsomething else\n"
)


def test_what_kubectl_printed_is_explained_offline(az, box):
    done = subprocess.run(
        [AZ, "aks", "safeguards", "explain"],
        env=az.environment,
        cwd=az.folder,
        input=PRINTED,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (item,) = json.loads(done.stdout)
    assert item["policy"] == "probes"
    assert item["patch"].startswith("metadata:\n  name: web\nspec:\n  template:\n")
    assert "require-owner is no member of deployment safeguards" in done.stderr
    assert "Not recognised: something else" in done.stderr
    assert len(box.journal) == 0


def test_a_message_or_a_name_is_an_argument(az):
    rows = az("aks safeguards explain probes resource-limits -o table").out.splitlines()
    assert [row.split()[0] for row in rows[2:]] == ["probes", "resource-limits"]
    message = "[azurepolicy-k8sazurev3containerlimits-0e8a839bcd103e7b96a8] container <app> has no resource limits"
    assert az("aks safeguards explain --query [].messages[].container -o tsv", message).out == "app\n"


def test_nothing_recognised_is_an_error(az):
    done = az("aks safeguards explain something", code=1)
    assert done.errors == ["ERROR: No policy of deployment safeguards is recognised in this text."]
