# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check` where nobody watches: pipes, reports that other programs read, clusters that are not there.

The exit code is what a pipeline sees: 1 is for findings and for nothing else.
"""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.unit.check.report.schema import validator

from .checked_manifests import SERVICE, WEB


@pytest.fixture
def web(deploy):
    (deploy / "web.yaml").write_text(WEB)
    return deploy


def piped(az, command, **more):
    """A command line as a shell runs it, with pipes; `az` in it is the real one."""
    return subprocess.run(
        ["bash", "-c", f'az() {{ "{az.bin}/az" "$@"; }}; {command}'],
        env=az.environment,
        cwd=az.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **more,
    )


@pytest.mark.tools
def test_behind_kubectl(warm, web):
    (web / "kustomization.yaml").write_text("namePrefix: prod-\nresources: [web.yaml]\n")
    check = "az aks safeguards check -f - --query findings[].name -o tsv"
    done = piped(warm, f"kubectl kustomize deploy | {check}")
    assert (done.returncode, set(done.stdout.split())) == (1, {"prod-web"})
    # kubectl fails and prints nothing, and bash sees only what is last in the pipe.
    done = piped(warm, f"kubectl kustomize nowhere | {check}")
    assert done.returncode == 2
    assert "<stdin>: it is empty" in done.stderr


def test_standard_input_and_output_may_be_closed_or_broken(warm, web):
    (web / "services.yaml").write_text("---\n".join(SERVICE.format(name=f"s{number}") for number in range(60)))
    check = "az aks safeguards check -f deploy"
    done = piped(warm, f"{check} --format text --report-file /dev/full; echo $?; {check} --format text >/dev/full")
    assert (done.returncode, done.stdout) == (2, "2\n")
    assert done.stderr.count("No space left on device") == 2
    assert "Traceback" not in done.stderr
    done = piped(warm, f"{check} --format text --fail-on never <&- | head -n 1; echo ${{PIPESTATUS[0]}}")
    assert (done.stdout, done.stderr) == ("deploy/services.yaml\n0\n", "")


def test_reports_are_read_by_other_programs(warm, web):
    (web / "Ü b%20.yaml").write_text(WEB.replace("web", "über|<&>"))
    (web / "broken.yaml").write_text("kind: {{ .Values.kind }}\n")
    (web / "services.yaml").write_text(SERVICE.format(name="a") + "---\n" + SERVICE.format(name="b"))
    done = warm(
        "aks safeguards check -f deploy --show-mutations --format sarif junit github --report-file a.sarif b.xml",
        code=2,
    )
    sarif = json.loads((warm.folder / "a.sarif").read_text("utf-8"))
    assert list(validator().iter_errors(sarif)) == []
    (run,) = sarif["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    uris = {place["artifactLocation"]["uri"] for place in places}
    assert uris == {"deploy/web.yaml", "deploy/services.yaml", "deploy/%C3%9C%20b%2520.yaml"}
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {result["ruleId"] for result in run["results"]}
    assert run["invocations"][0]["executionSuccessful"] is False
    errors = [line for line in done.out.splitlines() if line.startswith("::error ")]
    assert len(errors) == len(run["results"]) + 1
    assert errors[-1].startswith("::error file=deploy/broken.yaml,line=1,col=")


@pytest.mark.parametrize("missing", ["-g rg -n nope", "-g nowhere -n c1", "-g rg -n c1 --subscription nope"])
def test_a_cluster_that_is_not_there_is_no_finding(warm, web, cluster, missing):
    done = warm(f"aks safeguards check -f deploy {missing}", code=2)
    assert (len(done.errors), done.out) == (1, "")
    assert "az " in done.err


def test_without_login_or_network_it_is_no_finding(warm, web, cluster, tmp_path):
    check = "aks safeguards check -f deploy -g rg -n c1"
    done = warm(check, code=2, AZURE_CONFIG_DIR=str(tmp_path))
    assert "az login" in done.errors[0]
    nowhere = "http://127.0.0.1:9"
    done = warm(check, code=2, HTTPS_PROXY=nowhere, https_proxy=nowhere)
    assert len(done.errors) == 1
    # The flags alone need neither.
    offline = warm("aks safeguards check -f deploy", code=1, AZURE_CONFIG_DIR=str(tmp_path), HTTPS_PROXY=nowhere)
    assert offline.json["findings"]


def test_parameters_of_a_cluster_are_those_of_the_check(warm, web, cluster):
    check = "aks safeguards check -f deploy -g rg -n c1 --fail-on never"
    warm("aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-version v1.0.0")
    warm("aks safeguards policy set -g rg -n c1 --policy allowed-images --allowed-registry mine.azurecr.io")
    warm("aks safeguards policy set -g rg -n c1 --policy probes --param", 'requiredProbes=["livenessProbe"]')
    found = {finding["policy"]: finding for finding in warm(check).json["findings"]}
    assert (found["allowed-images"]["line"], found["allowed-images"]["effect"]) == (12, "deny")
    assert found["probes"]["message"].endswith('Required probes: ["livenessProbe"]')
    assert "resource-limits" in found
    # For this check only.
    done = warm(f"{check} --version v2.0.0 --param", "allowedContainerImagesRegex=^registry[.]example[.]com/.+$")
    again = {finding["policy"] for finding in done.json["findings"]}
    assert not again & {"allowed-images", "resource-limits"}
    assert (done.json["summary"]["version"], done.writes) == ("v2.0.0", [])
    assert "allowed-images" in {finding["policy"] for finding in warm(check).json["findings"]}
