# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards policy set --pod-security`: one switch, and everything that carries it, on a real az."""

from __future__ import annotations

import copy
import json
import subprocess

import pytest

from azext_safeguards.domain.assignment.comparison import says_the_same
from azext_safeguards.domain.initiative.pod_security import members_of

from .evaluator import effective

POLICY = "aks safeguards policy"
ON_C1 = "-g rg -n c1"
SET = f"{POLICY} set {ON_C1} --pod-security"
UPDATE = f"aks update {ON_C1}"


@pytest.fixture
def third(warm, cluster):
    """The cluster c1 at Enforcement v3.0.0."""
    warm(f"{UPDATE} --safeguards-level Enforcement --safeguards-version v3.0.0")


def denied(box, stored):
    return {name for name, effect in effective(box, stored).items() if effect == "Deny"} & members_of("Restricted")


def test_one_switch_sets_its_policies_and_is_shown(warm, box, third, stored):
    done = warm(f"{SET} baseline")
    assert done.writes == ["PUT assignment"]
    assert (done.err, len(done.json)) == ("", 15)
    assert denied(box, stored()) == members_of("Baseline")
    rows = {row["name"]: row for row in warm(f"{POLICY} list {ON_C1}").json}
    assert len(rows) == 27
    shown = {name: (row["does"], row["origin"], row["podSecurity"]) for name, row in rows.items()}
    assert shown["privileged"] == ("deny", "pod security", "Baseline")
    assert shown["users-groups"] == ("off", "level", "Baseline")
    assert shown["probes"] == ("deny", "level", None)
    capabilities = rows["capabilities"]["parameters"]["allowedCapabilities"]
    assert (len(capabilities["value"]), capabilities["origin"]) == (13, "pod security")
    table = warm(f"{POLICY} list {ON_C1} -o table").out
    (line,) = [line for line in table.splitlines() if line.startswith("privileged ")]
    assert "pod security" in line
    assert "Baseline" in line
    profile = warm(f"aks safeguards profile show {ON_C1}").json
    assert (profile["podSecurity"], profile["choices"], profile["drift"]) == ("Baseline", {}, [])
    (listed,) = warm("aks safeguards profile list").json
    assert listed["choices"] == ["pod-security=Baseline"]
    again = warm(f"{SET} Baseline")
    assert again.writes == []
    assert "set like this already" in again.err


def test_single_policies_differ_and_come_back(warm, box, third, stored):
    warm(f"{POLICY} set {ON_C1} --policy privileged --effect Warn")
    told = warm(f"{SET} Restricted --effect Deny")
    assert "goes before Pod Security: privileged (Warn)" in told.err
    assert denied(box, stored()) == members_of("Restricted") - {"privilegedContainers"}
    warm(f"{UPDATE} --safeguards-level Warning")
    assert denied(box, stored()) == members_of("Restricted") - {"privilegedContainers"}
    back = warm(f"{POLICY} reset {ON_C1} --policy privileged")
    assert "Pod Security Restricted:Deny decides what privileged does." in back.err
    assert denied(box, stored()) == members_of("Restricted")
    (listed,) = warm("aks safeguards profile list").json
    assert listed["choices"] == ["pod-security=Restricted:Deny"]
    warm(f"{POLICY} reset {ON_C1} --all")
    assert denied(box, stored()) == set()
    assert warm(f"aks safeguards profile show {ON_C1}").json["podSecurity"] == "Off"


def test_other_versions_are_refused_with_the_way_out_and_keep_it(warm, box, cluster, stored):
    warm(f"{UPDATE} --safeguards-level Enforcement")
    refused = warm(f"{SET} Restricted --effect Warn", code=1)
    assert refused.writes == []
    assert "version v2.0.0 has no Pod Security policies" in refused.errors[0]
    ways = [line for line in refused.err.splitlines() if line.startswith("az ")]
    assert ways == [
        f"az aks update {ON_C1} --safeguards-version v3.0.0",
        f"az {POLICY} set {ON_C1} --pod-security Restricted --effect Warn",
    ]
    for way in ways:
        assert warm(way.removeprefix("az ")).writes == ["PUT assignment"]
    assert denied(box, stored()) == set()
    lost = warm(f"{UPDATE} --safeguards-version v1.0.0")
    assert "v1.0.0 has no Pod Security (Restricted:Warn)" in lost.err
    assert warm(f"aks safeguards profile show {ON_C1}").json["drift"] == []
    warm(f"{UPDATE} --safeguards-version v3.0.0")
    effects = effective(box, stored())
    assert {name for name in members_of("Restricted") if effects[name] == "Audit"} == members_of("Restricted")
    assert warm(f"{UPDATE} --safeguards-version v2.0.0").writes == ["PUT assignment"]
    off = warm(f"{SET} Off")
    assert off.writes == ["PUT assignment"]
    assert "safeguardsPodSecurity" not in stored()["properties"]["metadata"]


