# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What all pages need to know of this run of az, and how they are written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azext_safeguards.domain.shell import quoted, words

if TYPE_CHECKING:
    from azext_safeguards.pages.values import Guide, Way

HTML = "html"
_EPOCH = "SOURCE_DATE_EPOCH"
_TERMINALS = ("/dev/pts/", "/dev/tty", "/dev/console", "CON", "con")


def command_line(cli_ctx: Any) -> str:
    """The command as it was typed; its name alone where az was not started by a command line."""
    if sys.argv[1:2] == ["aks"]:
        return words(["az", *sys.argv[1:]])
    return f"az {cli_ctx.data.get('command') or 'aks safeguards'}"


def tool() -> str:
    """Name and version of this extension."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"safeguards {version('safeguards')}"
    except PackageNotFoundError:
        return "safeguards"


def evaluated(stamp: str, what: str) -> dict[str, str]:
    """When a page was evaluated, for its context: SOURCE_DATE_EPOCH where that is set, else the time that the data has.

    :param stamp: ISO 8601, or "".
    :param what: what that time is.
    :raises azure.cli.core.azclierror.InvalidArgumentValueError: for a SOURCE_DATE_EPOCH that is no time.
    """
    given = os.environ.get(_EPOCH)
    if not given:
        return {"evaluated": stamp, "evaluated_by": what if stamp else ""}
    from datetime import datetime, timezone

    from azure.cli.core.azclierror import InvalidArgumentValueError

    try:
        moment = datetime.fromtimestamp(int(given), timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidArgumentValueError(
            f"{_EPOCH} is no number of seconds since 1970: '{given}'.", recommendation=[f"export {_EPOCH}=$(date +%s)"]
        ) from error
    return {"evaluated": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "evaluated_by": _EPOCH}


def refuse_terminal(path: str | None, example: str) -> None:
    """Refuses to show a page where only text can be read.

    :param path: where the page is to go; None for stdout.
    :param example: the options that write it to a file.
    :raises azure.cli.core.azclierror.ArgumentUsageError: for stdout and terminals.
    """
    from azure.cli.core.azclierror import ArgumentUsageError

    real = os.path.realpath(path) if path else ""
    if path is None or path == "-" or real.startswith(_TERMINALS):
        raise ArgumentUsageError("A page is written to a file, never to a terminal.", recommendation=[example])


def page_target(report_format: str | None, report_file: str | None, command: str) -> str | None:
    """The file that `--format html --report-file FILE` names; None where no page is asked for.

    :param command: what to paste, without the two options.
    :raises azure.cli.core.azclierror.RequiredArgumentMissingError: for one of the two alone.
    :raises azure.cli.core.azclierror.ArgumentUsageError: for a terminal.
    """
    from azure.cli.core.azclierror import RequiredArgumentMissingError

    example = f"{command} --format {HTML} --report-file safeguards.html"
    if report_format is None and report_file is None:
        return None
    if report_format is None:
        raise RequiredArgumentMissingError("--report-file needs a --format.", recommendation=[example])
    if report_file is None:
        raise RequiredArgumentMissingError(
            "A page is written to a file, never to a terminal: --format html needs --report-file.",
            recommendation=[example],
        )
    refuse_terminal(report_file, example)
    return report_file


def write_page(path: str, page: str) -> None:
    """Writes a page whole, or not at all.

    :raises azure.cli.core.azclierror.FileOperationError: when it cannot be written.
    """
    from azure.cli.core.azclierror import FileOperationError

    from azext_safeguards.output.whole_file import write_whole

    try:
        write_whole(path, page)
    except OSError as error:
        raise FileOperationError(
            f"The page '{path}' could not be written: {error.strerror or error}.",
            recommendation=["Name a file in a folder that exists and that you may write to."],
        ) from error


def guides_of(titles: Mapping[str, str], cluster: str, *, with_ways: bool = True) -> dict[str, Guide]:
    """What is to be said about policies.

    :param titles: short name -> title, for those that nothing else is known of.
    :param cluster: the cluster as arguments of a command to paste.
    :param with_ways: whether an assignment is there whose policies can be set one by one.
    """
    from azext_safeguards.check.policies.registry import NAMES, policy
    from azext_safeguards.domain.acting.records import ADMISSION
    from azext_safeguards.pages.values import Guide

    guides = {}
    for short in sorted(titles):
        if short in ADMISSION:
            own = ADMISSION[short]
            guides[short] = Guide(own.title, own.why, own.fix, "", own.docs, "", [])
            continue
        if short not in NAMES:
            guides[short] = Guide(titles[short] or short)
            continue
        one = policy(short)
        prefix = f"[azurepolicy-{one.constraint}] " if one.constraint else ""
        ways = ways_of_policy(short, cluster) if with_ways else []
        guides[short] = Guide(one.title, one.why, one.fix, one.patch, one.docs, prefix, ways)
    return guides


def ways_of_policy(short: str, cluster: str) -> list[Way]:
    """How to have a policy of a cluster warn only, or say nothing."""
    from azext_safeguards.pages.values import Way

    change = f"az aks safeguards policy set {cluster} --policy {quoted(short)}"
    return [
        Way("Only warn, on the whole cluster", f"{change} --effect Warn"),
        Way("Turn the policy off on the cluster", f"{change} --effect Off"),
    ]


def ways_of_namespaces(namespaces: Iterable[str], excluded: Iterable[str], cluster: str) -> dict[str, list[Way]]:
    """How to leave each namespace out, beside those that are excluded now.

    :param excluded: the users' excluded namespaces.
    """
    from azext_safeguards.pages.values import Way

    now = list(excluded)
    ways = {}
    for namespace in sorted(set(namespaces)):
        if namespace and namespace not in now:
            ways[namespace] = [
                Way(
                    "Leave the namespace out, of all policies" + (", beside those that are out now" if now else ""),
                    f"az aks safeguards namespace add {quoted(namespace)} {cluster}",
                )
            ]
    return ways
