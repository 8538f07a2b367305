# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check`: exit codes, reports, what it is checked against, and where manifests come from."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from .azcli import AZ
from .checked_manifests import CLEAN, SERVICE, WEB


@pytest.fixture
def web(deploy):
    (deploy / "web.yaml").write_text(WEB)
    return deploy


def policies(done):
    return [finding["policy"] for finding in done.json["findings"]]


def test_a_finding_has_all_that_is_to_be_known_of_it(warm, box, web):
    done = warm("aks safeguards check -f deploy/", code=1)
    found = {finding["policy"]: finding for finding in done.json["findings"]}
    assert set(found) == {"anti-affinity", "image-pull-secrets", "no-latest-tag", "pre-stop-hook", "probes"}
    probes = found["probes"]
    assert probes == {
        "file": "deploy/web.yaml",
        "line": 11,
        "column": 11,
        "kind": "Deployment",
        "name": "web",
        "namespace": "shop",
        "policy": "probes",
        "message": "Container <app> in your Pod <web-pod> has no <readinessProbe>. Required probes: "
        '["readinessProbe", "livenessProbe"]',
        "effect": "deny",
        "implied": True,
        **{key: probes[key] for key in ("title", "why", "fix", "docs")},
    }
    assert all(isinstance(probes[key], str) and probes[key] for key in ("title", "why", "fix", "docs"))
    assert found["no-latest-tag"]["line"] == 12
    summary = done.json["summary"]
    assert (summary["files"], summary["objects"], summary["warned"]) == (1, 1, 0)
    assert summary["denied"] == len(done.json["findings"])
    assert (summary["level"], summary["version"]) == ("Enforcement", "v2.0.0")
    assert done.errors == [f"ERROR: {summary['denied']} findings fail the check (--fail-on error)."]
    assert len(box.journal) == 0


@pytest.mark.parametrize(
    ("level", "fail_on", "code"),
    [
        ("Enforcement", "", 1),
        ("Enforcement", "--fail-on deny", 1),
        ("Enforcement", "--fail-on warn", 1),
        ("Enforcement", "--fail-on never", 0),
        ("warning", "", 0),
        ("Warning", "--fail-on WARN", 1),
        ("Off", "--fail-on warn", 0),
    ],
)
def test_exit_codes(warm, web, level, fail_on, code):
    done = warm(f"aks safeguards check -f deploy/ --level {level} {fail_on}", code=code)
    effects = {finding["effect"] for finding in done.json["findings"]}
    assert effects == {"enforcement": {"deny"}, "warning": {"warn"}, "off": set()}[level.lower()]


def test_nothing_found_is_zero(warm, deploy):
    (deploy / "fine.yaml").write_text(CLEAN)
    done = warm("aks safeguards check -f deploy/ --fail-on warn")
    assert (done.json["findings"], done.json["summary"]["objects"], done.err) == ([], 1, "")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ("-f nowhere/", "There is no file or folder 'nowhere/'"),
        ("-f 'deploy/*.nope'", "No manifest matches 'deploy/*.nope'"),
        ("-f deploy/ --skip prbes", "There is no policy 'prbes' to skip"),
        ("-f deploy/ --version v9", "v9"),
        ("-f deploy/ --excluded-ns 'a b'", "a b"),
        ("-f deploy/ --param cpuLimit", "'cpuLimit' is no parameter with a value"),
        ("-f deploy/ --param nope=1", "no parameter 'nope'"),
        ("-f deploy/ --param cpuLimit=much", "cpuLimit"),
        ("-f deploy/ --param excludedImages=a", "excludedImages"),
        ("-f deploy/ --pod-security Baseline", "v3.0.0"),
        ("-f deploy/ --level Strict", "Strict"),
        ("-f deploy/ --fail-on maybe", "maybe"),
        ("-f deploy/ --format html", "html"),
        ("-f deploy/ --format sarif junit", "Only one report can be printed"),
        ("-f deploy/ --report-file x", "Each --report-file needs a --format"),
        ("-f deploy/ --format sarif --report-file none/x.sarif", "could not be written"),
        ("-f deploy/ -g rg", "--resource-group and --name together"),
        ("-f deploy/ --write-baseline", "--write-baseline needs a file"),
        ("-f deploy/ --baseline none.json", "none.json"),
        ("", "--file"),
    ],
)
def test_wrong_usage_is_two_and_says_how(warm, web, arguments, part):
    done = warm(f"aks safeguards check {arguments}", code=2)
    assert part in done.err
    assert done.out == ""


