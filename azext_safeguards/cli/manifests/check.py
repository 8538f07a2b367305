# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check`: what a cluster would say about manifests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from azext_safeguards.domain.shell import quoted

if TYPE_CHECKING:
    from azext_safeguards.check.findings import Refused, Report
    from azext_safeguards.cli.manifests.page import Asked
    from azext_safeguards.domain.acting.acting import Acting

# What --fail-on is called by; the deprecated words are taken, too.
_WORDS = {"deny": "error", "warn": "warning"}


def check(
    cmd: Any,
    filename: list[str],
    level: str | None = None,
    version: str | None = None,
    excluded_ns: str | None = None,
    resource_group_name: str | None = None,
    name: str | None = None,
    param: list[str] | None = None,
    allowed_registry: list[str] | None = None,
    pod_security: str | None = None,
    values: list[str] | None = None,
    skip: list[str] | None = None,
    show_mutations: bool = False,
    report_format: list[str] | None = None,
    report_file: list[str] | None = None,
    baseline: str | None = None,
    write_baseline: bool = False,
    fail_on: str = "deny",
    managed: str | None = None,
    automatic: bool = False,
    docs_url: str | None = None,
) -> dict[str, Any] | None:
    """Judges manifests as a cluster would, and ends with 1 when something would be denied, 2 when not all was read."""
    from azext_safeguards.check.sources.find import find_sources
    from azext_safeguards.check.streams import standard_input
    from azext_safeguards.check.workers.ahead import Ahead
    from azext_safeguards.check.workers.garbage import left_to_the_end, seldom_collected
    from azext_safeguards.check.workers.worker import processes
    from azext_safeguards.cli.az.output import refuse_query, say_files, tell
    from azext_safeguards.cli.manifests.early import started
    from azext_safeguards.cli.manifests.newest import Newest
    from azext_safeguards.cli.manifests.reports import Reports

    left_to_the_end()
    with _refusals(cmd.cli_ctx), started(cmd.cli_ctx) as workers:
        if report_format:
            refuse_query(cmd.cli_ctx, f"--format {report_format[0]}")
        reports = Reports(report_format, report_file, docs_url or _published(cmd.cli_ctx))
        reports.spare(filename, values or (), baseline)
        if baseline and write_baseline:
            _spare_manifests(baseline, filename, values or ())
        beside = [*reports.files, *([baseline] if baseline else [])]
        found = find_sources(filename, standard_input(), values or (), beside)
        sources = Newest(found) if reports.has_page else found
        # Processes start while it is found out what to check against.
        with seldom_collected(), Ahead(sources, processes(), workers) as ahead:
            from azext_safeguards.check.judging.against import settings_for, without
            from azext_safeguards.check.workers.run import check as run
            from azext_safeguards.cli.az.progress import progress_bar
            from azext_safeguards.cli.manifests.judged_by import Wanted, judged_by
            from azext_safeguards.cli.manifests.notes import describe

            parameters = _parameters(cmd.cli_ctx, param or [], allowed_registry)
            wanted = Wanted(
                resource_group_name, name, level, version, excluded_ns, parameters, pod_security, managed, automatic
            )
            acting, notes = judged_by(cmd.cli_ctx, wanted)
            settings = without(settings_for(acting), skip or ())
            settings = replace(settings, want_diffs=show_mutations, want_objects=automatic)
            with progress_bar(cmd.cli_ctx, "Checking") as advance:
                report = run(ahead, settings, progress=lambda done, total: advance("Files", done, total))
        report.notes += notes
        describe(report, acting)
        _apply_baseline(report, baseline, write_baseline)

        def page() -> str:
            stamp = sources.stamp if isinstance(sources, Newest) else ""
            asked = _asked(cmd.cli_ctx, filename, skip or (), resource_group_name, name, stamp)
            return _page(cmd.cli_ctx, report, acting, asked, show_mutations)

        is_written = reports.write(report, page)
    from azext_safeguards.check.report.interface import summary

    written = [*reports.files, *([baseline] if baseline and write_baseline else [])]
    say_files(cmd.cli_ctx, written, summary(report))
    if not written and not reports.is_for_people:
        _say_why_green(cmd.cli_ctx, report)
        if not is_written and cmd.cli_ctx.invocation.data["output"] == "table":
            # What a table has no place for.
            for note in notes:
                tell(cmd.cli_ctx, note)
    fail_on = fail_on.lower()
    refused = report.refused if fail_on != "never" else ()
    _set_exit_code(cmd.cli_ctx, report, "never" if write_baseline else fail_on, refused)
    return None if is_written else _result(cmd.cli_ctx, report, show_mutations)


def _published(cli_ctx: Any) -> str | None:
    """Where `az config set safeguards.docs_url=...` or AZURE_SAFEGUARDS_DOCS_URL says that docs/policies.md is."""
    return cli_ctx.config.get("safeguards", "docs_url", fallback=None) or None


