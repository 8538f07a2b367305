# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""--ids of the commands that change clusters: several at a time, one summary, one exit code."""

from __future__ import annotations

import copy
import os
import pty
import re
import shlex
import signal
import subprocess
import time

import pytest

from .azcli import AZ, named

SECOND = "5a4dbc00-2222-4000-8000-000000000000"
UNKNOWN = "5a4dbc00-3333-4000-8000-000000000000"
SUSPEND, RESUME = "aks safeguards suspend", "aks safeguards resume"
SET, RESET = "aks safeguards policy set", "aks safeguards policy reset"
DELETE = "aks safeguards profile delete"
PUT = "PUT assignment"


@pytest.fixture
def two(box, warm):
    """A second subscription, to which az is signed in as well."""
    box.add_subscription(SECOND, "Second")
    box.write_login(warm.folder / "azure")
    yield SECOND
    box.backends.subscription_names.pop(SECOND)
    box.write_login(warm.folder / "azure")


@pytest.fixture
def fleet(box, warm, stored):
    """The ids of twelve clusters with an assignment."""
    box.add_cluster("model", "model")
    warm("aks update -g model -n model --safeguards-level Enforcement")
    body = copy.deepcopy(stored("model", "model"))
    box.clusters.clear()
    box.assignments.clear()
    return box.add_clusters(12, groups=1, body=body)


