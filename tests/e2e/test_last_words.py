# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How the log of a check ends, whatever goes into files."""

from __future__ import annotations

import subprocess

import pytest

from .azcli import AZ

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: nginx}
spec: {containers: [{name: nginx, image: nginx}]}
"""


def checked(az, *arguments):
    (az.folder / "pod.yaml").write_text(POD)
    return subprocess.run(
        [AZ, "aks", "safeguards", "check", "-f", "pod.yaml", *arguments],
        env=az.environment,
        cwd=az.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_files_and_summary_and_why_it_failed(az):
    files = ("--format", "sarif", "junit", "--report-file", "a.sarif", "b.xml")
    failed = checked(az, *files)
    lines = failed.stderr.splitlines()
    assert (failed.returncode, failed.stdout) == (1, "")
    assert lines[0] == "Written: a.sarif, b.xml"
    assert lines[1].startswith("Enforcement, v2.0.0: ")
    assert "would be denied" in lines[1]
    assert lines[-1].startswith("ERROR: ")
    assert "of the findings are failures (deny)." in lines[-1]
    # What only warns is no failure, and no warning either: pipelines fail on those.
    passed = checked(az, *files, "--level", "Warning")
    assert passed.returncode == 0
    assert [line.split(":")[0] for line in passed.stderr.splitlines()] == ["Written", "Warning, v2.0.0"]
    assert checked(az, *files, "--level", "Warning", "--only-show-errors").stderr == ""


@pytest.mark.parametrize("arguments", [(), ("--format", "text"), ("-o", "table")])
def test_what_is_printed_ends_with_why_it_failed(az, arguments):
    failed = checked(az, *arguments)
    assert failed.returncode == 1
    assert failed.stdout
    assert failed.stderr.splitlines()[-1].startswith("ERROR: ")
    assert "az aks safeguards explain " in failed.stderr


def test_a_baseline_is_named(az):
    written = checked(az, "--baseline", "known.json", "--write-baseline")
    assert written.returncode == 0
    assert written.stderr.splitlines()[0] == "Written: known.json"
