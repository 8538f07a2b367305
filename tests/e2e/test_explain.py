# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards explain` in a pipe behind kubectl, and with arguments."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml

PRINTED = (
    'Error from server (Forbidden): error when creating "deploy.yaml": admission webhook "validation.gatekeeper.sh" '
    "denied the request: [azurepolicy-k8sazurev2containerenforceprob-0e8a839bcd103e7b96a8] "
    "[Implied by gatekeeper-expand-workloads] Container <app> in your Pod <web-pod> has no <livenessProbe>. Required "
    'probes: ["readinessProbe", "livenessProbe"]\n'
    "[require-owner] name an owner\nsomething else\n"
)


def test_what_kubectl_printed_is_explained_offline(az, box):
    done = subprocess.run(
        [az.bin / "az", "aks", "safeguards", "explain"],
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
    assert "\nmetadata:\n  name: web\nspec:\n  template:\n" in item["patch"]
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


# A terminal, a CI's log and a table would act on this.
HOSTILE = "\x1b[31mred\r\u202e##vso[task.setvariable]"


def piped(az, text, *arguments):
    return subprocess.run(
        [az.bin / "az", "aks", "safeguards", "explain", *arguments],
        env=az.environment,
        cwd=az.folder,
        input=text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_patches_are_printed_as_yaml_and_written_to_files(az):
    printed = piped(az, PRINTED, "--format", "patch", "-o", "json")
    assert printed.returncode == 0
    (patch,) = yaml.safe_load_all(printed.stdout)
    assert patch["metadata"] == {"name": "web"}
    written = piped(az, PRINTED, "--write", "patches", "-o", "json")
    (file,) = json.loads(written.stdout)
    assert file == {
        "file": "patches/workload-web.patch.yaml",
        "kind": None,
        "name": "web",
        "namespace": None,
        "policies": ["probes"],
        "policyNames": ["probes"],
        "isGuess": False,
    }
    path = az.folder / file["file"]
    assert yaml.safe_load(path.read_text()) == patch
    # Again, and over somebody else's file.
    assert piped(az, PRINTED, "--write", "patches").returncode == 0
    path.write_text("kind: Deployment\n")
    refused = piped(az, PRINTED, "--write", "patches")
    assert refused.returncode == 1
    assert b"was not written by explain" in refused.stderr
    assert path.read_text() == "kind: Deployment\n"


def test_an_example_is_printed_for_a_name(az):
    (patch,) = yaml.safe_load_all(az("aks safeguards explain probes --format patch").out)
    assert patch["spec"]["containers"][0]["name"] == "my-container"


@pytest.mark.parametrize("output", ["table", "tsv", "json", "yaml", "patch", "write"])
def test_text_of_strangers_stays_text(az, output):
    text = (
        f"Warning: [azurepolicy-k8sazurev3containerlimits-0e8a839bcd103e7b96a8] container <{HOSTILE}> has no resource "
        f"limits\n::error::{HOSTILE}\nWarning: [azurepolicy-k8sazurev2containerenforceprob-0e8a839bcd103e7b96a8] "
        f"Container <c> in your Pod <::error::{HOSTILE}> has no <livenessProbe>. Required probes: []\n"
    )
    asked = {"patch": ("--format", "patch"), "write": ("--write", "hostile", "-o", "table")}.get(output, ("-o", output))
    done = piped(az, text, *asked)
    assert done.returncode == 0
    out, err = done.stdout.decode(), done.stderr.decode()
    # JSON and YAML are exact, and escape control characters themselves.
    for shown in (err,) if output in ("json", "yaml") else (out, err):
        assert not set(shown) & set("\x1b\r\u202e")
        assert "##vso[" not in shown
    assert not any(line.lstrip().startswith("::") for line in (out + "\n" + err).splitlines())
