# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The example scripts and the snippets of docs/python-api.md, as they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from .azcli import ARM, ROOT, SDK_PYTHON, named

BASH, PYTHON, SNIPPETS = "examples/provision.sh", "examples/provision.py", "docs/python-api.md"


@pytest.fixture
def run(az, box):
    """Runs a command in the environment of az; says how it ended and what was written."""

    def start(*command, code=0, **environment):
        before = len(box.journal)
        paths = [str(az.bin), os.environ["PATH"]]
        done = subprocess.run(
            [str(part) for part in command],
            env={**az.environment, "PATH": os.pathsep.join(paths), **environment},
            cwd=az.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        sent = [named(record) for record in list(box.journal)[before:] if record.host == ARM]
        done.writes = [name for name in sent if name.startswith(("PUT", "DELETE"))]
        return done

    return start


@pytest.fixture
def python(run, box):
    """Runs Python with what docs/python-api.md has users install, and without az."""
    assert SDK_PYTHON.exists(), "run `make setup` first"

    def start(*command, code=0):
        return run(SDK_PYTHON, *command, code=code, **box.sdk_sign_in(), SUBSCRIPTION_ID=box.subscription_id)

    return start


@pytest.fixture
def fresh(box):
    """A subscription in which nobody has registered anything."""
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    box.providers.set_state("Microsoft.PolicyInsights", "NotRegistered")
    return box


# The script in bash


def test_bash_on_a_fresh_subscription_and_again(run, fresh, stored):
    first = run(ROOT / BASH)
    assert first.writes == ["PUT group", "PUT cluster", "PUT assignment"]
    assert {item["name"]: item["properties"]["state"] for item in fresh.features.all()} == {
        "Microsoft.ContainerService/SafeguardsPreview": "Registered"
    }
    assert stored("myResourceGroup", "myAKSCluster")["properties"]["metadata"]["safeguardsLevel"] == "Warning"
    assert "creating it, Warning from the start" in first.stdout
    again = run(ROOT / BASH)
    assert again.writes == []
    assert "is there (Succeeded); setting Warning" in again.stdout
    assert first.stderr == again.stderr == ""


def test_bash_brings_a_cluster_up_to_date(run, box, stored):
    box.add_cluster("myResourceGroup", "myAKSCluster", azure_policy=False)
    done = run(ROOT / BASH, LEVEL="Enforcement", VERSION="v3.0.0", EXCLUDED_NS="a,b-*")
    assert done.writes == ["PUT cluster", "PUT assignment"]
    properties = stored("myResourceGroup", "myAKSCluster")["properties"]
    assert properties["definitionVersion"] == "3.0.*"
    assert properties["parameters"]["excludedNamespaces"]["value"][-2:] == ["a", "b-*"]


@pytest.mark.parametrize(
    ("fault", "second"),
    [
        ({"method": "PUT", "path": "managedClusters/myAKSCluster$", "status": 403}, ["PUT cluster", "PUT assignment"]),
        # Safeguards are set while the cluster is made, so only the cluster is left to do.
        ({"method": "PUT", "path": "managedClusters/myAKSCluster$", "operation": "Failed"}, ["PUT cluster"]),
        ({"method": "PUT", "path": "policyAssignments", "status": 403, "times": 2}, ["PUT assignment"]),
        ({"method": "POST", "path": "register$", "status": 403}, ["PUT group", "PUT cluster", "PUT assignment"]),
        ({"method": "GET", "path": "managedClusters$", "status": 403}, ["PUT cluster", "PUT assignment"]),
    ],
)
def test_bash_stops_at_a_fault_and_a_second_run_finishes(run, box, stored, fault, second):
    box.faults.add(**fault)
    stopped = run(ROOT / BASH, code=1)
    assert "ERROR: " in stopped.stderr
    assert "To finish the job, run this script again." in stopped.stderr
    assert "Done" not in stopped.stdout
    assert run(ROOT / BASH).writes == second
    assert stored("myResourceGroup", "myAKSCluster")["properties"]["metadata"]["safeguardsLevel"] == "Warning"


def test_bash_where_the_feature_cannot_be_registered_creates_nothing(run, fresh):
    fresh.faults.add("POST", "features/SafeguardsPreview/register", status=403, times=None)
    stopped = run(ROOT / BASH, code=1)
    assert stopped.writes == []
    assert "az aks safeguards register" in stopped.stderr
    assert len(fresh.clusters) == 0


# The script in Python


@pytest.fixture
def three(box):
    return [box.add_cluster("rg", name) for name in ("c1", "c2", "c3")]


def test_python_sets_several_clusters_and_changes_nothing_the_second_time(python, box, three, stored):
    line = (ROOT / PYTHON, "--level", "Enforcement", "--excluded-ns", "a,b-*", *three)
    first = python(*line)
    assert first.writes == ["PUT assignment"] * 3
    assert all(stored("rg", name)["properties"]["overrides"] for name in ("c1", "c2", "c3"))
    assert first.stdout.count("  level: - -> Enforcement\n") == 3
    assert re.search(r"^rg/c2 +changed +Enforcement +v2.0.0 +a,b-\*$", first.stdout, re.MULTILINE)
    again = python(*line)
    assert again.writes == []
    assert again.stdout.count(" -> ") == 0
    assert re.search(r"^rg/c2 +unchanged +Enforcement", again.stdout, re.MULTILINE)


def test_python_shows_what_would_change(python, box, three):
    done = python(ROOT / PYTHON, "--level", "Warning", "--dry-run", three[0])
    assert done.writes == []
    assert "rg/c1: would change" in done.stdout
    assert "  policy probes: off -> warn" in done.stdout


def test_python_goes_on_when_a_cluster_fails(python, box, three, stored):
    bare = box.add_cluster("rg", "bare", azure_policy=False)
    nowhere = three[0].replace("/c1", "/nowhere")
    box.faults.add("PUT", "managedClusters/c2/.*policyAssignments", status=403)
    done = python(ROOT / PYTHON, "--level", "Warning", bare, nowhere, *three, code=1)
    assert done.stderr == ""
    assert stored("rg", "c1")
    assert stored("rg", "c3")
    assert not stored("rg", "c2")
    assert f"next: az aks enable-addons --addons azure-policy -g rg -n bare --subscription {box.subscription_id}" in (
        done.stdout
    )
    for name, result in (("bare", "failed"), ("nowhere", "failed"), ("c1", "changed"), ("c2", "failed")):
        assert re.search(rf"^rg/{name} +{result}", done.stdout, re.MULTILINE)
    again = python(ROOT / PYTHON, "--level", "Warning", *three)
    assert again.writes == ["PUT assignment"]
    assert stored("rg", "c2")


def test_python_survives_a_lost_answer(python, box, three, stored):
    box.faults.add("PUT", "policyAssignments", drop="after", times=2)
    python(ROOT / PYTHON, "--level", "Warning", *three)
    assert all(stored("rg", name) for name in ("c1", "c2", "c3"))


def test_python_without_the_feature_writes_nothing(python, fresh, three):
    done = python(ROOT / PYTHON, "--level", "Warning", *three, code=1)
    assert done.writes == []
    assert done.stdout.count("error: Cluster ") == 3
    assert "next: az aks safeguards register " in done.stdout


def test_python_works_on_some_clusters_at_a_time(python, box):
    clusters = [box.add_cluster("rg", f"c{number}") for number in range(6)]
    # The slowest request of each cluster is what they wait for together.
    box.faults.add("PUT", "policyAssignments", latency=0.8, times=None)
    python(ROOT / PYTHON, "--level", "Warning", "--parallel", "6", *clusters)
    puts = [record for record in box.journal if record.method == "PUT"]
    assert len(puts) == 6
    first_answer = min(record.finished for record in puts)
    assert sum(record.started < first_answer for record in puts) > 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--level", "Bad", "ID"], "'Bad' is not a safeguards level"),
        (["--level", "Off", "/subscriptions/x"], "'/subscriptions/x' is not the id of a managed cluster."),
        (["--level", "Off", "--version", "9", "ID"], "'9' is not a safeguards version"),
        (["--level", "Off", "--excluded-ns", "a,,b", "ID"], "has an empty item"),
        (["--level", "Off"], "required: CLUSTER_ID"),
        (["--level", "Off", "--parallel", "0", "ID"], "at least 1"),
    ],
)
def test_python_refuses_bad_values_before_any_request(python, box, line, said):
    before = len(box.journal)
    assert said in python(ROOT / PYTHON, *line, code=2).stderr
    assert len(box.journal) == before