def test_the_text_report_looks_like_kubectl_s(warm, web):
    (web / "sub").mkdir()
    (web / "sub" / "services.yaml").write_text(SERVICE.format(name="a") + "---\n" + SERVICE.format(name="b"))
    done = warm("aks safeguards check -f deploy/ --format text", code=1)
    lines = done.out.splitlines()
    assert [line for line in lines if line.startswith("deploy/")] == ["deploy/web.yaml", "deploy/sub/services.yaml"]
    (probes,) = [line for line in lines if "  probes: " in line and "livenessProbe>" in line]
    assert re.fullmatch(
        r"  11:11  deny  Deployment/web \(shop\)  probes: \[azurepolicy-k8sazurev2containerenforceprob[^\]]*\] "
        r"\[Implied by gatekeeper-expand-workloads\] Container <app> in your Pod <web-pod> has no <livenessProbe>\. .*",
        probes,
    )
    selectors = [line for line in lines if "  unique-selectors: " in line]
    assert len(selectors) == 1
    assert "[Implied by" not in selectors[0]
    assert lines[-1] == "Enforcement, v2.0.0: 7 would be denied, 0 warned, in 2 of 3 objects (2 files)"
    assert "\x1b" not in done.out
    # Whatever a report says, the log ends with why it failed.
    assert done.err.splitlines()[-1].endswith("the check (--fail-on error).")


