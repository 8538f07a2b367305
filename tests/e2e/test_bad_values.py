# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Values that make no sense are refused before anything is sent."""

from __future__ import annotations

import pytest

COMMANDS = {
    "update": "aks update -g rg -n c1",
    "create": "aks create -g rg -n c2 --no-ssh-key --enable-addons azure-policy",
}
BAD = [
    (["--safeguards-level", "Strict"], "Strict"),
    (["--safeguards-level", ""], "Off, Warning, Enforcement"),
    (["--safeguards-level", "warn"], "did you mean Warning?"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "a", "b"], "separated by commas"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "a, b c"], "separated by commas"),
    (["--safeguards-level"], "--safeguards-level"),
    (["--safeguards-level", "Warning", "--safeguards-version", "v9.0.0"], "v1.0.0, v2.0.0, v3.0.0"),
    (["--safeguards-level", "Warning", "--safeguards-version", "latest"], "latest"),
    (["--safeguards-level", "Warning", "--safeguards-version", "v2.0"], "v1.0.0, v2.0.0, v3.0.0"),
    (["--safeguards-level", "Warning", "--safeguards-version", ""], "v1.0.0, v2.0.0, v3.0.0"),
    (["--safeguards-level", "Warning", "--safeguards-excluded-ns", "a,,b"], "empty"),
    (["--safeguards-level", "Warning", "--safeguards-excluded-ns", "a,"], "empty"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "Upper"], "Upper"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "a_b"], "a_b"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns=-a"], "-a"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "*"], "*"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "te*am"], "te*am"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "a" * 64], "63"),
    (["--safeguards-level", "Off", "--safeguards-excluded-ns", "ns1;ns2"], "ns1;ns2"),
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("flags", "says"), BAD, ids=lambda part: " ".join(part) if isinstance(part, list) else "")
def test_bad_values_are_refused_in_one_sentence_and_nothing_is_sent(az, box, cluster, command, flags, says):
    refused = az(COMMANDS[command], *flags, code=None)
    assert len(refused.errors) == 1
    assert says in refused.errors[0]
    assert refused.out == ""
    assert len(box.journal) == 0


@pytest.mark.parametrize("command", ["--name 'a/b'", "--name c1. ", "--name ''"])
def test_names_that_no_cluster_has_reach_no_url(az, box, command):
    refused = az(f"aks update -g rg {command} --safeguards-level Off", code=None)
    assert len(refused.errors) == 1
    assert len(box.journal) == 0


def test_create_without_a_level_is_refused_and_nothing_is_sent(az, box):
    box.add_group("rg")
    for flags in ("--safeguards-version v2.0.0", "--safeguards-excluded-ns a"):
        refused = az(f"{COMMANDS['create']} {flags}", code=None)
        assert "--safeguards-level" in refused.errors[0]
        assert len(box.journal) == 0


def test_carriage_returns_and_blanks_around_values_do_no_harm(az, box, cluster):
    done = az(
        "aks update", "-g", "rg\r", "-n", "c1 ", "--safeguards-level", "Warning\r", "--safeguards-version", "2.0.0\r"
    )
    assert done.profile["level"] == "Warning"
    shown = az("aks safeguards profile show", "-g", "rg\r", "-n", " c1")
    assert (shown.json["cluster"], shown.json["version"]) == ("c1", "v2.0.0")


def test_what_cannot_be_seen_in_a_name_is_shown(az, box, cluster):
    refused = az("aks safeguards profile show", "-g", "rg", "-n", "c\r1", code=None)
    assert r"'c\r1' is not a cluster name" in refused.errors[0]
    assert "\r" not in refused.err


def test_a_resource_id_for_a_name_and_namespaces_with_blanks_are_answered_with_what_is_meant(az, box, cluster):
    refused = az("aks safeguards profile show", "-g", "rg", "-n", cluster, code=None)
    assert "-g rg -n c1" in refused.err
    refused = az("aks update -g rg -n c1 --safeguards-excluded-ns ns1 ns2", code=None)
    assert "--safeguards-excluded-ns ns1,ns2" in refused.err
    assert len(box.journal) == 0


@pytest.mark.parametrize(
    ("line", "meant", "paste"),
    [
        ("policy set -g rg -n c1 --policy probe --effect Off", "probes", "--policy probes"),
        ("policy set -g rg -n c1 --policy resource-limits --param cpulimt=1", "cpuLimit", "--param cpuLimit=VALUE"),
        ("check -f pod.yaml --skip prbes", "probes", "--skip probes"),
        ("check -f pod.yaml --param cpulimt=1", "cpuLimit", "Parameters are: "),
        ("check -f pod.yaml --version 2.0", "v2.0.0", "--version v2.0.0"),
        ("policy list --version v3", "v3.0.0", "--safeguards-version v3.0.0"),
        ("explain prbes", "probes", "az aks safeguards explain probes"),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_the_one_that_is_meant(az, cluster, line, meant, paste):
    az("aks update -g rg -n c1 --safeguards-level Warning")
    (az.folder / "pod.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    refused = az(f"aks safeguards {line}", code=None)
    assert f"did you mean {meant}?" in refused.errors[0]
    assert paste in refused.err


@pytest.mark.parametrize(
    "line",
    [
        "profile show",
        "compliance show",
        "namespace add ns1",
        "namespace add ns1 --dry-run",
        "suspend",
        "resume",
        "export --format azcli",
        "diagnose",
        "policy set --policy probes --effect Off",
    ],
)
def test_names_are_printed_as_azure_has_them(az, box, line):
    box.add_cluster("MyRg", "MyAks")
    az("aks update -g MYRG -n MYAKS --safeguards-level Warning")
    done = az.run(f"aks safeguards {line} -g MYRG -n MYAKS")
    assert "MYRG" not in done.out + done.err
    assert "MYAKS" not in done.out + done.err


def test_the_flags_print_names_as_azure_has_them(az, box):
    box.add_cluster("MyRg", "MyAks")
    az("aks update -g MYRG -n MYAKS --safeguards-level Warning")
    az("aks safeguards suspend -g MYRG -n MYAKS")
    told = az("aks update -g MYRG -n MYAKS --safeguards-excluded-ns a").err
    assert "az aks safeguards resume -g MyRg -n MyAks" in told
    box.faults.add("PUT", "policyAssignments", status=403, code="AuthorizationFailed", message="no", times=None)
    refused = az("aks update -g MYRG -n MYAKS --safeguards-level Warning", code=None)
    assert "MYAKS" not in refused.err