def popen(az, *args, **more):
    return subprocess.Popen(
        [AZ, *args],
        env=az.environment,
        cwd=az.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def test_what_registers_another_subscription_names_it_again(warm, box, two):
    box.faults.add("GET", "features/SafeguardsPreview", status=400, code="Odd", times=None)
    failed = warm(f"aks safeguards register --subscription {two}", code=None)
    assert f"az aks safeguards register --subscription {two}" in failed.err.splitlines()


def test_several_subscriptions_some_of_which_fail(warm, box, stored, two):
    one, held, bare = (box.add_cluster("rg", name) for name in ("one", "held", "bare"))
    far = box.add_cluster("far", "far", subscription=two)
    for where in ("-g rg -n one", "-g rg -n held", f"-g far -n far --subscription {two}"):
        warm(f"aks update {where} --safeguards-level Enforcement")
    box.faults.add("PUT", "/held/.*policyAssignments", status=403, times=None)
    gone = one.replace("/one", "/gone")
    ids = f"{one} {held} {bare} {far} {gone} {one.upper()}"
    before = {name: copy.deepcopy(stored("rg", name)) for name in ("one", "held")}
    dry = warm(f"{SET} --ids {ids} --policy probes --effect Off --dry-run", code=1)
    assert [item["result"] for item in dry.json] == ["WouldChange", "WouldChange", "Failed", "WouldChange", "Failed"]
    assert dry.writes == []
    assert {name: stored("rg", name) for name in before} == before
    assert "one:\n  choice probes: - -> Off\n  policy probes: deny -> off\nheld:\n" in dry.err

    done = warm(f"{SET} --ids {ids} --policy probes --effect Off", code=1)
    found = done.json
    assert [(item["cluster"], item["result"]) for item in found] == [
        ("one", "Changed"), ("held", "Failed"), ("bare", "Failed"), ("far", "Changed"), ("gone", "Failed"),
    ]  # fmt: skip
    assert [item["subscription"] for item in found] == [*[found[0]["subscription"]] * 3, two, found[0]["subscription"]]
    assert found[0]["changes"] == dry.json[0]["changes"]
    assert [(row["name"], row["does"], row["origin"]) for row in found[3]["policies"]] == [("probes", "off", "choice")]
    assert done.bodies(PUT)[0] in [dry.json[number]["body"] for number in (0, 1, 3)]
    assert stored("rg", "held") == before["held"]
    assert stored("rg", "bare") is None
    assert done.errors == ["ERROR: 2 of 5 clusters changed, 3 failed:"]
    said = done.err.splitlines()
    assert [line.split(":")[0] for line in said[1:4]] == ["  held", "  bare", "  gone"]
    assert "(AuthorizationFailed)" in said[1]
    assert f"az aks update -g rg -n bare --subscription {found[0]['subscription']} --safeguards-level Warning" in said
    assert any("Resource Policy Contributor" in line for line in said)
    assert "Run the same command again." not in said

    # The last line does the rest, once that is mended.
    box.faults.clear()
    box.add_cluster("rg", "gone")
    for name in ("bare", "gone"):
        warm(f"aks update -g rg -n {name} --safeguards-level Warning")
    rest = warm(said[-1].removeprefix("az "))
    assert [(item["cluster"], item["result"]) for item in rest.json] == [
        (name, "Changed") for name in ("held", "bare", "gone")
    ]
    assert rest.err == "3 of 3 clusters changed.\n"

    again = warm(f"{SUSPEND} --ids {ids} --reason", "it's down", "-o", "table")
    table = again.out.splitlines()
    assert table[0].split() == ["Cluster", "ResourceGroup", "Subscription", "Result", "Changes"]
    assert [line.split()[0] for line in table[2:]] == ["one", "held", "bare", "far", "gone"]
    assert stored("far", "far")["properties"]["enforcementMode"] == "DoNotEnforce"
    same = warm(f"{SET} --ids {ids} --policy probes --effect Off")
    assert same.writes == []
    assert same.err.splitlines()[-1] == "0 of 5 clusters changed, 5 needed no change."
    assert "one, held, bare, far, gone: Everything is set like this already" in same.err
    resumed = warm(f"{RESUME} --ids {ids}").json
    assert [(item["result"], item["level"], item["suspended"]) for item in resumed] == [
        ("Changed", level, None) for level in ("Enforcement", "Enforcement", "Warning", "Enforcement", "Warning")
    ]
    assert len(warm(f"{RESET} --ids {ids} --all").bodies(PUT)) == 5
    box.faults.add("DELETE", "/held/.*policyAssignments", status=403, times=None)
    deleted = warm(f"{DELETE} --yes --ids {ids}", code=1)
    assert [item["result"] for item in deleted.json] == ["Changed", "Failed", "Changed", "Changed", "Changed"]
    assert stored("rg", "held")
    assert len(box.assignments) == 1
    assert f"az {DELETE} --ids" in deleted.err.splitlines()[-1]
    assert deleted.err.splitlines()[-1].endswith("/held --yes")


def timeless(found):
    """What two runs of the same command print alike: not when something was suspended.

    A command to paste about a cluster that was named by its id has the id's subscription.
    """
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", re.sub(r" --subscription [0-9a-f-]{36}", "", found))


def asked(done):
    """What was asked; whether AKS has safeguards of its own is read beside the rest and not always waited for."""
    return sorted(name for name in done.sent if name != "GET managed")


def test_one_id_is_as_a_name(warm, cluster, stored):
    warm("aks update -g rg -n c1 --safeguards-level Enforcement")
    for line in (f"{SET} --policy probes --effect Off", f"{SUSPEND} --reason x", RESUME, f"{RESET} --all"):
        for flag in (" --dry-run", " --dry-run -o table", ""):
            before = copy.deepcopy(stored())
            by_name = warm(f"{line}{flag} -g rg -n c1")
            body = stored()
            body.clear()
            body.update(before)
            by_id = warm(f"{line}{flag} --ids {cluster} {cluster}")
            assert timeless(by_name.out) == timeless(by_id.out), line
            assert timeless(by_name.err) == timeless(by_id.err), line
            assert (asked(by_name), by_name.writes) == (asked(by_id), by_id.writes), line
            assert by_id.writes == ([] if flag else [PUT])
    deleted = warm(f"{DELETE} --yes --ids {cluster}")
    assert (deleted.out, deleted.err, deleted.writes) == ("", "", ["DELETE assignment"])
    by_id = warm(f"{SUSPEND} --ids {cluster}", code=3)
    assert by_id.errors == warm(f"{SUSPEND} -g rg -n c1", code=3).errors


def test_some_are_worked_on_at_the_same_time(warm, box, fleet):
    box.faults.add("PUT", "policyAssignments", latency=0.15, times=None)
    done = warm(f"{SUSPEND} --ids", *fleet)
    writes = [record for record in done.requests if named(record) == PUT]
    assert len(writes) == 12
    at_a_time = [sum(one.started <= other.started < one.finished for one in writes) for other in writes]
    assert 3 <= max(at_a_time) <= 8
    assert [item["id"].lower() for item in done.json] == [identifier.lower() for identifier in fleet]


def test_what_is_refused_before_any_request(warm, box, cluster):
    elsewhere = cluster.replace(cluster.split("/")[2], UNKNOWN)
    commands = [f"{SET} --policy probes --effect Off", f"{RESET} --all", SUSPEND, RESUME, DELETE, f"{DELETE} --yes"]
    commands.append("aks safeguards profile migrate --to managed")
    for command in commands:
        for line, said in (
            ("", "(--resource-group --name | --ids) are required"),
            ("-n c1", "(--resource-group | --ids) are required"),
            (f"-g rg -n c1 --ids {cluster}", "so --resource-group and --name can't be given with it"),
            (f"--ids {cluster} c1 {cluster}/x", "2 of the ids can't be used: 'c1' is not the id of a managed cluster."),
        ):
            refused = warm(f"{command} {line}", code=1)
            assert said in refused.errors[0], (command, line)
            assert len(refused.err.splitlines()) > 1
    assert "--subscription can't be given" in warm(f"{SUSPEND} --ids {cluster} --subscription {SECOND}", code=1).err
    unknown = warm(f"{SUSPEND} --ids {cluster} {elsewhere}", code=1)
    assert f"'{UNKNOWN}' not found" in unknown.errors[0]
    assert "az login" in unknown.err
    assert len(box.journal) == 0
    # What is only a default of az does not stand against --ids, and is enough without.
    warm("aks update -g rg -n c1 --safeguards-level Warning")
    default = {"AZURE_DEFAULTS_GROUP": "rg"}
    assert warm(f"{SUSPEND} --ids {cluster}", **default).writes == [PUT]
    assert warm(f"{RESUME} -n c1", **default).writes == [PUT]


def test_pipes(az, box, fleet):
    environment = {**az.environment, "PATH": f"{az.bin}{os.pathsep}{az.environment.get('PATH', os.environ['PATH'])}"}

    def shell(line):
        done = subprocess.run(
            ["sh", "-c", line], env=environment, cwd=az.folder, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def suspended():
        return sum(body["properties"]["enforcementMode"] == "DoNotEnforce" for body in box.assignments.values())

    listed = shell(f"az aks list --query '[].id' -o tsv | az {SUSPEND} --ids @- -o table")
    assert (len(listed.splitlines()), suspended()) == (14, 12)
    shell(f"az aks show -g fleet-0 -n fleet-00003 | az {RESUME} --ids @-")
    assert suspended() == 11
    shell(f"az {RESUME} --ids $(az aks list --query '[].{{id: id, name: name}}')")
    assert suspended() == 0
    shell(f"az aks list --query '[:5].id' -o tsv | xargs -n2 az {SUSPEND} -o none --ids")
    assert suspended() == 5


def test_ctrl_c_says_what_was_done(az, box, fleet):
    box.faults.add("PUT", "policyAssignments", latency=2.0, times=None)
    before = len(box.journal)
    running = popen(
        az,
        *(*SUSPEND.split(), "--ids", *fleet, "-o", "tsv", "--query", "[].result"),
        stdin=subprocess.DEVNULL,
        # A test run in the background of a script ignores Ctrl-C, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 30
    while [record.method for record in list(box.journal)[before:]].count("PUT") < 8:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 1
    touched = {record.path.split("/")[8] for record in list(box.journal)[before:] if "managedClusters/" in record.path}
    begun = len(touched)
    assert 8 <= begun < 12
    assert touched == {identifier.split("/")[8] for identifier in fleet[:begun]}
    assert out.split() == ["Changed"] * begun + ["NotBegun"] * (12 - begun)
    assert "clusters were begun and are waited for" in err
    assert f"ERROR: Stopped by Ctrl-C: {begun} of 12 clusters changed, {12 - begun} not begun.\n" in err
    left = [identifier.replace("/resourcegroups/", "/resourceGroups/") for identifier in fleet[begun:]]
    assert shlex.split(err.splitlines()[-1]) == ["az", *SUSPEND.split(), "--ids", *left]
    modes = [body["properties"]["enforcementMode"] for body in box.assignments.values()]
    assert modes.count("DoNotEnforce") == begun


@pytest.mark.parametrize(("answer", "left"), [("n", 12), ("y", 10)])
def test_a_deletion_asks_once_for_all(az, box, fleet, answer, left):
    master, terminal = pty.openpty()
    running = popen(az, *DELETE.split(), "--ids", *fleet[:2], stdin=terminal)
    os.write(master, f"{answer}\n".encode())
    out, err = running.communicate(timeout=60)
    os.close(master)
    os.close(terminal)
    assert (out + err).count("(y/n)") == 1
    assert "assignments of 2 clusters (fleet-00000, fleet-00001) with their excluded namespaces" in out + err
    assert len(box.assignments) == left
    assert running.returncode == (1 if answer == "n" else 0)


def test_several_clusters_are_migrated(warm, box, cluster, stored):
    second, third = box.add_cluster("rg", "c2"), box.add_cluster("rg", "c3")
    for identifier in (cluster, second):
        box.add_deployment_safeguards(identifier, "Enforce", ["a"])
    migrate = f"aks safeguards profile migrate --ids {cluster} {second} {third} --to"
    dry = warm(f"{migrate} assignment --dry-run", code=1)
    assert [item["result"] for item in dry.json] == ["WouldChange", "WouldChange", "Failed"]
    assert dry.writes == []
    done = warm(f"{migrate} assignment --safeguards-version v3.0.0", code=1)
    assert [item["result"] for item in done.json] == ["Changed", "Changed", "Failed"]
    assert done.json[0]["done"] == ["write the assignment", "remove the managed safeguards"]
    assert "c3: The cluster 'c3' has neither managed safeguards nor the assignment" in done.err
    assert len(box.deployment_safeguards) == 0
    asked = warm(f"{migrate} managed", code=1)
    assert asked.writes == []
    assert "2 of 3 clusters will lose what the new safeguards can't hold" in asked.errors[0]
    assert "  c2: the version (v3.0.0)" in asked.err
    box.faults.add("DELETE", "/c2/.*policyAssignments", status=403)
    back = warm(f"{migrate} managed --yes -o table", code=1)
    assert [line.split()[1] for line in back.out.splitlines()[2:]] == ["Failed", "Failed", "Changed"]
    assert (stored("rg", "c1"), len(box.deployment_safeguards)) == (None, 2)
    rest = warm(back.err.splitlines()[-1].removeprefix("az "), code=1)
    assert [item["result"] for item in rest.json] == ["Changed", "Failed"]
    assert stored("rg", "c2") is None


def test_reading_commands_take_ids(warm, cluster, box):
    second = box.add_cluster("rg", "c2")
    for name in ("c1", "c2"):
        warm(f"aks update -g rg -n {name} --safeguards-level Warning")
    for command in ("profile show", "diagnose --fail-on never", "compliance show", "policy list"):
        assert len(warm(f"aks safeguards {command} --ids {cluster} {second}").json) == 2