def test_several_reports_of_one_run(warm, web):
    done = warm(
        "aks safeguards check -f deploy/ --format sarif junit markdown azuredevops github "
        "--report-file a.sarif b.xml c.md d.txt",
        code=1,
        AZURE_SAFEGUARDS_DOCS_URL="https://docs.example.com/policies",
    )
    count = len(warm("aks safeguards check -f deploy/ --fail-on never").json["findings"])
    annotations = [line for line in done.out.splitlines() if line.startswith("::error ")]
    assert len(annotations) == count
    assert "file=deploy/web.yaml,line=11,col=11" in done.out
    sarif = json.loads((warm.folder / "a.sarif").read_text("utf-8"))
    assert (sarif["version"], len(sarif["runs"][0]["results"])) == ("2.1.0", count)
    (helps,) = {rule["helpUri"].replace(rule["id"], "") for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert helps == "https://docs.example.com/policies#"
    place = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "deploy/web.yaml"
    assert len(list(ElementTree.parse(warm.folder / "b.xml").iter("failure"))) == count
    assert (warm.folder / "c.md").read_text("utf-8").count("\n| deny") == count
    assert (warm.folder / "d.txt").read_text("utf-8").count("##vso[task.logissue type=error") == count


def test_tables_and_queries(warm, web):
    rows = warm("aks safeguards check -f deploy/ --fail-on never -o table").out.splitlines()
    assert rows[0].split() == ["File", "Namespace", "Object", "Effect", "Policy", "Message"]
    assert any(re.match(r"deploy/web.yaml:12 +shop +Deployment/web +deny +no-latest-tag +", row) for row in rows)
    query = "findings[?policy=='probes'].[file,line]"
    done = warm(f'aks safeguards check -f deploy/ --query "{query}" -o tsv', code=1)
    assert set(done.out.splitlines()) == {"deploy/web.yaml\t11"}


def test_parameters_versions_namespaces_and_skipped_policies(warm, web):
    check = "aks safeguards check -f deploy/ --fail-on never"
    assert policies(warm(f"{check} --excluded-ns 'sh*'")) == []
    assert warm(f"{check} --excluded-ns shop --query summary.excluded").out.strip() == "1"
    assert "probes" not in policies(warm(f"{check} --skip probes pre-stop-hook"))
    assert "probes" not in policies(warm(check, "--param", 'excludedContainers=["app"]'))
    assert "resource-limits" in policies(warm(f"{check} --version v1.0.0"))
    assert "resource-requests" in policies(warm(f"{check} --version 3.0.0"))
    restricted = policies(warm(f"{check} --version v3.0.0 --pod-security Restricted"))
    assert {"no-privilege-escalation", "capabilities"} <= set(restricted)
    assert "allowed-images" in policies(warm(check, "--param", "allowedContainerImagesRegex=^mine/"))


def test_mutations_are_shown_as_diffs(warm, web):
    done = warm("aks safeguards check -f deploy/ --show-mutations --fail-on never")
    (mutation,) = done.json["mutations"]
    assert {"mutate-cpu-limits", "mutate-memory-limits", "mutate-read-only-root"} <= set(mutation["policies"])
    assert re.search(r"^\+ +readOnlyRootFilesystem: true$", mutation["diff"], re.MULTILINE)
    text = warm("aks safeguards check -f deploy/ --show-mutations --fail-on never --format text").out
    assert "deploy/web.yaml:1: Deployment/web (shop) would be changed by " in text
    assert "\n@@ " in text
    assert warm("aks safeguards check -f deploy/ --show-mutations --level Warning").json["mutations"] == []


def test_a_finding_may_be_ignored_by_annotation_or_baseline(warm, web):
    annotated = WEB.replace(
        "  namespace: shop\n",
        "  namespace: shop\n  annotations:\n    ignore-safeguards.aks/probes: a batch job\n"
        '    ignore-safeguards.aks/no-latest-tag: ""\n',
    )
    (web / "web.yaml").write_text(annotated)
    done = warm("aks safeguards check -f deploy/ --fail-on never")
    assert "probes" not in policies(done)
    assert "no-latest-tag" in policies(done)
    assert done.json["summary"]["ignored"] > 0
    assert any("reason" in note for note in done.json["notes"])

    warm("aks safeguards check -f deploy/ --baseline deploy/baseline.json --write-baseline")
    before = (web / "baseline.json").read_bytes()
    warm("aks safeguards check -f deploy/web.yaml --baseline deploy/baseline.json --fail-on warn")
    # Lines move, and a new fault comes in.
    (web / "web.yaml").write_text("# moved\n" + annotated.replace("a batch job", ""))
    done = warm("aks safeguards check -f deploy/web.yaml --baseline deploy/baseline.json", code=1)
    assert set(policies(done)) == {"probes"}
    (web / "web.yaml").write_text(CLEAN)
    done = warm("aks safeguards check -f deploy/web.yaml --baseline deploy/baseline.json")
    assert any("no longer found" in note for note in done.json["notes"])
    assert (web / "baseline.json").read_bytes() == before


def test_a_broken_file_hides_nothing(warm, web):
    (web / "broken.yaml").write_text("a: [\n")
    (web / "template.yaml").write_text(WEB + "---\nkind: {{ .Values.kind }}\n  a: b\n")
    done = warm("aks safeguards check -f deploy/ --fail-on never", code=2)
    assert {finding["file"] for finding in done.json["findings"]} == {"deploy/web.yaml", "deploy/template.yaml"}
    assert [(entry["file"], entry["line"]) for entry in done.json["unreadable"]] == [
        ("deploy/broken.yaml", 2),
        ("deploy/template.yaml", 17),
    ]
    assert "a template, not YAML" in done.json["unreadable"][1]["reason"]
    assert done.json["summary"]["unreadable"] == 2


def test_input_from_a_pipe_keeps_no_file(installed, box):
    def piped(arguments):
        return subprocess.run(
            [AZ, *shlex.split(f"aks safeguards check -f - {arguments}")],
            env=installed.environment,
            cwd=installed.folder,
            input=WEB,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    done = piped("--query findings[0].file -o tsv")
    assert (done.returncode, done.stdout) == (1, "<stdin>\n")
    assert piped("--fail-on never --format text").stdout.startswith("<stdin>\n")


def test_globs_and_what_is_named_twice(warm, web):
    shutil.copy(web / "web.yaml", web / "other.yml")
    check = "aks safeguards check --fail-on never --query summary.files -o tsv -f"
    assert warm(f"{check} 'deploy/*.yaml'").out == "1\n"
    assert warm(f"{check} 'deploy/**/*.y*ml' deploy/web.yaml deploy").out == "2\n"


@pytest.mark.tools
def test_kustomize_folders_are_rendered_by_kubectl(warm, web):
    (web / "kustomization.yaml").write_text("namespace: elsewhere\nresources: [web.yaml]\n")
    done = warm("aks safeguards check -f deploy", code=1)
    assert {finding["namespace"] for finding in done.json["findings"]} == {"elsewhere"}


@pytest.mark.tools
def test_charts_are_rendered_by_helm(warm, deploy):
    (deploy / "chart" / "templates").mkdir(parents=True)
    (deploy / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (deploy / "chart" / "templates" / "web.yaml").write_text(WEB.replace("name: web", "name: {{ .Values.name }}"))
    (deploy / "values.yml").write_text("name: web\n")
    done = warm("aks safeguards check -f deploy/chart --values deploy/values.yml", code=1)
    assert {finding["file"] for finding in done.json["findings"]} == {"deploy/chart/templates/web.yaml"}
    assert {finding["line"] for finding in done.json["findings"]} == {1}
    assert {finding["name"] for finding in done.json["findings"]} == {"web"}


@pytest.mark.parametrize(("marker", "tool"), [("Chart.yaml", "helm"), ("kustomization.yaml", "kubectl")])
def test_a_missing_tool_is_named(warm, deploy, tmp_path, marker, tool):
    (deploy / marker).write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    done = warm("aks safeguards check -f deploy", code=2, PATH=str(tmp_path))
    assert tool in done.errors[0]


def test_the_assignment_of_a_cluster_decides(warm, box, cluster, web):
    check = "aks safeguards check -f deploy/ -g rg -n c1 --fail-on never"
    refused = warm(f"{check}", code=2)
    assert "no safeguards assignment" in refused.errors[0]
    warm("aks update -g rg -n c1 --safeguards-level Warning --safeguards-version v1.0.0")
    done = warm(check)
    assert {finding["effect"] for finding in done.json["findings"]} == {"warn"}
    assert done.json["summary"]["version"] == "v1.0.0"
    assert {record.method for record in done.requests} == {"GET"}
    warm("aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-version v2.0.0")
    warm("aks safeguards policy set -g rg -n c1 --policy probes --effect Warn")
    warm("aks safeguards policy set -g rg -n c1 --policy pre-stop-hook --effect Off")
    effects = {finding["policy"]: finding["effect"] for finding in warm(check).json["findings"]}
    assert "pre-stop-hook" not in effects
    assert (effects.pop("probes"), set(effects.values())) == ("warn", {"deny"})
    # What is given beside the cluster changes what was read, and nothing on the cluster.
    again = warm(f"{check} --level Warning --excluded-ns other")
    assert {finding["effect"] for finding in again.json["findings"]} == {"warn"}
    assert again.writes == []
    warm("aks update -g rg -n c1 --safeguards-excluded-ns shop")
    assert warm(check).json["summary"]["excluded"] == 1
    warm("aks update -g rg -n c1 --safeguards-excluded-ns ''")
    warm("aks safeguards suspend -g rg -n c1 --reason test")
    done = warm(check)
    assert done.json["findings"] == []
    assert any("suspended" in note for note in done.json["notes"])
