# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Names of strangers, through every command and every output format: nothing of them acts on a terminal or in a log."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azext_safeguards.output.table import WIDTH

from .our_commands import table
from .warm_az import WarmAz

ON_C1 = "-g rg -n c1"
EVIL = "\x1b[31mred\x1b[0m\r\n::error::x\n##vso[task.complete]\u202e##[group]\x07\x9b"
# As long as names can get that are nobody's: on the tags of an assignment, in files, in a service's own words.
ENDLESS = "a-very-long-name-" * 20 + EVIL
# Characters and pieces that do something somewhere.
PIECES = [
    "\x1b[2J",
    "\r",
    "\n",
    "\n::set-output name=a::b",
    "##vso[x]",
    "##[error]",
    "\u202e",
    "\u2066",
    "\x00",
    "\x9b",
    "\t",
    "a",
]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: nginx}\nspec: {containers: [{name: nginx, image: nginx}]}\n"
UNSEEN = set("".join(map(chr, [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x0D, 0x7F, *range(0x80, 0xA0)])))
UNSEEN |= set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

READS = [
    f"aks safeguards profile show {ON_C1}",
    "aks safeguards profile list",
    "aks safeguards profile list --live",
    f"aks safeguards policy list {ON_C1}",
    "aks safeguards policy list --version v3.0.0",
    f"aks safeguards compliance show {ON_C1}",
    f"aks safeguards compliance show {ON_C1} --details",
    f"aks safeguards diagnose {ON_C1}",
    f"aks safeguards namespace list {ON_C1}",
    f"aks safeguards export {ON_C1} --format azcli",
    f"aks safeguards export {ON_C1} --format terraform",
    f"aks safeguards namespace add ns9 {ON_C1} --dry-run",
    f"aks safeguards policy set {ON_C1} --policy probes --effect Off --dry-run",
    f"aks safeguards suspend {ON_C1} --dry-run",
    f"aks safeguards resume {ON_C1} --dry-run",
    "aks safeguards profile copy --from {cluster} --to {cluster}2 --dry-run",
    f"aks safeguards profile migrate {ON_C1} --to managed --dry-run",
    f"aks update {ON_C1} --safeguards-level Warning --dry-run",
    f"aks safeguards check -f pod.yaml {ON_C1}",
    "aks safeguards explain",
    "aks safeguards register",
    "aks safeguards version list",
]
WRITES = [
    f"aks safeguards namespace add ns9 {ON_C1}",
    f"aks safeguards namespace remove ns9 {ON_C1}",
    f"aks safeguards policy set {ON_C1} --policy probes --effect Warn",
    f"aks safeguards policy reset {ON_C1} --all",
    f"aks safeguards suspend {ON_C1} --reason",
    f"aks safeguards resume {ON_C1}",
    "aks safeguards profile copy --from {cluster} --to {cluster}2",
    f"aks safeguards profile migrate {ON_C1} --to managed --yes --overlap 0",
    f"aks safeguards profile delete {ON_C1} --yes",
    f"aks update {ON_C1} --safeguards-level Enforcement",
]
# What a stranger may have written is the last word of these.
SAID = {
    "aks safeguards explain": f"[azurepolicy-probes] {EVIL} Container <{EVIL}> in your Pod <{EVIL}> has no <cpu>",
    f"aks safeguards suspend {ON_C1} --reason": EVIL,
}


@pytest.fixture(scope="module")
def warm(installed):
    with WarmAz(installed) as az:
        yield az


def assert_harmless(text: str) -> None:
    """Nothing in a text does anything to a terminal or to the log reader of a CI."""
    assert not set(text) & UNSEEN, ascii(text)
    assert "##vso[" not in text
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.split("\n")), text


def assert_narrow(text: str) -> None:
    """A table fits the width that every table of ours has."""
    assert max(map(len, text.split("\n"))) <= WIDTH, text


def make_hostile(body, name: str) -> None:
    """Puts a name wherever somebody else may have put one on the assignment."""
    properties = body["properties"]
    properties["displayName"] = properties["description"] = name
    properties["metadata"].update({"assignedBy": name, "safeguardsLevel": name, name: name})
    properties["metadata"]["safeguardsSuspended"] = json.dumps({"by": name, "at": name, "reason": name})
    parameters = properties["parameters"]
    parameters["excludedNamespaces"]["value"].append(name)
    parameters["excludedImages"] = {"value": [name]}
    parameters[name] = {"value": name}
    selector = {"kind": "policyDefinitionReferenceId", "in": [name]}
    properties.setdefault("overrides", []).append({"kind": "policyEffect", "value": name, "selectors": [selector]})
    properties["resourceSelectors"] = [{"name": name, "selectors": [{"kind": "resourceLocation", "in": [name]}]}]
    properties["nonComplianceMessages"] = [{"message": name}]
    properties["notScopes"] = [f"/subscriptions/{name}"]


def test_no_command_is_left_out():
    driven = [line for line in [*READS, *WRITES] if line.startswith("aks safeguards")]
    left = {name for name in table() if not any(line.startswith(name) for line in driven)}
    assert left == set()


