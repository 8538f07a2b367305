# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Two who write at the same time, and one who writes while a long operation runs."""

from __future__ import annotations

import subprocess
import threading
import time

import pytest

from .azcli import ASSIGNMENT, AZ

OURS = f"policyAssignments/{ASSIGNMENT}$"
THEIRS = {
    "kind": "policyEffect",
    "value": "Disabled",
    "selectors": [{"kind": "policyDefinitionReferenceId", "in": ["uniqueServiceSelectors"]}],
}
ENFORCE = "aks update -g rg -n c1 --safeguards-level Enforcement"


def intent(body):
    """What of an assignment one update decides: level, version, namespaces, effects, overrides, mode."""
    properties = body["properties"]
    names = ("effect", "warn", "effectForMutationPolicies", "excludedNamespaces")
    metadata = {key: value for key, value in properties["metadata"].items() if key.startswith("safeguards")}
    return {
        "parameters": {name: properties["parameters"][name]["value"] for name in names},
        "overrides": properties.get("overrides"),
        "mode": properties["enforcementMode"],
        "pin": properties["definitionVersion"],
        "metadata": metadata,
    }


@pytest.fixture
def meddle(box, stored, monkeypatch):
    """Has somebody else add settings right before a request is answered, once."""

    def arm(method, ending):
        answer, done = box._handle, []

        def first(request, fault):
            if request.method == method and request.path.endswith(ending) and not done:
                done.append(True)
                body = stored()["properties"]
                body["overrides"] = [*(body.get("overrides") or []), THEIRS]
                body["displayName"] = "theirs"
            return answer(request, fault)

        monkeypatch.setattr(box, "_handle", first)
        return done

    return arm


