# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check`: what it refuses, what it returns, and how az ends after it."""

from __future__ import annotations

import contextlib
import html
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from azure.cli.core.util import handle_exception
from knack.events import EVENT_CLI_SUCCESSFUL_EXECUTE, EVENT_INVOKER_TRANSFORM_RESULT
from knack.util import CLIError

from azext_safeguards.check.findings import Finding, Report, UnjudgedPolicy, UnreadableFile
from azext_safeguards.check.judging.against import acting_of
from azext_safeguards.check.workers import worker
from azext_safeguards.cli.manifests import judged_by
from azext_safeguards.cli.manifests._format import check_table
from azext_safeguards.cli.manifests.check import check
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.suspension import Suspend, Suspension
from tests.unit.bodies import updated

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'a:1'}]}\n"
DENIED = Finding("a.yaml", 4, 8, "Pod", "p", "default", "probes", "no probe", "deny", False)
WARNED = DENIED._replace(effect="warn")
BROKEN = UnreadableFile("b.yaml", 7, 2, "no YAML: odd")


class Az:
    """As much of az as the command sees: what it does with results, events and errors."""

    only_show_errors = True
    exception_handler = staticmethod(handle_exception)

    def __init__(self) -> None:
        self.invocation = SimpleNamespace(data={"output": "json"})
        self.handlers: dict[str, list[Any]] = {}
        self.settings: dict[tuple[str, str], str] = {}
        self.data: dict[str, Any] = {}

    @property
    def config(self) -> Any:
        return SimpleNamespace(
            get=lambda section, option, fallback: self.settings.get((section, option), fallback),
            getboolean=lambda _section, _option, fallback: fallback,
        )

    def register_event(self, name, handler):
        self.handlers.setdefault(name, []).append(handler)

    def unregister_event(self, name, handler):
        self.handlers[name].remove(handler)

    def raise_event(self, name, **values):
        for handler in list(self.handlers.get(name, ())):
            handler(self, **values)

    def ended(self) -> int:
        """The exit code, once the output is there."""
        try:
            self.raise_event(EVENT_CLI_SUCCESSFUL_EXECUTE, result=None)
        except SystemExit as end:
            return int(end.code or 0)
        return 0


@pytest.fixture
def az():
    return Az()


