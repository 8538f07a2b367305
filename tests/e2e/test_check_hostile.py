# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Files that want to break a check: each is named with its line, and the others are checked all the same."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from pathlib import Path

import pytest

from .azcli import AZ

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: good}\nspec: {containers: [{name: c, image: a:1}]}\n"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
)
# Address space of all processes of a run, each by itself: az alone maps about 0.4 GB.
_MOST_BYTES = 1_500_000_000

# Name, content, and for each problem its line and what is said of it.
FILES: list[tuple[str, bytes, list[tuple[int, str]]]] = [
    ("alias-bomb", BOMB.encode(), [(6, "the aliases of the document stand for more than 1,000,000 values")]),
    ("cyclic-anchor", b"kind: Pod\nspec: &s\n  self: *s\n", [(2, "an anchor contains an alias of itself")]),
    ("brackets", b"a: 1\nb: " + b"[" * 100_000 + b"]" * 100_000, [(1, "nested more than 200 levels deep")]),
    ("stairs", "".join(f"{' ' * n}a:\n" for n in range(3000)).encode(), [(1, "nested more than 200 levels deep")]),
    ("json-stairs", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, [(1, "nested more than 200 levels deep")]),
    ("many-items", b"a:\n" + b"- b\n" * 400_000, [(1, "more than 300,000 fields and items")]),
    ("nul", b"apiVersion: v1\nkind: P\0d\n", [(2, "no YAML")]),
    ("invalid-utf-8", b"apiVersion: v1\nname: \xff\xfe\n", [(2, "no YAML")]),
    ("half-utf-16", b"\xff\xfea\0b", [(1, "begins like UTF-16")]),
    ("tab", b"apiVersion: v1\nkind:\n\t- a\n", [(3, "no YAML")]),
    ("unknown-alias", b"a: 1\nb: *nothing\n", [(2, "no YAML")]),
    ("list-as-key", b"a: 1\n? [1, 2]\n: b\n", [(2, "a mapping key is not text")]),
    ("bad-merge", b"a: 1\nb:\n  <<: text\n", [(3, "'<<' takes a mapping")]),
    ("binary", bytes(range(256)) * 64, [(1, "no YAML")]),
]
# Odd, and judged all the same.
ODD: list[tuple[str, str, list[tuple[int, str]]]] = [
    ("duplicate-key", POD + "kind: Pod\n", [(5, "the key 'kind' is given twice, first in line 2")]),
    ("tag", "!!python/object/apply:os.system [x]\n---\n" + POD.replace("v1", "!!python/name:os.system v1", 1), []),
    ("merge", POD.replace("{name: c, image: a:1}", "&x {name: c, image: a:1}, {<<: *x, name: d}"), []),
    ("crlf", POD.replace("\n", "\r\n"), []),
    ("bom", "\ufeff" + POD, []),
]


def check(az, names, *more, limit=_MOST_BYTES, stdin=subprocess.DEVNULL):
    def bounded():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    done = subprocess.run(
        [AZ, "aks", "safeguards", "check", *more, "-f", *map(str, names)],
        env=az.environment,
        cwd=az.folder,
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=bounded,
    )
    assert "Traceback" not in done.stderr
    return done


def write(folder: Path) -> None:
    for name, content, _ in FILES:
        (folder / f"{name}.yaml").write_bytes(content)
    for name, text, _ in ODD:
        (folder / f"{name}.yaml").write_text(text, "utf-8", newline="")


def assert_reported(result, folder):
    problems: dict[str, list[tuple[int, str]]] = {}
    assert {Path(entry["file"]).stem for entry in result["odd"]} == {"duplicate-key", "tag"}
    assert {Path(entry["file"]).stem for entry in result["refused"]} <= {"tag", "alias-bomb", "bad-merge"}
    for entry in [*result["unreadable"], *result["odd"]]:
        name = Path(entry["file"]).stem
        problems.setdefault(name, []).append((entry["line"], entry["reason"]))
    for name, _, expected in [*FILES, *ODD]:
        found = problems.get(name, []) if name != "tag" else []
        assert [line for line, _ in found] == [line for line, _ in expected], (name, found)
        assert all(part in reason for (_, reason), (_, part) in zip(found, expected, strict=True)), (name, found)
    assert any("the tag !!python/" in reason for _, reason in problems["tag"])
    judged = {Path(finding["file"]).stem for finding in result["findings"]}
    assert judged == {"good", *(name for name, _, _ in ODD)}
    assert all(len(reason) < 300 for entries in problems.values() for _, reason in entries)


@pytest.mark.parametrize("copies", [1, 220], ids=["in one process", "in workers"])
def test_hostile_files_hide_nothing_and_take_little(installed, box, tmp_path, copies):
    write(tmp_path)
    for number in range(copies):
        (tmp_path / f"copy-{number}").mkdir()
        (tmp_path / f"copy-{number}" / "good.yaml").write_text(POD)
    done = check(installed, [tmp_path])
    assert done.returncode == 2
    result = json.loads(done.stdout)
    assert_reported(result, tmp_path)
    assert result["summary"]["files"] == len(FILES) + len(ODD) + copies
    assert sum(finding["file"].endswith("good.yaml") for finding in result["findings"]) >= copies