def test_two_updates_at_the_same_time_end_whole_in_one_of_the_two(az, warm, box, cluster, stored):
    flags = {
        "Warning": ["--safeguards-level", "Warning", "--safeguards-version", "v1.0.0", "--safeguards-excluded-ns", "w"],
        "Enforcement": ["--safeguards-level", "Enforcement", "--safeguards-excluded-ns", "e1,e2"],
    }
    command = [AZ, "aks", "update", "-g", "rg", "-n", "c1"]
    wanted = {}
    for level, values in flags.items():
        box.assignments.clear()
        # What is not given stays, so each of the two names its version.
        values += [] if level == "Warning" else ["--safeguards-version", "v2.0.0"]
        warm("aks update -g rg -n c1", *values)
        wanted[level] = intent(stored())
    assert wanted["Warning"] != wanted["Enforcement"]
    for _ in range(2):
        box.assignments.clear()
        # Both must have read before one writes.
        box.faults.add("PUT", OURS, latency=0.5, times=2)
        running = [
            subprocess.Popen(
                [*command, *values],
                env=az.environment,
                cwd=az.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for values in flags.values()
        ]
        ended = [process.communicate(timeout=60) for process in running]
        assert [process.returncode for process in running] == [0, 0], ended
        assert intent(stored()) in wanted.values()


@pytest.mark.parametrize("status", [409, 412])
def test_a_conflict_keeps_what_the_other_one_wrote(warm, box, cluster, stored, status):
    warm("aks update -g rg -n c1 --safeguards-level Warning")
    fault = box.faults.add("PUT", OURS, status=status)
    writer = threading.Thread(target=_write_when_struck, args=(fault, stored))
    writer.start()
    box.faults.add("GET", OURS, latency=0.3, after=1)
    done = warm(ENFORCE)
    writer.join(10)
    assert done.sent.count("PUT assignment") == 2
    assert done.sent[-2:] == ["GET assignment", "PUT assignment"]
    properties = stored()["properties"]
    assert properties["displayName"] == "theirs"
    assert THEIRS in properties["overrides"]
    denied = next(item for item in properties["overrides"] if item["value"] == "Deny")
    assert "uniqueServiceSelectors" not in denied["selectors"][0]["in"]
    assert done.profile["level"] == "Enforcement"


def _write_when_struck(fault, stored):
    deadline = time.monotonic() + 20
    while not fault.hits and time.monotonic() < deadline:
        time.sleep(0.005)
    body = stored()["properties"]
    body["overrides"] = [*(body.get("overrides") or []), THEIRS]
    body["displayName"] = "theirs"


def test_a_setting_that_came_while_the_cluster_was_updated_survives(warm, box, cluster, stored, meddle):
    warm("aks update -g rg -n c1 --safeguards-level Warning")
    struck = meddle("PUT", "/managedClusters/c1")
    done = warm(f"{ENFORCE} --tags a=b")
    assert struck
    assert box.clusters[cluster]["tags"] == {"a": "b"}
    properties = stored()["properties"]
    assert properties["displayName"] == "theirs"
    assert THEIRS in properties["overrides"]
    assert done.profile["level"] == "Enforcement"
    assert done.sent.count("GET assignment") == 2


def test_a_refusal_that_came_up_meanwhile_is_said_after_the_cluster_was_updated(warm, box, cluster, stored, meddle):
    warm("aks update -g rg -n c1 --safeguards-level Warning")
    box.faults.add("GET", "features/SafeguardsPreview$", status=500, after=1, times=None)
    failed = warm(f"{ENFORCE} --tags a=b", code=None)
    assert box.clusters[cluster]["tags"] == {"a": "b"}
    assert "The cluster 'c1' was updated." in failed.errors[0]
    assert f"az {ENFORCE}" in failed.err.splitlines()
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Warning"


def test_several_clusters_in_one_command(warm, box, cluster, stored):
    # The installed create, update and show take no --ids; our own commands do.
    other = box.add_cluster("rg", "c2")
    warm("aks update -g rg -n c1 --safeguards-level Enforcement")
    warm("aks update -g rg -n c2 --safeguards-level Warning")
    shown = warm(f"aks safeguards profile show --ids {cluster} {other}").json
    assert {item["cluster"]: item["level"] for item in shown} == {"c1": "Enforcement", "c2": "Warning"}
    warm(f"aks safeguards profile delete --yes --ids {cluster} {other}")
    assert not box.assignments


def test_of_several_clusters_one_that_fails_does_not_hide(warm, box, cluster, stored):
    other = box.add_cluster("rg", "c2")
    warm("aks update -g rg -n c1 --safeguards-level Enforcement")
    done = warm(f"aks safeguards profile show --ids {cluster} {other}", code=1)
    assert "c2: The cluster 'c2' has no safeguards assignment" in done.err
    assert [item["cluster"] for item in done.json] == ["c1", "c2"]
    warm("aks update -g rg -n c2 --safeguards-level Warning")
    box.faults.add("DELETE", OURS, status=403, times=None)
    refused = warm.run(f"aks safeguards profile delete --yes --ids {other} {cluster}")
    assert refused.err.count("AuthorizationFailed") >= 2
    assert stored("rg", "c1")
    assert stored("rg", "c2")


def test_of_two_changes_of_policies_at_once_none_is_lost(az, running):
    """Assignments have no entity tag: whoever's write is overwritten notices it when reading back."""
    running.reset()
    running.features.set_state("SafeguardsPreview", "Registered")
    running.add_cluster("rg", "c1")
    az("aks update -g rg -n c1 --safeguards-level Warning")
    running.latency = 0.15
    line = "aks safeguards policy set -g rg -n c1 --effect Off --policy"
    both = [
        subprocess.Popen(
            [AZ, *line.split(), policy],
            env=az.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for policy in ("probes", "no-latest-tag")
    ]
    said = [process.communicate(timeout=60)[1] for process in both]
    running.latency = 0.0
    assert [process.returncode for process in both] == [0, 0], said
    (body,) = running.assignments.values()
    assert body["properties"]["metadata"]["safeguardsChoices"] == "Off:no-latest-tag,probes"
