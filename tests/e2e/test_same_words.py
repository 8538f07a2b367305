# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One word for one thing: options by both of their names, --fail-on by the same words, JSON members of one shape."""

from __future__ import annotations

import pytest

from .our_commands import options
from .warm_az import WarmAz

PAIRS = [
    {"--level", "--safeguards-level"},
    {"--version", "--safeguards-version"},
    {"--excluded-ns", "--safeguards-excluded-ns"},
    {"--report-file", "--output-file"},
]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: nginx}\nspec: {containers: [{name: nginx, image: nginx}]}\n"
ON_C1 = "-g rg -n c1"


@pytest.fixture(scope="module")
def warm(installed):
    with WarmAz(installed) as az:
        (az.folder / "pod.yaml").write_text(POD)
        yield az


def test_what_has_two_names_has_both_everywhere():
    found = 0
    for names in options().values():
        for pair in PAIRS:
            both = [set(one) for one in names if pair & set(one)]
            found += len(both)
            assert all(pair <= one for one in both), names
    assert found >= 9


def test_every_fail_on_has_the_same_words(warm, cluster):
    warm(f"aks update {ON_C1} --safeguards-level Enforcement")
    for line in ("check -f pod.yaml", f"diagnose {ON_C1}", f"compliance show {ON_C1}"):
        for word in ("error", "warning", "never", "Error"):
            done = warm.run(f"aks safeguards {line} --fail-on {word}")
            assert "usage" not in done.err
            assert done.code in (0, 1)
        refused = warm(f"aks safeguards {line} --fail-on sometimes", code=2)
        assert "none of error, warning, never" in refused.err
        assert "error, never, warning" in warm(f"aks safeguards {line.split(' -')[0]} -h").out.replace("\n", " ")


def test_the_old_words_are_taken(warm, cluster):
    warm(f"aks update {ON_C1} --safeguards-level Enforcement")
    checks = {"deny": 1, "warn": 1, "never": 0}
    for word, code in checks.items():
        warm(f"aks safeguards check -f pod.yaml --fail-on {word}", code=code)
    for word in ("problem", "warning", "never"):
        assert warm.run(f"aks safeguards diagnose {ON_C1} --fail-on {word}").code in (0, 1)
    assert warm.run(f"aks safeguards compliance show {ON_C1} --fail-on noncompliant").code in (0, 1)


def test_long_names_do_what_short_ones_do(warm, cluster):
    short = warm("aks safeguards check -f pod.yaml --level Warning --version v1.0.0 --excluded-ns x").json
    flags = "--safeguards-level Warning --safeguards-version v1.0.0 --safeguards-excluded-ns x"
    assert warm(f"aks safeguards check -f pod.yaml {flags}").json == short
    assert short["summary"]["level"] == "Warning"
    one = warm("aks safeguards policy list --version v1.0.0").json
    assert warm("aks safeguards policy list --safeguards-version v1.0.0").json == one
    warm(f"aks update {ON_C1} --safeguards-level Warning")
    warm(f"aks safeguards export {ON_C1} --format bicep --report-file a.bicep")
    warm(f"aks safeguards export {ON_C1} --format bicep --output-file b.bicep")
    assert (warm.folder / "a.bicep").read_text() == (warm.folder / "b.bicep").read_text()
    warm("aks safeguards check -f pod.yaml --format markdown --output-file r.md --fail-on never")
    assert "nginx" in (warm.folder / "r.md").read_text()


def test_az_keeps_its_own_options(warm, cluster):
    """An exact name goes before a longer one that begins like it."""
    assert warm("aks safeguards check -f pod.yaml --fail-on never --output tsv").out
    assert warm("aks safeguards profile list --output tsv").code == 0
    assert "azure-cli" in warm("version").json


def test_check_allows_registries_as_policy_set_does(warm, cluster):
    found = warm("aks safeguards check -f pod.yaml --fail-on never --allowed-registry myregistry ghcr.io/team").json[
        "findings"
    ]
    assert "allowed-images" in {item["policy"] for item in found}
    allowed = warm("aks safeguards check -f pod.yaml --fail-on never --allowed-registry docker.io").json["findings"]
    assert "allowed-images" in {item["policy"] for item in allowed}, "the image is called nginx, without its registry"
    both = "--allowed-registry myregistry --param allowedContainerImagesRegex=x"
    assert "both say which images" in warm(f"aks safeguards check -f pod.yaml {both}", code=2).err
    wrong = warm("aks safeguards check -f pod.yaml --allowed-registry", "not a registry", code=2)
    assert "not a registry" in wrong.err


def test_members_of_json_have_one_shape(warm, cluster):
    warm(f"aks update {ON_C1} --safeguards-level Enforcement --safeguards-excluded-ns a,b")
    warm(f"aks safeguards policy set {ON_C1} --policy probes --effect Warn")
    shown = warm(f"aks safeguards profile show {ON_C1}").json
    listed = warm("aks safeguards profile list").json[0]
    assert shown["chosen"] == listed["chosen"] == {"probes": "Audit"}
    assert (len(shown["excludedNamespaces"]), listed["excludedNamespacesCount"]) == (2, 2)
    rows = warm(f"aks safeguards policy list {ON_C1}").json
    compliance = warm(f"aks safeguards compliance show {ON_C1}").json
    known = warm("aks safeguards policy list --version v2.0.0").json
    for row in [*rows, *compliance["policies"], *known]:
        assert row["policy"] == row["name"]
    does = {row["policy"]: row["does"] for row in rows}
    assert does == shown["doesByPolicy"]
    assert {row["policy"]: row["does"] for row in compliance["policies"]}.items() <= does.items()
    assert compliance["id"] == listed["id"]
