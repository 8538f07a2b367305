# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Without our flags, installing the extension changes nothing but one read beside `aks show`."""

from __future__ import annotations

import re
import time

import pytest

# What differs between any two runs of az.
_EACH_RUN = {"x-ms-client-request-id", "content-length", "date"}


def compared(outcome):
    """Requests and output in a form in which two runs that do the same are equal."""
    requests = [
        (
            name,
            {key: value for key, value in record.query.items() if key == "api-version"},
            record.body,
            sorted((key, value) for key, value in record.headers.items() if key.lower() not in _EACH_RUN),
        )
        for name, record in zip(outcome.sent, outcome.requests, strict=True)
        if name != "GET operation"
    ]
    # The entity tag of a cluster that was written is new each time.
    return requests, re.sub(r'"eTag": "[^"]*"', '"eTag": "..."', outcome.out), outcome.err, outcome.code


def seeded(box):
    box.reset()
    return box.add_cluster("rg", "c1", tags={"x": "y"})


@pytest.mark.parametrize(
    "line",
    [
        "aks create -g rg -n new --no-ssh-key --enable-addons azure-policy --query '[name, addonProfiles]'",
        "aks create -g rg -n new --no-ssh-key --no-wait",
        "aks update -g rg -n c1 --tags a=b",
        "aks update -g rg -n c1 --tags a=b --no-wait",
        "aks update -g rg -n none --tags a=b",
        "aks update -g rg -n c1 --no-such-flag",
        "aks list -o table",
        "group list -o json",
    ],
)
def test_requests_and_output_are_the_same_with_and_without_the_extension(az, plain, box, line):
    seeded(box)
    without = plain(line, code=None if "none" in line or "no-such" in line else 0)
    seeded(box)
    with_extension = az(line, code=without.code)
    assert compared(with_extension) == compared(without)


def test_show_reads_the_assignment_beside_the_cluster(az, plain, box, cluster):
    az("aks update -g rg -n c1 --safeguards-level Warning --safeguards-excluded-ns a")
    without = plain("aks show -g rg -n c1 -o json")
    box.latency = 0.4
    done = az("aks show -g rg -n c1 -o json")
    # AKS's own safeguards are asked for only where there is an assignment that they could act beside.
    assert sorted(done.sent) == ["GET assignment", "GET cluster", "GET managed"]
    first, second = (one for one in done.requests if "deploymentSafeguards" not in one.path)
    assert max(first.started, second.started) < min(first.finished, second.finished)
    shown = done.json
    assert shown.pop("safeguardsProfile") == {
        "level": "Warning",
        "version": "v2.0.0",
        "excludedNamespaces": ["a"],
        "systemExcludedNamespaces": ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"],
    }
    assert shown == without.json


@pytest.mark.parametrize("options", ["-o json", "-o table", "--query name -o tsv"])
def test_show_of_a_cluster_without_safeguards_prints_what_core_prints(az, plain, cluster, options):
    without, done = (run(f"aks show -g rg -n c1 {options}") for run in (plain, az))
    assert (done.out, done.err) == (without.out, without.err)
    assert "GET managed" not in done.sent


def test_show_in_a_table_keeps_the_columns_of_core(az, plain, cluster):
    az("aks update -g rg -n c1 --safeguards-level Warning")
    assert az("aks show -g rg -n c1 -o table").out == plain("aks show -g rg -n c1 -o table").out


@pytest.mark.parametrize(
    "fault", [{"status": 403}, {"status": 500}, {"status": 404}, {"status": 429}, {"drop": "before"}]
)
def test_show_prints_what_core_prints_when_the_read_of_the_assignment_fails(az, plain, box, cluster, fault):
    az("aks update -g rg -n c1 --safeguards-level Warning")
    without = plain("aks show -g rg -n c1 -o json")
    box.faults.add("GET", "policyAssignments", times=None, **fault)
    done = az("aks show -g rg -n c1 -o json")
    assert (done.out, done.err) == (without.out, without.err)
    assert done.sent.count("GET assignment") == 1


def test_show_does_not_wait_for_a_read_that_hangs(az, plain, box, cluster):
    without = plain("aks show -g rg -n c1 -o json")
    box.faults.add("GET", "policyAssignments", latency=12, times=None)
    started = time.monotonic()
    done = az("aks show -g rg -n c1 -o json")
    assert time.monotonic() - started < 9
    assert (done.out, done.err) == (without.out, without.err)


def test_show_of_no_cluster_is_the_error_of_core(az, plain, box):
    box.add_group("rg")
    without, done = (run("aks show -g rg -n none", code=3) for run in (plain, az))
    assert (done.out, done.err) == (without.out, without.err)
