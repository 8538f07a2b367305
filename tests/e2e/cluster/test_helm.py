# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The life of a release, with a chart as `helm create` makes it."""

from __future__ import annotations

import json

import pytest

from .tooling import Tools

pytestmark = pytest.mark.tools


def test_a_release_from_install_to_uninstall(tools: Tools):
    tools("helm create web")
    assert "STATUS: deployed" in tools("helm install rel ./web").out
    assert tools("kubectl get deploy,svc,sa -l app.kubernetes.io/instance=rel -o name").out.split() == [
        "deployment.apps/rel-web",
        "service/rel-web",
        "serviceaccount/rel-web",
    ]
    tools("helm upgrade rel ./web --set replicaCount=3")
    assert _replicas(tools) == 3
    assert "has been upgraded" in tools("helm upgrade --install rel ./web --set replicaCount=4").out
    tools("helm rollback rel 1")
    assert _replicas(tools) == 1
    history = json.loads(tools("helm history rel -o json").out)
    assert [one["status"] for one in history] == ["superseded", "superseded", "superseded", "deployed"]
    (listed,) = json.loads(tools("helm list -o json").out)
    assert (listed["name"], listed["revision"], listed["status"]) == ("rel", "4", "deployed")
    assert "kind: Deployment" in tools("helm get manifest rel").out
    assert "STATUS: deployed" in tools("helm status rel").out
    tools("helm uninstall rel")
    assert tools("kubectl get deploy,secret -o name").out == ""


def test_a_denied_release_is_there_as_failed(tools: Tools):
    tools("helm create denied")
    tools.assign("Deny")
    done = tools("helm install bad ./denied", code=1)
    assert done.err.startswith('Error: INSTALLATION FAILED: admission webhook "validation.gatekeeper.sh" denied the')
    assert json.loads(tools("helm list -o json").out)[0]["status"] == "failed"
    tools("helm uninstall bad")
    tools.assign("Audit", [])


def test_waiting_for_what_never_runs_ends_with_a_reason(tools: Tools):
    tools("helm create never")
    done = tools("helm install never ./never --wait --timeout 20s", code=1)
    assert "Deployment/default/never not ready. status: Failed, message: Progress deadline exceeded" in done.err
    tools("helm uninstall never")


def test_a_dry_run_on_the_server_keeps_nothing(tools: Tools):
    tools("helm create dry")
    assert "STATUS: pending-install" in tools("helm install dry ./dry --dry-run=server").out
    assert "kind: Deployment" in tools("helm template dry ./dry --dry-run=server").out
    assert tools("helm list -o json").out == "[]\n"


def _replicas(tools: Tools) -> int:
    return int(tools("kubectl get deploy rel-web -o jsonpath={.spec.replicas}").out)