@pytest.mark.parametrize("line", [*READS, *WRITES])
def test_every_command_in_every_format(warm, box, cluster, stored, line):
    box.add_cluster("rg", "c12")
    (warm.folder / "pod.yaml").write_text(POD)
    warm(f"aks update {ON_C1} --safeguards-level Enforcement")
    for output in ("table", "tsv", "json", "yaml"):
        if stored():
            make_hostile(stored(), EVIL)
        said = [SAID[line].replace("\x00", "")] if line in SAID else []
        done = warm.run(f"{line.replace('{cluster}', cluster)} -o {output}", *said)
        assert "Traceback" not in done.err, done.err
        assert_harmless(done.err)
        if output in ("table", "tsv") and not line.startswith("aks update"):
            assert_harmless(done.out)
        # Of these two it is code that is printed, whatever --output is, and core's own table.
        if output == "table" and "export" not in line and "aks update" not in line:
            assert_narrow(done.out)


@pytest.mark.parametrize("line", [*READS, *WRITES])
def test_every_table_is_narrow_whatever_is_in_it(warm, box, cluster, stored, line):
    box.add_cluster("r" * 90, "c" * 63)
    box.add_cluster("rg", "c12")
    (warm.folder / "pod.yaml").write_text(POD.replace("name: nginx", f"name: {'n' * 63}"))
    warm(f"aks update {ON_C1} --safeguards-level Enforcement")
    make_hostile(stored(), ENDLESS)
    said = [SAID[line].replace(EVIL, ENDLESS[-200:]).replace("\x00", "")] if line in SAID else []
    done = warm.run(f"{line.replace('{cluster}', cluster)} -o table", *said)
    if not line.startswith(("aks safeguards export", "aks update")) or "--dry-run" in line:
        assert done.out or done.code or "delete" in line
        assert_narrow(done.out)


@pytest.mark.parametrize(
    "line",
    ["suspend", "policy set --policy probes --effect Warn", "profile migrate --to managed -y", "profile delete -y"],
)
def test_tables_about_several_clusters_are_narrow(warm, box, cluster, stored, line):
    other = box.add_cluster("r" * 90, "c" * 63)
    warm(f"aks update {ON_C1} --safeguards-level Enforcement")
    make_hostile(stored(), ENDLESS)
    done = warm.run(f"aks safeguards {line} --ids {cluster} {other} {cluster}-that-is-not-there -o table")
    assert "Failed" in done.out
    assert_narrow(done.out)


def test_wide_is_an_option_of_every_command_with_a_table(warm, cluster):
    narrow = warm("aks safeguards policy list --version v2.0.0 -o table").out
    wide = warm("aks safeguards policy list --version v2.0.0 -o table --wide").out
    assert "Title" in wide.split("\n")[0]
    assert "Title" not in narrow.split("\n")[0]
    assert max(map(len, wide.split("\n"))) > WIDTH


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.lists(st.sampled_from(PIECES) | st.characters(blacklist_categories=["Cs"]), min_size=1).map("".join))
def test_any_name(warm, box, cluster, stored, name):
    warm(f"aks update {ON_C1} --safeguards-level Enforcement")
    make_hostile(stored(), name)
    for line in (READS[0], READS[3], READS[7], READS[11]):
        done = warm.run(f"{line} -o table")
        assert_harmless(done.out)
        assert_harmless(done.err)


def test_what_a_service_says(warm, box, cluster):
    box.faults.add("GET", "policyAssignments", status=400, code="Bad", message=EVIL)
    done = warm.run(f"aks safeguards profile show {ON_C1}")
    assert done.code
    assert_harmless(done.err)


@pytest.mark.parametrize("output", ["table", "tsv", "text", "github", "azuredevops", "markdown"])
def test_manifests(warm, cluster, output):
    name = EVIL.replace("\x07", "").replace("\x9b", "")
    manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": name},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"a": name}},
            "template": {"metadata": {"labels": {"a": name}}, "spec": {"containers": [{"name": name, "image": name}]}},
        },
    }
    folder = warm.folder / "evil\x1b[31m\n::error::"
    folder.mkdir(exist_ok=True)
    (folder / "##vso[a].json").write_text(json.dumps(manifest))
    (warm.folder / "bad.yaml").write_text("a: [")
    asked = f"-o {output}" if output in ("table", "tsv") else f"--format {output}"
    done = warm.run("aks safeguards check -f bad.yaml -f", str(folder), *asked.split())
    assert done.code
    assert_harmless(done.err)
    # The formats that are commands of a CI have those at the beginning of lines, and nothing else that is one.
    if output == "github":
        commands = ("::error ", "::warning", "::notice::", "::group::", "::endgroup::")
        others = [text for text in done.out.split("\n") if not text.startswith(commands)]
        assert_harmless("\n".join(others))
        assert not set(done.out) & UNSEEN
    elif output != "azuredevops":
        assert_harmless(done.out)