def _say_why_green(cli_ctx: Any, report: Report) -> None:
    """Says what a result alone does not: a table without rows is not printed, and what is off finds nothing."""
    from azext_safeguards.check.report.interface import summary
    from azext_safeguards.cli.az.output import say

    is_empty = not (report.findings or report.refused or report.unreadable or report.unjudged or report.seen)
    if report.idle or (is_empty and cli_ctx.invocation.data["output"] == "table"):
        say(cli_ctx, summary(report))


def _parameters(cli_ctx: Any, param: list[str], registries: list[str] | None) -> list[str]:
    """The values of --param, and what --allowed-registry makes one of them."""
    from azext_safeguards.cli.az.registries import images_pattern
    from azext_safeguards.domain.choices.values import IMAGES

    if not registries:
        return param
    return [*param, f"{IMAGES}={images_pattern(cli_ctx, registries, (item.partition('=')[0] for item in param))}"]


@contextmanager
def _refusals(cli_ctx: Any) -> Iterator[None]:
    """Shows what ends the check early as az shows it, with the exit code of wrong usage (2): 1 means findings here."""
    from azure.cli.core.azclierror import InvalidArgumentValueError

    from azext_safeguards.check.errors import CheckError
    from azext_safeguards.cli.az.errors import refusal
    from azext_safeguards.domain.errors import SafeguardsError

    try:
        try:
            yield
        except CheckError as error:
            raise InvalidArgumentValueError(error.message, recommendation=list(error.todo)) from error
        except SafeguardsError as error:
            raise refusal(error) from error
    except Exception as error:
        cli_ctx.exception_handler(error)
        raise SystemExit(2) from error


def _asked(
    cli_ctx: Any, names: list[str], skip: Sequence[str], group: str | None, name: str | None, stamp: str
) -> Asked:
    """What a page says of the command that made it."""
    from azext_safeguards.cli.az.clients import cluster_ref
    from azext_safeguards.cli.manifests.page import Asked

    return Asked(names, skip, cluster_ref(cli_ctx, group, name) if group and name else None, stamp)


def _spare_manifests(path: str, names: list[str], values: Sequence[str]) -> None:
    """Raises `CheckError` when a baseline would take the place of a file that is checked."""
    from azext_safeguards.check.errors import CheckError
    from azext_safeguards.check.sources.inputs import is_input

    if is_input(path, names, values):
        raise CheckError(
            f"The baseline '{path}' would be written over a file that is checked.",
            ["--baseline safeguards-baseline.json --write-baseline"],
        )


def _apply_baseline(report: Report, path: str | None, write: bool) -> None:
    """Takes out the findings that the baseline file knows, or writes the file anew with all there are."""
    from azext_safeguards.check import baseline
    from azext_safeguards.check.errors import CheckError
    from azext_safeguards.check.findings import IgnoredFinding
    from azext_safeguards.check.streams import TooLong, read_named
    from azext_safeguards.output.whole_file import write_whole

    if path is None:
        if write:
            raise CheckError("--write-baseline needs a file to write to.", ["--baseline FILE --write-baseline"])
        return
    try:
        if write:
            write_whole(path, baseline.write(report.findings))
            return
        known = baseline.read(read_named(path, baseline.MOST_BYTES).decode())
    except TooLong:
        raise CheckError(
            f"The baseline '{path}' is longer than {baseline.MOST_BYTES >> 20} MiB.",
            ["az aks safeguards check -f deploy/ --baseline FILE --write-baseline"],
        ) from None
    except (OSError, UnicodeError) as error:
        raise CheckError(
            f"The baseline '{path}' cannot be read or written: {getattr(error, 'strerror', None) or error}.",
            [f"az aks safeguards check -f deploy/ --baseline {quoted(path)} --write-baseline"],
        ) from error
    split = known.split(report.findings)
    report.findings = split.new
    report.ignored += len(split.known)
    report.ignored_findings += [IgnoredFinding(*finding, "The baseline knows it.") for finding in split.known]
    if split.stale:
        report.notes.append(f"{len(split.stale)} entries of the baseline {path} are no longer found.")