@pytest.fixture
def run(az, tmp_path, monkeypatch):
    """Runs the command on a folder with one Pod; the exit code, and the result as az prints it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(POD)

    def running(filename=("a.yaml",), **options):
        try:
            result = check(SimpleNamespace(cli_ctx=az), list(filename), **options)
        except SystemExit as end:
            return end.code, None
        event = {"result": result}
        if result is not None:
            az.raise_event(EVENT_INVOKER_TRANSFORM_RESULT, event_data=event)
        return az.ended(), event["result"]

    return running


@pytest.fixture
def said(capsys, caplog):
    """What az says on stderr: errors through its log, and what to do."""

    def saying():
        messages = [record.getMessage() for record in caplog.records if record.name.startswith("cli.")]
        return "\n".join([*messages, capsys.readouterr().err])

    return saying


@pytest.fixture
def found(monkeypatch):
    """Has the check find what is given."""

    def finding(**fields):
        monkeypatch.setattr("azext_safeguards.check.workers.run.check", lambda *_args, **_options: Report(**fields))

    return finding


def test_a_finding_is_one_and_leaves_nothing_behind(run, az):
    code, result = run()
    assert (code, result["summary"]["denied"]) == (1, len(result["findings"]))
    assert {"probes", "image-pull-secrets"} <= {finding["policy"] for finding in result["findings"]}
    assert all(finding[key] for finding in result["findings"] for key in ("title", "why", "fix", "docs"))
    assert "mutations" not in result
    assert az.ended() == 0
    assert not any(az.handlers.values())


@pytest.mark.parametrize(
    ("fail_on", "findings", "unreadable", "code"),
    [
        ("deny", [], [], 0),
        ("deny", [WARNED], [], 0),
        ("deny", [WARNED, DENIED], [], 1),
        ("deny", [], [BROKEN], 2),
        ("deny", [DENIED], [BROKEN], 2),
        ("warn", [], [], 0),
        ("warn", [WARNED], [], 1),
        ("WARN", [DENIED], [], 1),
        ("warn", [WARNED], [BROKEN], 2),
        ("never", [DENIED, WARNED], [], 0),
        ("never", [DENIED], [BROKEN], 2),
    ],
)
@pytest.mark.parametrize("formats", [None, ["text"]])
def test_the_exit_code(run, found, said, fail_on, findings, unreadable, code, formats):
    found(findings=findings, unreadable=unreadable)
    assert run(fail_on=fail_on, report_format=formats)[0] == code
    # Wherever the findings go, the log says why it failed.
    assert bool(said()) == bool(code)


@pytest.mark.parametrize(
    ("findings", "unreadable", "part"),
    [
        ([WARNED, DENIED], [], "1 finding fails the check (--fail-on error).\naz aks safeguards explain probes"),
        ([DENIED], [BROKEN], "Not everything could be read: b.yaml:7: no YAML: odd.\nSee 'unreadable'"),
        ([], [BROKEN._replace(line=0)], "Not everything could be read: b.yaml: no YAML: odd."),
    ],
)
def test_stderr_says_why_it_failed(run, found, said, findings, unreadable, part):
    found(findings=findings, unreadable=unreadable)
    run()
    assert part in said()


@pytest.mark.parametrize("fail_on", ["deny", "warn", "never"])
def test_a_policy_that_cannot_be_judged_is_no_pass(run, found, said, fail_on):
    found(unjudged=[UnjudgedPolicy("newMember", "not known here")])
    code, result = run(fail_on=fail_on)
    assert (code, result["unjudged"]) == (2, [{"policy": "newMember", "reason": "not known here"}])
    assert result["summary"]["unjudged"] == 1
    told = said()
    assert "Not every policy could be judged: newMember: not known here.\nSee 'unjudged' in the output." in told
    assert "--skip newMember" in told


def test_a_baseline_is_written_whatever_was_found(run, tmp_path):
    assert run(baseline="known.json", write_baseline=True)[0] == 0
    known = json.loads((tmp_path / "known.json").read_text())
    code, result = run(baseline="known.json", fail_on="warn")
    assert (code, result["findings"]) == (0, [])
    assert result["summary"]["ignored"] == sum(item["count"] for item in known["findings"]) > 0
    (tmp_path / "a.yaml").write_text(POD.replace("name: c", "name: d"))
    assert run(baseline="known.json")[0] == 1


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"baseline": "none.json"}, "The baseline 'none.json' cannot be read or written"),
        ({"baseline": "a.yaml"}, "it is no JSON"),
        ({"baseline": ".", "write_baseline": True}, "The baseline '.' cannot be read or written"),
        ({"baseline": "latin.json"}, "The baseline 'latin.json' cannot be read or written"),
        ({"baseline": "a.yaml", "write_baseline": True}, "would be written over a file that is checked"),
        ({"report_format": ["text"], "report_file": ["a.yaml"]}, "would be written over a file that is checked"),
        ({"write_baseline": True}, "--write-baseline needs a file"),
        ({"level": "off", "version": "v9.9.9"}, "--version v2.0.0"),
        ({"excluded_ns": "a b"}, "--excluded-ns 'ns1,team-*,*-dev'"),
        ({"param": ["nope=1"]}, "no parameter 'nope'"),
        ({"param": ["allowedContainerImagesRegex=("]}, "--param 'allowedContainerImagesRegex=^registry"),
        ({"skip": ["nope"]}, "There is no policy 'nope'"),
        ({"resource_group_name": "rg"}, "--resource-group and --name together"),
        ({"name": "c1"}, "--resource-group and --name together"),
        ({"report_file": ["x"]}, "Each --report-file needs a --format"),
        ({"report_format": ["text"], "report_file": ["none/x"]}, "The report 'none/x' could not be written"),
        ({"filename": ["none"]}, "There is no file or folder 'none'"),
        ({"pod_security": "Baseline"}, "--version v3.0.0 --pod-security Baseline"),
        ({"docs_url": "docs/policies.md"}, "--docs-url https://"),
    ],
)
def test_what_is_refused_ends_with_two(run, tmp_path, said, options, part):
    (tmp_path / "latin.json").write_bytes(b"\xff")
    assert run(**options) == (2, None)
    text = said()
    assert part in text
    assert "Traceback" not in text
    # The sentence, and what to do.
    assert len(text.splitlines()) >= 2


@pytest.mark.parametrize("error", [CLIError("Please run 'az login' to setup account."), RuntimeError("a bug")])
def test_nothing_else_that_ends_it_looks_like_findings(run, monkeypatch, said, error):
    def fail(*_args):
        raise error

    monkeypatch.setattr(judged_by, "_of_cluster", fail)
    assert run(resource_group_name="rg", name="c1") == (2, None)
    assert str(error) in said()


def test_standard_input_may_be_closed(run, monkeypatch, said):
    monkeypatch.setattr(sys, "stdin", None)
    assert run()[0] == 1
    assert run(["-"]) == (2, None)
    assert "There is no standard input to read" in said()


def test_what_is_known_of_the_run_is_noted(run, found, tmp_path):
    (tmp_path / "values.yaml").write_text("a: 1\n---\nKind: Pod\n")
    result = run(["."])[1]
    assert (result["summary"]["notObjects"], result["summary"]["objects"]) == (2, 1)
    assert any("2 of the documents are no Kubernetes objects" in note for note in result["notes"])
    # What a file cannot show is said once for a policy that found something, however often.
    assert sum(note.startswith("image-pull-secrets: ") for note in result["notes"]) == 1
    assert not any("no Kubernetes objects" in note for note in run()[1]["notes"])
    assert any("looks at what is sent only" in note for note in run(param=["source=Original"])[1]["notes"])


def test_mutations_are_in_the_result_when_they_are_asked_for(run):
    (mutation,) = run(show_mutations=True)[1]["mutations"]
    assert (mutation["kind"], mutation["name"], mutation["line"]) == ("Pod", "p", 1)
    assert "mutate-cpu-limits" in mutation["policies"]
    assert json.dumps(mutation)
    assert run(show_mutations=True, level="Warning")[1]["mutations"] == []


def test_progress_goes_to_az_s_bar(run, monkeypatch, tmp_path):
    told = []

    @contextlib.contextmanager
    def bar(_cli_ctx, message):
        yield lambda *said: told.append((message, *said))

    monkeypatch.setattr("azext_safeguards.cli.az.progress.progress_bar", bar)
    for number in range(130):
        (tmp_path / f"{number}.yaml").write_text(POD)
    monkeypatch.setattr(worker, "processes", lambda: 1)
    run(["."])
    assert [said[:3] for said in told] == [("Checking", "Files", 64), ("Checking", "Files", 128)]


@pytest.mark.parametrize("format", ["sarif", "markdown", "junit"])
def test_reports_link_to_the_anchors_of_published_docs(run, az, capsys, format):
    page = "https://docs.example.com/safeguards/policies.md"
    run(report_format=[format])
    assert "docs.example.com" not in capsys.readouterr().out
    az.settings["safeguards", "docs_url"] = page
    run(report_format=[format])
    assert f"{page}#probes" in capsys.readouterr().out
    run(report_format=[format], docs_url="https://other.example.com/p#top")
    out = capsys.readouterr().out
    assert "https://other.example.com/p#probes" in out
    assert page not in out


SUSPENSION = Suspension("ann@example.com", "2026-11-28T02:00:00Z", "an incident")
# Why a check is green without a policy that looks.
IDLE = {
    "Off": (Change(Level.OFF), "Safeguards are Off"),
    "suspended": (
        Change(suspension=Suspend(SUSPENSION)),
        "Safeguards are suspended by ann@example.com at 2026-11-28T02:00:00Z: an incident",
    ),
    "not enforced": (None, "The assignment is not enforced (DoNotEnforce)"),
    "no policy": (None, "No policy warns or denies"),
}


def idle(monkeypatch, case):
    """Has the check be made for a cluster whose assignment finds nothing; says why."""
    change, why = IDLE[case]
    body = updated(None, Change(Level.ENFORCEMENT), *([change] if change else []))
    if case == "not enforced":
        body["properties"]["enforcementMode"] = "DoNotEnforce"
    elif case == "no policy":
        del body["properties"]["overrides"]
        body["properties"]["parameters"]["effect"] = {"value": "Disabled"}
    acting = acting_of(read_assignment(body, Definitions()))
    monkeypatch.setattr("azext_safeguards.cli.manifests.judged_by.judged_by", lambda *_: (acting, []))
    return why


@pytest.mark.parametrize("case", IDLE)
@pytest.mark.parametrize(
    ("format", "place"),
    [
        ("text", "out"), ("markdown", "out"), ("github", "out"), ("azuredevops", "out"), ("junit", "out"),
        ("sarif", "out"), ("sarif", "err"), ("junit", "err"), ("json", "err"), ("table", "err"), ("tsv", "err"),
    ],
)  # fmt: skip
def test_green_because_nothing_acts_says_so(run, az, monkeypatch, capsys, case, format, place):
    why = idle(monkeypatch, case)
    az.only_show_errors, is_report = False, format not in ("json", "table", "tsv")
    az.invocation.data["output"] = "json" if is_report else format
    code, result = run(report_format=[format] if is_report else None)
    said = html.unescape(getattr(capsys.readouterr(), place))
    assert code == 0
    assert f"{why}, so nothing would be denied" in said or f"{why}, so the cluster would say nothing" in said
    if not is_report:
        assert result["summary"]["idle"] == why
        assert result["findings"] == check_table(result) == []


def test_a_report_in_a_file_is_said_to_be_of_what_does_not_act(run, az, monkeypatch, capsys):
    why = idle(monkeypatch, "suspended")
    az.only_show_errors = False
    run(report_format=["sarif"], report_file=["a.sarif"])
    assert f"{why}, so nothing would be denied" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(("output", "lines"), [("table", 1), ("json", 0)])
def test_a_table_without_rows_is_told_in_a_line(run, az, found, capsys, output, lines):
    found(objects=3, files=1)
    az.only_show_errors, az.invocation.data["output"] = False, output
    assert run()[1]["summary"]["idle"] is None
    said = capsys.readouterr().err.splitlines()
    assert said == ["Enforcement, v2.0.0: nothing would be denied or warned of, in 3 objects (1 file)"][:lines]