def test_a_dry_run_shows_what_is_written_then(warm, third, stored):
    before = copy.deepcopy(stored())
    dry = warm(f"{SET} Baseline --dry-run")
    assert (dry.writes, stored()) == ([], before)
    fields = {change["field"]: (change["before"], change["after"]) for change in dry.json["changes"]}
    assert fields["pod security"] == (None, "Baseline")
    assert fields["policy privileged"] == ("Disabled", "Deny")
    done = warm(f"{SET} Baseline")
    assert done.bodies("PUT assignment") == [dry.json["body"]]


def test_several_clusters_at_once(warm, box, third, cluster, stored):
    other = box.add_cluster("rg", "c2")
    warm("aks update -g rg -n c2 --safeguards-level Warning --safeguards-version v2.0.0")
    done = warm(f"{POLICY} set --pod-security Baseline --ids {cluster} {other}", code=1)
    assert {row["cluster"]: row["result"] for row in done.json} == {"c1": "Changed", "c2": "Failed"}
    assert "--pod-security Baseline" in done.err
    assert denied(box, stored()) == members_of("Baseline")
    warm(f"aks safeguards profile copy --from {cluster} --to {other}")
    assert denied(box, stored("rg", "c2")) == members_of("Baseline")


def test_what_is_exported_recreates_it(az, box, cluster, stored):
    az(f"{UPDATE} --safeguards-level Enforcement --safeguards-version v3.0.0")
    az(f"{SET} Restricted --effect Warn")
    shown = az(f"aks safeguards profile show {ON_C1}").json
    before = copy.deepcopy(stored())
    for name in ("arm", "bicep", "terraform", "azcli"):
        text = az(f"aks safeguards export {ON_C1} --format {name}").out
        assert "safeguardsPodSecurity" in text, name
        assert "Restricted:Warn" in text, name
        assert "Pod Security Restricted" in text.splitlines()[1 if name == "azcli" else 0] or name == "arm", name
    az(f"aks safeguards export {ON_C1} --format azcli --output-file safeguards.sh")
    az(f"aks safeguards profile delete {ON_C1} --yes")
    path = f"{az.bin}:{az.environment['PATH']}"
    done = subprocess.run(
        ["sh", str(az.folder / "safeguards.sh")],
        env={**az.environment, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert says_the_same(stored(), before)
    assert az(f"aks safeguards profile show {ON_C1}").json == shown


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("--pod-security Privileged", "'Privileged' is none of Off, Baseline, Restricted", ""),
        ("--pod-security Off --effect Deny", "no effect to choose", "--pod-security Off"),
        (
            "--pod-security Baseline --effect Off",
            "not possible for Pod Security",
            "--pod-security Baseline --effect Deny",
        ),
        ("--pod-security Baseline --policy privileged", "--policy single ones", "--pod-security Baseline"),
        ("--pod-security Baseline --param a=b", "--param single ones", "--pod-security Baseline"),
    ],
)
def test_what_is_refused_before_any_request(warm, box, line, said, hint):
    refused = warm(f"{POLICY} set {ON_C1} {line}", code=None)
    assert said in refused.err
    assert hint in refused.err
    assert len(box.journal) == 0


def test_the_policies_of_a_version_say_from_which_level_on_they_act(warm, box):
    rows = warm(f"{POLICY} list --version v3.0.0").json
    assert {row["podSecurityFrom"] for row in rows} == {None, "Baseline", "Restricted"}
    assert json.dumps(rows)
    assert len(box.journal) == 0