# The documented API


def test_the_snippets_of_the_api_page_run_in_order(python, az, box, stored, tmp_path):
    # Other tests use the folder of that name, too.
    shutil.rmtree(az.folder / "deploy", ignore_errors=True)
    (az.folder / "deploy").mkdir()
    (az.folder / "deploy" / "pod.yaml").write_text(POD.lstrip())
    box.load_manifests(box.add_cluster("myResourceGroup", "myAKSCluster"), POD)
    box.compliance.scan_seconds = 0.05
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / SNIPPETS).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 10
    script = tmp_path / "snippets.py"
    script.write_text("\n".join(blocks))
    done = python(script)
    assert done.writes == ["PUT assignment", "PUT assignment"]
    for line in (
        "probes off choice",
        "level: - -> Warning",
        "policy probes: off -> warn",
        "would write",
        "Audit []",
        "Microsoft.ContainerService Registered refreshed",
        "no such cluster, or it has no safeguards",
    ):
        assert line in done.stdout.splitlines()
    # What is refused goes through the same lines.
    refused = python("-c", blocks[0] + blocks[-1].replace('"another"', '"no/name"'))
    assert refused.stdout.startswith("'no/name' ")
    assert re.search(r"^age warning Last written ", done.stdout, re.MULTILINE)
    assert re.search(r"^deploy/pod.yaml 4 resource-limits warn container <c> has ", done.stdout, re.MULTILINE)
    assert re.search(r"^denied Pod web ", done.stdout, re.MULTILINE)
    assert "deploy/pod.yaml 4 probes" not in done.stdout
    assert re.search(r"^shop Pod web resource-limits container <c> has ", done.stdout, re.MULTILINE)


POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: c, image: "nginx:latest"}]}
"""
