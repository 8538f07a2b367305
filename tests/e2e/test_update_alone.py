# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`aks update` with our flags: alone it never touches the cluster; beside other flags it follows the update."""

from __future__ import annotations

import threading
import time

import pytest

UPDATE = "aks update -g rg -n c1"
WAVE = [
    "GET assignment",
    "GET assignments",
    "GET cluster",
    "GET exemptions",
    "GET feature",
    "GET initiative",
    "GET managed",
    "GET permissions",
    "GET policy provider",
]


def test_all_reads_at_the_same_time_then_one_write(az, box, cluster):
    box.latency = 0.4
    done = az(f"{UPDATE} --safeguards-level Enforcement")
    assert sorted(done.sent[:-1]) == WAVE
    assert done.sent[-1] == "PUT assignment"
    *reads, write = done.requests
    assert max(read.started for read in reads) < min(read.finished for read in reads)
    assert write.started >= max(read.finished for read in reads)


def test_the_cluster_is_not_touched_and_nobody_is_asked(az, box, cluster):
    before = dict(box.clusters[cluster])
    done = az(f"{UPDATE} --safeguards-level Warning")
    assert done.writes == ["PUT assignment"]
    assert done.err == ""
    assert dict(box.clusters[cluster]) == before


@pytest.mark.parametrize("flags", ["--no-wait", "--yes", "--aks-custom-headers a=b"])
def test_flags_that_change_nothing_of_the_cluster_leave_it_alone(az, cluster, stored, flags):
    done = az(f"{UPDATE} --safeguards-level Warning {flags}")
    assert done.writes == ["PUT assignment"]
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Warning"


def test_the_output_is_that_of_the_core_commands_plus_the_profile(az, plain, cluster):
    tagged = plain(f"{UPDATE} --tags a=b -o json").json
    shown = plain("aks show -g rg -n c1 -o json").json
    done = az(f"{UPDATE} --safeguards-level Enforcement --safeguards-excluded-ns x -o json").json
    profile = done.pop("safeguardsProfile")
    assert profile == {
        "level": "Enforcement",
        "version": "v2.0.0",
        "excludedNamespaces": ["x"],
        "systemExcludedNamespaces": ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"],
    }
    assert done == tagged
    assert done == shown
    assert list(done) == list(shown)


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        ("-o none", ""),
        ("--query safeguardsProfile.level -o tsv", "Warning\n"),
        ("--query name -o tsv --only-show-errors", "c1\n"),
    ],
)
def test_output_options_work_as_ever(az, cluster, options, printed):
    assert az(f"{UPDATE} --safeguards-level Warning {options}").out == printed


def test_other_flags_too_update_the_cluster_and_then_the_assignment(az, box, cluster, stored):
    done = az(f"{UPDATE} --safeguards-level Enforcement --tags a=b")
    assert done.writes == ["PUT cluster", "PUT assignment"]
    body = done.bodies("PUT cluster")[0]
    assert body["tags"] == {"a": "b"}
    assert "safeguards" not in str(body).lower()
    last_poll = max(record.finished for record in done.requests if "/operations/" in record.path)
    assert done.requests[-1].started >= last_poll
    assert (done.json["tags"], done.profile["level"]) == ({"a": "b"}, "Enforcement")
    assert box.clusters[cluster]["tags"] == {"a": "b"}
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Enforcement"


def test_a_question_of_the_installed_command_that_nobody_answers_writes_nothing(az, plain, box, stored):
    box.add_cluster("rg", "c1", tags={"a": "b"})
    # Core asks before an update that it takes for an empty one, and stops where there is no terminal.
    without = plain(f'{UPDATE} --tags ""', code=None, traceback=True)
    done = az(f'{UPDATE} --safeguards-level Warning --tags ""', code=without.code, traceback=True)
    assert "NoTTYException" in done.err
    assert (done.writes, stored()) == ([], None)


def test_other_flags_with_no_wait_return_before_the_cluster_is_ready(az, box, cluster, stored):
    box.polls = 1000
    done = az(f"{UPDATE} --safeguards-level Warning --tags a=b --no-wait")
    assert done.writes == ["PUT cluster", "PUT assignment"]
    assert box.clusters[cluster]["properties"]["provisioningState"] == "Updating"
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Warning"


def test_what_somebody_writes_while_the_cluster_updates_survives(az, box, cluster, stored):
    az(f"{UPDATE} --safeguards-level Warning")
    box.journal.clear()
    box.faults.add("PUT", "managedClusters/c1$", latency=1.5)
    meddled = threading.Event()

    def meddle():
        for _ in range(600):
            if box.journal.matching("PUT", "managedClusters/c1"):
                stored()["properties"]["parameters"]["requiredProbes"] = {"value": ["readinessProbe"]}
                meddled.set()
                return
            time.sleep(0.05)

    somebody = threading.Thread(target=meddle, daemon=True)
    somebody.start()
    az(f"{UPDATE} --safeguards-level Enforcement --tags a=b")
    assert meddled.is_set()
    assert stored()["properties"]["parameters"]["requiredProbes"] == {"value": ["readinessProbe"]}


def test_the_cluster_of_another_group_or_case_is_found(az, box, stored):
    box.add_cluster("My.Group_(1)", "Clus-1")
    assert az("aks update -g 'My.Group_(1)' -n Clus-1 --safeguards-level Warning").profile["level"] == "Warning"
    again = az("aks update -g 'my.group_(1)' -n clus-1 --safeguards-level Warning")
    assert again.writes == []