def _set_exit_code(cli_ctx: Any, report: Report, fail_on: str, refused: Sequence[Refused]) -> None:
    """Has az end, after its output, with 2 when something could not be read or judged, else with 1 for findings."""
    from azure.cli.core.azclierror import ValidationError

    from azext_safeguards.cli.az.exit_codes import end_after_output

    failing = {"deny": ("deny",), "warn": ("deny", "warn"), "never": ()}[fail_on]
    count = sum(finding.effect in failing for finding in report.findings)
    if not count and not refused and not report.unreadable and not report.unjudged:
        return
    if report.unreadable:
        first = report.unreadable[0]
        error = ValidationError(
            f"Not everything could be read: {first.file}{f':{first.line}' if first.line else ''}: {first.reason}.",
            recommendation=["See 'unreadable'" + (" and 'refused'" if refused else "") + " in the output."],
        )
    elif report.unjudged:
        policy, reason = report.unjudged[0]
        error = ValidationError(
            f"Not every policy could be judged: {policy}: {reason}.",
            recommendation=[
                "See 'unjudged' in the output.",
                f"az aks safeguards check -f deploy/ --skip {quoted(policy)}",
            ],
        )
    elif refused:
        place = f"{refused[0].file}:{refused[0].line}"
        error = ValidationError(
            f"Not everything would get as far as a policy: {place}: {refused[0].reason}.",
            recommendation=["See 'refused' in the output."],
        )
    else:
        short = next(finding.policy for finding in report.findings if finding.effect in failing)
        error = ValidationError(
            f"{'1 finding fails' if count == 1 else f'{count} findings fail'} the check (--fail-on {_WORDS[fail_on]}).",
            recommendation=[f"az aks safeguards explain {quoted(short)}"],
        )
    code = 2 if refused or report.unreadable or report.unjudged else 1
    end_after_output(cli_ctx, error, code)


def _result(cli_ctx: Any, report: Report, show_mutations: bool) -> dict[str, Any]:
    """The command's result; what has many entries is put in when az has looked through the rest of it.

    az walks each value of a result three times, to turn models of its SDKs into plain values. For findings, which are
    plain, that takes as long as finding them.
    """
    from knack.events import EVENT_INVOKER_TRANSFORM_RESULT

    result = {**_output(report, show_mutations), "findings": _findings(report)}
    lists = {name: value for name, value in result.items() if isinstance(value, list)}

    def put_in(cli_ctx: Any, event_data: dict[str, Any], **_: Any) -> None:
        cli_ctx.unregister_event(EVENT_INVOKER_TRANSFORM_RESULT, put_in)
        event_data["result"].update(lists)

    cli_ctx.register_event(EVENT_INVOKER_TRANSFORM_RESULT, put_in)
    return {name: [] if name in lists else value for name, value in result.items()}


def _page(cli_ctx: Any, report: Report, acting: Acting, asked: Asked, show_mutations: bool) -> str:
    """The page of the report."""
    from azext_safeguards.cli.manifests.page import check_page

    return check_page(cli_ctx, {**_output(report, show_mutations), "findings": _findings(report)}, acting, asked)


def _findings(report: Report) -> list[dict[str, Any]]:
    """The findings with what is to be known of their policies."""
    from azext_safeguards.check.judging.consequences import WITHOUT_PODS
    from azext_safeguards.check.policies.registry import NAMES, policy
    from azext_safeguards.domain.acting.records import ADMISSION

    prose = {}
    for short in {finding.policy for finding in report.findings}:
        about = policy(short) if short in NAMES else ADMISSION.get(short, WITHOUT_PODS)
        prose[short] = {"title": about.title, "why": about.why, "fix": about.fix, "docs": about.docs}
    return [{**finding._asdict(), **prose[finding.policy]} for finding in report.findings]


def _output(report: Report, show_mutations: bool) -> dict[str, Any]:
    """The report without its findings."""
    from azext_safeguards.domain.owners import Owner

    denied = sum(finding.effect == "deny" for finding in report.findings)
    result: dict[str, Any] = {
        "findings": [],
        "refused": [entry._asdict() for entry in report.refused],
        "unreadable": [entry._asdict() for entry in report.unreadable],
        "unjudged": [entry._asdict() for entry in report.unjudged],
        "ignoredFindings": [entry._asdict() for entry in report.ignored_findings],
        "excludedObjects": [entry._asdict() for entry in report.excluded_objects],
        "apiserverWarnings": [entry._asdict() for entry in report.apiserver_warnings],
        "odd": [entry._asdict() for entry in report.odd],
        "notes": report.notes,
        "summary": {
            "denied": denied,
            "warned": len(report.findings) - denied,
            "files": report.files,
            "objects": report.objects,
            "excluded": report.excluded,
            "ignored": report.ignored,
            "notObjects": report.others,
            "refused": len(report.refused),
            "unreadable": len(report.unreadable),
            "unjudged": len(report.unjudged),
            "apiserverWarnings": len(report.apiserver_warnings),
            "owner": (Owner.MANAGED if report.owner else Owner.ASSIGNMENT).value,
            "automatic": report.owner == "AKS Automatic",
            "level": report.level,
            "version": report.version,
            "idle": report.idle or None,
        },
    }
    if show_mutations:
        result["mutations"] = [
            {**diff._asdict(), "policies": list(diff.policies), "policyNames": list(diff.policies)}
            for diff in report.diffs
        ]
    if report.seen:
        from azext_safeguards.check.policies.registry import REGISTRY
        from azext_safeguards.check.readiness import readiness
        from azext_safeguards.check.report.readiness import as_output

        result["readiness"] = as_output(readiness(report, REGISTRY))
    return result
