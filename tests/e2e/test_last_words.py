# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How the log of a command ends that writes files: with their names and what is in them, or with why it failed."""

from __future__ import annotations

import os

import pytest

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: nginx}
spec: {containers: [{name: nginx, image: nginx}]}
"""
ON_C1 = "-g rg -n c1"
SAID = "[azurepolicy-probes] Container <a> in your Pod <b> has no <livenessProbe>"
# Command -> the files that it writes, and how its summary begins.
WRITERS = {
    f"aks safeguards compliance show {ON_C1} --format html --report-file c.html": (["c.html"], "c1: "),
    f"aks safeguards export {ON_C1} --format bicep --output-file c.bicep": (["c.bicep"], "Deployment safeguards of "),
    "aks safeguards profile list --format html --report-file f.html": (["f.html"], "1 cluster"),
    f"aks safeguards explain '{SAID}' --write patches": (["patches/pod-b.patch.yaml"], "1 patch for 1 of "),
    "aks safeguards check -f pod.yaml --level Warning --format sarif --report-file c.sarif": (
        ["c.sarif"],
        "Warning, v2.0.0: ",
    ),
}


@pytest.fixture
def here(az, tmp_path):
    """az in a folder of its own with a manifest."""
    az.folder.joinpath("pod.yaml").write_text(POD)
    for written in ("c.html", "f.html", "c.bicep", "c.sarif", "a.sarif", "b.xml", "known.json"):
        if os.path.lexists(az.folder / written):
            (az.folder / written).unlink()
    return az


def checked(az, *arguments):
    return az.run("aks safeguards check -f pod.yaml", *arguments)


def test_files_and_summary_and_why_it_failed(here):
    files = ("--format", "sarif", "junit", "--report-file", "a.sarif", "b.xml")
    failed = checked(here, *files)
    lines = failed.err.splitlines()
    assert (failed.code, failed.out) == (1, "")
    assert lines[0] == "Written: a.sarif, b.xml"
    assert lines[1].startswith("Enforcement, v2.0.0: ")
    assert "would be denied" in lines[1]
    assert lines[-1].startswith("ERROR: ")
    assert "the check (--fail-on error)." in lines[-1]
    # What only warns is no failure, and no warning either: pipelines fail on those.
    passed = checked(here, *files, "--level", "Warning")
    assert passed.code == 0
    assert [line.split(":")[0] for line in passed.err.splitlines()] == ["Written", "Warning, v2.0.0"]
    assert checked(here, *files, "--level", "Warning", "--only-show-errors").err == ""


@pytest.mark.parametrize("arguments", [(), ("--format", "text"), ("-o", "table")])
def test_what_is_printed_ends_with_why_it_failed(here, arguments):
    failed = checked(here, *arguments)
    assert failed.code == 1
    assert failed.out
    assert failed.err.splitlines()[-1].startswith("ERROR: ")
    assert "az aks safeguards explain " in failed.err


def test_a_baseline_is_named(here):
    written = checked(here, "--baseline", "known.json", "--write-baseline")
    assert written.code == 0
    assert written.err.splitlines()[0] == "Written: known.json"


@pytest.mark.parametrize("line", WRITERS)
def test_every_writer_ends_with_its_files_and_what_is_in_them(here, cluster, line):
    here(f"aks update {ON_C1} --safeguards-level Enforcement")
    files, summary = WRITERS[line]
    done = here(line)
    assert [text for text in done.err.splitlines() if text.startswith("Written: ")] == [f"Written: {', '.join(files)}"]
    assert done.err.splitlines()[-1].startswith(summary)
    assert "WARNING" not in done.err or "compliance" in line
    assert all((here.folder / name).is_file() for name in files)
    assert here(f"{line} --only-show-errors").err == ""


def test_the_pages_of_a_fleet_are_all_named(here, cluster):
    here(f"aks update {ON_C1} --safeguards-level Enforcement")
    done = here("aks safeguards profile list --format html --report-dir pages")
    (said,) = [text for text in done.err.splitlines() if text.startswith("Written: ")]
    names = said.removeprefix("Written: ").split(", ")
    assert names[0] == "pages/index.html"
    assert len(names) == 2
    assert all((here.folder / name).is_file() for name in names)


@pytest.mark.parametrize("line", WRITERS)
def test_no_writer_goes_through_a_link_and_the_last_line_says_so(here, cluster, line, tmp_path):
    here(f"aks update {ON_C1} --safeguards-level Enforcement")
    (name,), _ = WRITERS[line]
    place, aim = here.folder / name, tmp_path / "somebody's"
    aim.write_text("precious")
    place.parent.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(aim)
    failed = here(line, code=None)
    assert aim.read_text() == "precious"
    assert place.is_symlink()
    assert failed.err.splitlines()[-1].startswith("ERROR: ")
    assert "Written: " not in failed.err
    place.unlink()


@pytest.mark.parametrize("line", [line for line in WRITERS if "explain" not in line])
def test_every_writer_keeps_the_permissions_of_what_was_there(here, cluster, line):
    here(f"aks update {ON_C1} --safeguards-level Enforcement")
    (name,), _ = WRITERS[line]
    place = here.folder / name
    place.write_text("older")
    place.chmod(0o640)
    here(line)
    assert place.stat().st_mode & 0o777 == 0o640
    assert place.read_text() != "older"


def test_a_compliance_that_fails_is_written_and_the_last_line_says_why(here, box, cluster):
    here(f"aks update {ON_C1} --safeguards-level Enforcement")
    line = f"aks safeguards compliance show {ON_C1} --format html --report-file c.html --fail-on noncompliant"
    box.backends.compliance.states = lambda scope: []
    failed = here(line, code=1)
    assert "Written: c.html" in failed.err
    assert failed.err.splitlines()[-1].startswith("ERROR: ")
