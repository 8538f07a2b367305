# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Where the reports of one check go: which format to which file, and at most one to stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.check.findings import Report
    from azext_safeguards.check.policies.policy import Policy

# A report of these is known by what is in it, and passed over by a run that writes it again.
_JSON = ("sarif",)
_ENDINGS = {"html": ".html", "junit": ".xml", "markdown": ".md"}


class Reports:
    """The reports that were asked for."""

    def __init__(self, formats: Sequence[str] | None, files: Sequence[str] | None, docs_url: str | None = None) -> None:
        """Pairs formats with files: the first with the first, and so on; one more format goes to stdout.

        :param docs_url: where docs/policies.md is published, or None.
        :raises CheckError: when that is no address.
        :raises azure.cli.core.azclierror.ArgumentUsageError: when there are files without format, or two formats are
            left for stdout.
        """
        from azure.cli.core.azclierror import ArgumentUsageError

        from azext_safeguards.cli.az.pages import HTML, refuse_terminal

        formats, files = [name.lower() for name in formats or ()], list(files or ())
        if len(files) > len(formats):
            raise ArgumentUsageError(
                "Each --report-file needs a --format.", recommendation=["--format sarif --report-file safeguards.sarif"]
            )
        if len(formats) > len(files) + 1:
            raise ArgumentUsageError(
                "Only one report can be printed; the others need a --report-file each.",
                recommendation=["--format sarif junit text --report-file safeguards.sarif safeguards.xml"],
            )
        self._targets: list[tuple[str, str | None]] = [
            (name, files[index] if index < len(files) else None) for index, name in enumerate(formats)
        ]
        self._docs_url = docs_url
        if docs_url:
            # What is no address is refused before anything is checked.
            _ = self._policies
        for name, path in self._targets:
            if name == HTML:
                refuse_terminal(path, "--format html --report-file safeguards.html")

    @cached_property
    def _policies(self) -> Mapping[str, Policy]:
        """What reports say about policies; all of these are loaded for it. Raises `CheckError`, see above."""
        from azext_safeguards.check.report.prose import described

        return described(self._docs_url)

    @property
    def files(self) -> list[str]:
        """The files that reports go to."""
        return [path for _, path in self._targets if path is not None]

    @property
    def is_for_people(self) -> bool:
        """Whether what is printed says its summary and its notes to whoever reads it."""
        return any(path is None and name not in ("sarif", "junit") for name, path in self._targets)

    def spare(self, names: Sequence[str], values: Sequence[str], baseline: str | None) -> None:
        """Makes sure that no report takes the place of what the run reads, or of another report.

        :param names: what the user named to be checked.
        :param values: the values files of Helm charts.
        :param baseline: the file of known findings, or None.
        :raises azure.cli.core.azclierror.ArgumentUsageError: for a report that would.
        """
        from azure.cli.core.azclierror import ArgumentUsageError

        from azext_safeguards.check.sources.inputs import becomes_input, is_input

        taken = set() if baseline is None else {_real(baseline)}
        for name, path in self._targets:
            if path is None:
                continue
            real = _real(path)
            if is_input(path, names, values):
                raise ArgumentUsageError(
                    f"The report '{path}' would be written over a file that is checked.",
                    recommendation=["Name a file that is not there yet: --format sarif --report-file safeguards.sarif"],
                )
            if name not in _JSON and becomes_input(path, names):
                raise ArgumentUsageError(
                    f"The report '{path}' would be taken for a manifest by the next run, which checks its folder.",
                    recommendation=[f"--format {name} --report-file {_named_otherwise(path, name)}"],
                )
            if real in taken and not real.startswith("/dev/"):
                raise ArgumentUsageError(
                    f"'{path}' is named for two things; the second would take the place of the first.",
                    recommendation=["--format sarif junit --report-file safeguards.sarif safeguards.xml"],
                )
            taken.add(real)

    @property
    def has_page(self) -> bool:
        """Whether a page is among them."""
        from azext_safeguards.cli.az.pages import HTML

        return any(name == HTML for name, _ in self._targets)

    def write(self, report: Report, page: Callable[[], str] | None = None) -> bool:
        """Writes all reports; False when none was asked for.

        :param page: makes the page, where one is among them.
        :raises azure.cli.core.azclierror.FileOperationError: when a file cannot be written.
        """
        from azure.cli.core.azclierror import FileOperationError

        from azext_safeguards.cli.az.pages import HTML, write_page
        from azext_safeguards.output.whole_file import whole_file

        for name, path in self._targets:
            if name == HTML and path is not None and page is not None:
                write_page(path, page())
                continue
            if path is None:
                self._print(name, report)
                continue
            try:
                with whole_file(path) as file:
                    self._format(name, False, report, file)
            except OSError as error:
                raise FileOperationError(
                    f"The report '{path}' could not be written: {error.strerror or error}.",
                    recommendation=["Name a file in a folder that exists and that you may write to."],
                ) from error
        return bool(self._targets)

    def _print(self, name: str, report: Report) -> None:
        """A report on stdout, where a character that the console lacks must not end the run."""
        from azure.cli.core.azclierror import FileOperationError

        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            self._format(name, _is_coloured(), report, sys.stdout)
            sys.stdout.flush()
        except OSError as error:
            # Python writes what is left at its end, which would fail again.
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
            # Whoever reads may have seen enough, as with `| head`.
            if not isinstance(error, BrokenPipeError):
                raise FileOperationError(
                    f"The report could not be printed: {error.strerror or error}.",
                    recommendation=[f"--format {name} --report-file FILE"],
                ) from error

    def _format(self, name: str, colour: bool, report: Report, out: Any) -> None:
        from azext_safeguards.check.report import FormatName

        FormatName(name).to_format(colour=colour).write(report, self._policies, out)


def _named_otherwise(path: str, name: str) -> str:
    """The path of a report with an ending that no manifest has."""
    return os.path.splitext(path)[0] + _ENDINGS.get(name, ".txt")


def _is_coloured() -> bool:
    """Whether stdout is a terminal that wants colours (https://no-color.org)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _real(path: str) -> str:
    """Where a path leads.

    :raises azure.cli.core.azclierror.FileOperationError: where it is relative to a folder that is no more.
    """
    try:
        return os.path.realpath(path)
    except OSError as error:
        from azure.cli.core.azclierror import FileOperationError

        raise FileOperationError(
            f"There is no working directory any more that '{path}' could be in: {error.strerror or error}.",
            recommendation=["cd ~"],
        ) from error
