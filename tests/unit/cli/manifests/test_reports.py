# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which report of a check goes where."""

from __future__ import annotations

import io
import json
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from azure.cli.core.azclierror import ArgumentUsageError, FileOperationError

from azext_safeguards.check.report import FormatName
from azext_safeguards.cli.az.pages import HTML
from azext_safeguards.cli.manifests._params import FORMATS
from azext_safeguards.cli.manifests.reports import Reports
from tests.unit.check.report.samples import CLEAN, FULL


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Full(io.StringIO):
    """A standard output that takes nothing."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, _text: str) -> int:
        raise self.error


@pytest.fixture
def printed(monkeypatch):
    def printing(out, formats, report=FULL, files=None):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            assert Reports(formats, files).write(report)
        return out.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return printing


def test_the_option_takes_what_there_is():
    assert set(FORMATS) == {name.value for name in FormatName} | {HTML}


@pytest.mark.parametrize(("formats", "files"), [(None, None), ([], []), (None, [])])
def test_without_a_format_there_is_no_report(capsys, formats, files):
    assert not Reports(formats, files).write(FULL)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("formats", "files", "said"),
    [
        (None, ["a"], "Each --report-file needs a --format"),
        (["text"], ["a", "b"], "Each --report-file needs a --format"),
        (["text", "sarif"], None, "Only one report can be printed"),
        (["text", "sarif", "junit"], ["a"], "Only one report can be printed"),
    ],
)
def test_formats_without_a_place_are_refused_before_anything_is_done(formats, files, said):
    with pytest.raises(ArgumentUsageError, match=said) as refused:
        Reports(formats, files)
    assert refused.value.recommendations


def test_each_format_goes_to_the_file_in_the_same_place_and_one_more_is_printed(tmp_path, printed):
    sarif, junit = tmp_path / "a.sarif", tmp_path / "b.xml"
    out = printed(io.StringIO(), ["SARIF", "junit", "markdown"], files=[str(sarif), str(junit)])
    assert json.loads(sarif.read_bytes())["version"] == "2.1.0"
    assert ElementTree.parse(junit).getroot().tag == "testsuites"
    assert out.startswith("#")
    assert printed(io.StringIO(), ["text", "sarif"], files=[str(tmp_path / "c"), str(tmp_path / "d")]) == ""


def test_a_file_is_written_anew_in_utf_8_without_colours(tmp_path, printed):
    path = tmp_path / "a.txt"
    path.write_text("x" * 100_000)
    report = type(CLEAN)(findings=[FULL.findings[0]._replace(name="ü")])
    printed(Terminal(), ["text", "text"], report, [str(path)])
    assert "Deployment/ü".encode() in path.read_bytes()
    assert b"\x1b" not in path.read_bytes()
    assert path.stat().st_size < 1000


@pytest.mark.parametrize(
    ("out", "environment", "coloured"),
    [
        (Terminal, {}, True),
        (Terminal, {"NO_COLOR": "1"}, False),
        (Terminal, {"TERM": "dumb"}, False),
        (io.StringIO, {}, False),
    ],
)
def test_only_a_terminal_gets_colours(printed, monkeypatch, out, environment, coloured):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[31m" in printed(out(), ["text"])) == coloured
    assert "\x1b[31m" not in printed(out(), ["sarif"])


def test_what_a_console_lacks_is_escaped(monkeypatch):
    written = io.BytesIO()
    console = io.TextIOWrapper(written, encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", console)
    Reports(["text"], None).write(type(CLEAN)(findings=[FULL.findings[0]._replace(name="ü\u4e2d")]))
    assert b"Deployment/\xfc\\u4e2d" in written.getvalue()


def test_a_run_that_fails_half_way_leaves_the_old_report(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write(_self, _name, _colour, _report, out):
        out.write("half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Reports, "_format", write)
    with pytest.raises(FileOperationError, match="could not be written: No space left on device"):
        Reports(["sarif"], [str(path)]).write(FULL)
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    ("files", "names", "values", "baseline", "said"),
    [
        (["a.yaml"], ["a.yaml"], [], None, "would be written over a file that is checked"),
        (["a.yaml"], ["."], [], None, "would be written over a file that is checked"),
        (["a.yaml"], ["b"], ["a.yaml"], None, "would be written over a file that is checked"),
        (["new.yaml"], ["."], [], None, "would be taken for a manifest by the next run"),
        (["out", "./out"], ["a.yaml"], [], None, "is named for two things"),
        (["known.json"], ["a.yaml"], [], "known.json", "is named for two things"),
    ],
)
def test_nothing_that_is_needed_is_written_over(tmp_path, monkeypatch, files, names, values, baseline, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("kind: Pod")
    reports = Reports(["text"] * len(files), files)
    with pytest.raises(ArgumentUsageError, match=said) as refused:
        reports.spare(names, values, baseline)
    assert refused.value.recommendations
    Reports(["text", "sarif"], ["/dev/null", "/dev/null"]).spare(names, values, baseline)
    Reports(["text", "sarif"], ["b", "c"]).spare(names, values, baseline)


@pytest.mark.parametrize("path", ["none/a.sarif", "."])
def test_a_file_that_cannot_be_written_is_named(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileOperationError, match=f"The report '{path}' could not be written: ") as refused:
        Reports(["sarif"], [path]).write(FULL)
    assert refused.value.recommendations


def test_a_reader_that_has_seen_enough_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Full(BrokenPipeError(32, "Broken pipe")))
    assert Reports(["text"], None).write(FULL)
    # What is printed later, by whomever, must not fail either.
    print("more", flush=True)
    sys.stdout.close()


def test_a_full_disk_behind_standard_output_is_said(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Full(OSError(28, "No space left on device")))
    with pytest.raises(FileOperationError, match="No space left on device") as refused:
        Reports(["junit"], None).write(FULL)
    assert refused.value.recommendations == ["--format junit --report-file FILE"]
    sys.stdout.close()