def test_a_file_of_a_hundred_megabytes(installed, box, tmp_path):
    huge = tmp_path / "huge.yaml"
    line = b"data: " + b"x" * (1 << 20) + b"\n"
    with huge.open("wb") as file:
        file.write(POD.encode() + b"---\n")
        for number in range(100):
            file.write(b"k%d-" % number + line)
        file.write(b"---\n" + POD.replace("good", "after").encode())
    done = check(installed, [tmp_path], limit=900_000_000)
    assert done.returncode == 2
    result = json.loads(done.stdout)
    (problem,) = result["unreadable"]
    assert (problem["line"], problem["reason"]) == (5, "the document is larger than 16 MiB")
    places = {(finding["name"], finding["line"] > 100) for finding in result["findings"]}
    assert places == {("good", False), ("after", True)}


def test_what_is_no_file_is_never_opened(installed, box, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.yaml").write_text(POD)
    os.mkfifo(folder / "pipe.yaml")
    (folder / "loop").symlink_to(folder)
    (folder / "itself.yaml").symlink_to("itself.yaml")
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    done = check(installed, [folder])
    assert done.returncode == 2
    result = json.loads(done.stdout)
    assert {Path(entry["file"]).name for entry in result["unreadable"]} == {"pipe.yaml", "itself.yaml", "gone.yaml"}
    assert {Path(finding["file"]).name for finding in result["findings"]} == {"good.yaml"}
    named = check(installed, [folder / "pipe.yaml"])
    assert (named.returncode, named.stdout) == (2, "")
    assert "is a device, socket or pipe" in named.stderr


def test_what_has_no_end_or_no_bottom_is_told_in_a_sentence(installed, box, tmp_path):
    (tmp_path / "good.yaml").write_text(POD)
    (tmp_path / "sparse.yaml").touch()
    os.truncate(tmp_path / "sparse.yaml", 1 << 40)
    (tmp_path / "report.yaml").symlink_to("/dev/zero")
    with open("/dev/zero", "rb") as zeros:
        done = check(installed, ["-", tmp_path], stdin=zeros, limit=900_000_000)
    result = json.loads(done.stdout)
    assert done.returncode == 2
    assert [(Path(entry["file"]).name, entry["reason"]) for entry in result["unreadable"]] == [
        ("<stdin>", "it is longer than 64 MiB; save it as a file and name that"),
        ("report.yaml", "it is not a regular file (a device, socket or pipe), which is not read"),
        ("sparse.yaml", "the file is larger than 1 GiB; split it"),
    ]
    assert {Path(finding["file"]).name for finding in result["findings"]} == {"good.yaml"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--baseline", "/dev/zero"],
            "The baseline '/dev/zero' cannot be read or written: it is a device or a socket.",
        ),
        (["--baseline", "sparse.json"], "The baseline 'sparse.json' is longer than 64 MiB."),
        (["--baseline", "pipe"], "The baseline cannot be used: it is no JSON"),
        (["--format", "text", "--report-file", "new.yaml"], "would be taken for a manifest by the next run"),
    ],
)
def test_a_baseline_without_end_and_a_report_like_a_manifest_are_refused(installed, box, arguments, said):
    folder = Path(installed.folder)
    (folder / "good.yaml").write_text(POD)
    (folder / "sparse.json").touch()
    os.truncate(folder / "sparse.json", 1 << 40)
    if not (folder / "pipe").exists():
        os.mkfifo(folder / "pipe")
    done = check(installed, ["." if "new.yaml" in arguments else "good.yaml"], *arguments, limit=900_000_000)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (folder / "new.yaml").exists()


def test_a_report_in_a_folder_that_is_checked_changes_nothing(installed, box, tmp_path):
    (tmp_path / "good.yaml").write_text(POD)
    report, known = tmp_path / "report.json", tmp_path / "known.json"
    arguments = ["--format", "sarif", "--report-file", str(report), "--baseline", str(known), "--write-baseline"]
    for _ in range(2):
        assert check(installed, [tmp_path], *arguments).returncode == 0
        runs = json.loads(report.read_text())["runs"]
        assert "no Kubernetes objects" not in json.dumps(runs)


def test_a_flood_of_findings_is_cut_and_said_so(installed, box, tmp_path):
    containers = "".join(f"    - {{name: c{number}, image: 'a:latest'}}\n" for number in range(3000))
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: many}}\nspec:\n  containers:\n{containers}"
    (tmp_path / "many.yaml").write_text(pod)
    done = check(installed, [tmp_path], "--fail-on", "never")
    assert done.returncode == 0
    result = json.loads(done.stdout)
    latest = [finding for finding in result["findings"] if finding["policy"] == "no-latest-tag"]
    assert len(latest) == 100
    assert any("only the first 100 messages about Pod/many are shown" in note for note in result["notes"])


def test_names_with_escapes_and_commands_print_as_text(installed, box, tmp_path):
    evil = "\x1b[31m::error ::x\n##vso[task.complete]"
    pod = POD.replace("name: good", f"name: {json.dumps(evil)}")
    (tmp_path / "evil.yaml").write_text(pod)
    for report in ("text", "github", "azuredevops"):
        done = check(installed, [tmp_path], "--format", report, "--fail-on", "never")
        assert "\x1b" not in done.stdout
        assert not any(line.startswith(("::error ::x", "##vso[task.complete")) for line in done.stdout.splitlines())
        assert "evil.yaml" in done.stdout


def test_a_flood_of_problems_is_cut_and_said_so(installed, box, tmp_path):
    (tmp_path / "many.yaml").write_text(("k: v\n" * 20_000 + "---\n") * 11)
    (tmp_path / "good.yaml").write_text(POD)
    done = check(installed, [tmp_path], limit=900_000_000)
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert len(result["odd"]) == 1001
    assert result["odd"][-1]["reason"] == "there are more than 1,000 odd places; the others are not shown"
    assert {Path(finding["file"]).name for finding in result["findings"]} == {"good.yaml"}
