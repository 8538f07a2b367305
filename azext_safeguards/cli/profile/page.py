# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The page of a fleet: the JSON of `profile list`, the objects that Enforcement would deny, and a page per cluster."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from azext_safeguards.domain.shell import quoted

if TYPE_CHECKING:
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.services.arm import ArmClient
    from azext_safeguards.services.readiness import Readiness

_AT_ONCE = 8
_INDEX = "index.html"


@dataclass(frozen=True)
class Target:
    """Where the pages go."""

    file: str
    """The page of the fleet."""
    folder: str | None
    """For a page of each cluster; None where those are not asked for."""

    @property
    def way(self) -> str:
        """From the fleet's page to the folder, as a link begins."""
        way = os.path.relpath(self.folder or ".", os.path.dirname(self.file) or ".").replace(os.sep, "/")
        return "" if way == "." else f"{quote(way)}/"


@dataclass
class _Read:
    """What was read of the clusters' objects."""

    readiness: Readiness = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    """By id in lower case: the page of a cluster."""
    notes: list[str] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """The pages that were written."""


def fleet_target(report_format: str | None, report_file: str | None, report_dir: str | None) -> Target | None:
    """Where the pages go that the command line asks for; None where it asks for none.

    :raises azure.cli.core.azclierror.RequiredArgumentMissingError: for options that don't make a whole.
    :raises azure.cli.core.azclierror.InvalidArgumentValueError: for a folder that no link leads to.
    """
    from azure.cli.core.azclierror import InvalidArgumentValueError, RequiredArgumentMissingError

    from azext_safeguards.cli.az.pages import page_target

    command = "az aks safeguards profile list"
    if report_dir is None:
        file = page_target(report_format, report_file, command)
        return Target(file, None) if file else None
    if report_format is None:
        raise RequiredArgumentMissingError(
            "--report-dir needs a --format.", recommendation=[f"{command} --format html --report-dir safeguards"]
        )
    file = page_target(report_format, report_file or os.path.join(report_dir, _INDEX), command)
    target = Target(str(file), report_dir)
    try:
        way = target.way
    except ValueError:
        # Another drive of Windows.
        way = None
    if way is None or way.startswith("../../../../"):
        raise InvalidArgumentValueError(
            f"The page '{file}' cannot link to the folder '{report_dir}'.",
            recommendation=[f"{command} --format html --report-file safeguards/index.html --report-dir safeguards"],
        )
    return target


def write_fleet(
    cli_ctx: Any,
    rows: Sequence[Mapping[str, Any]],
    arms: Mapping[str, ArmClient],
    unread: Mapping[str, Exception],
    names: Mapping[str, str],
    notes: Sequence[str],
    target: Target,
) -> list[str]:
    """Writes the page of a fleet, after those of its clusters; returns the files.

    :param rows: what the command puts out as JSON.
    :param arms: a client for each subscription, by its id in lower case.
    :param unread: what could not be read, by subscription.
    :param names: the names of subscriptions by id in lower case.
    :raises azure.cli.core.azclierror.FileOperationError: when a page cannot be written.
    """
    from azext_safeguards.cli.az.pages import command_line, evaluated, tool, write_page
    from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS
    from azext_safeguards.pages.fleet import page
    from azext_safeguards.pages.values import Context, Way

    clusters = [_cluster_of(row) for row in rows]
    judged = [cluster for row, cluster in zip(rows, clusters, strict=True) if row["owner"] == "Assignment"]
    read = _each_cluster(cli_ctx, judged, arms, target) if target.folder else _each_subscription(judged, arms)
    newest = list(PROFILE_VERSIONS)[-1]
    context = Context(
        command=command_line(cli_ctx),
        tool=tool(),
        **evaluated(max(read.stamps, default=""), "the newest state of an object"),  # type: ignore[arg-type]
        ways=[Way(f"Read {name}", f"az aks safeguards profile list --subscription {quoted(name)}") for name in unread],
    )
    values = {
        "clusters": rows,
        "unread": [
            {"subscription": name, "name": names.get(name.lower()), "reason": " ".join(str(error).split())}
            for name, error in unread.items()
        ],
        "newest": newest,
        "readiness": read.readiness,
        "pages": read.pages,
        "notes": [*notes, *read.notes],
        "commands": {
            cluster.plain_id.lower(): _ways(row, cluster, newest) for row, cluster in zip(rows, clusters, strict=True)
        },
    }
    write_page(target.file, page(values, context))
    return [target.file, *read.files]


def _cluster_of(row: Mapping[str, Any]) -> ClusterRef:
    from azext_safeguards.domain.cluster import ClusterRef

    return ClusterRef.from_id(str(row["id"]))


def _ways(row: Mapping[str, Any], cluster: ClusterRef, newest: str) -> list[tuple[str, str]]:
    """What can be done about a cluster."""
    arguments = cluster.arguments
    if row["owner"] is None:
        return [
            ("See why there are none", f"az aks safeguards diagnose {arguments} -o table"),
            ("Warn only, to begin with", f"az aks update {arguments} --safeguards-level Warning"),
        ]
    if row["owner"] != "Assignment":
        return [("See what acts there", f"az aks safeguards diagnose {arguments} -o table")]
    ways = [("Show its safeguards", f"az aks safeguards profile show {arguments}")]
    if row["suspended"]:
        ways.append(("End the suspension", f"az aks safeguards resume {arguments}"))
    if row["level"] != "Off":
        ways.append(("Show what breaks policies", f"az aks safeguards compliance show {arguments} --details -o table"))
    if row["version"] != newest:
        update = f"az aks update {arguments} --safeguards-version {newest} --dry-run"
        ways.append(("See what the newest version would change", update))
    return ways


def _each_subscription(judged: Sequence[ClusterRef], arms: Mapping[str, ArmClient]) -> _Read:
    """The objects that break policies, with a paged request for each subscription."""
    from azure.core.exceptions import AzureError

    from azext_safeguards.services.readiness import read_breaking, readiness_of

    read = _Read()
    by_subscription: dict[str, list[str]] = {}
    for cluster in judged:
        by_subscription.setdefault(cluster.subscription.lower(), []).append(cluster.plain_id)
    for subscription, ids in by_subscription.items():
        try:
            records, newest = read_breaking(arms[subscription], subscription)
        except AzureError as error:
            read.notes.append(_unread(f"of the subscription {subscription}", error))
            continue
        read.readiness |= readiness_of(records, ids)
        read.stamps.append(newest)
    return read


def _each_cluster(cli_ctx: Any, judged: Sequence[ClusterRef], arms: Mapping[str, ArmClient], target: Target) -> _Read:
    """The same from what is read of each cluster for its own page, which is written."""
    from concurrent.futures import ThreadPoolExecutor

    from azext_safeguards.cli.az.pages import write_page
    from azext_safeguards.cli.compliance.page import compliance_page, compliance_values
    from azext_safeguards.pages.cluster import would_be_denied
    from azext_safeguards.services.compliance import read_compliance
    from azext_safeguards.services.snapshot import outcome

    folder = str(target.folder)
    _make(folder)
    read = _Read()
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        readings = pool.map(
            lambda cluster: outcome(lambda: read_compliance(arms[cluster.subscription.lower()], cluster)), judged
        )
        for cluster, found in zip(judged, readings, strict=True):
            key = cluster.plain_id.lower()
            if found.raised is not None or found.value is None:
                read.notes.append(_unread(f"of the cluster {cluster.name}", found.raised))
                continue
            values = compliance_values(found.value, cluster)
            name = page_name(cluster)
            write_page(os.path.join(folder, name), compliance_page(cli_ctx, found.value, cluster))
            read.pages[key] = target.way + name
            read.files.append(os.path.join(folder, name))
            read.readiness[key] = would_be_denied(values)
            read.stamps.append(str(values["lastScan"] or ""))
    return read


def page_name(cluster: ClusterRef) -> str:
    """The file of a cluster's page: its name for people, and some of its id's digest, as names are not unique."""
    plain = re.sub(r"[^A-Za-z0-9-]", "-", cluster.name)
    return f"{plain}-{hashlib.sha256(cluster.plain_id.lower().encode()).hexdigest()[:8]}.html"


def _make(folder: str) -> None:
    from azure.cli.core.azclierror import FileOperationError

    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise FileOperationError(
            f"The folder '{folder}' could not be made: {error.strerror or error}.",
            recommendation=["Name a folder that you may write to: --report-dir safeguards"],
        ) from error


def _unread(what: str, error: object) -> str:
    return f"The objects {what} could not be read: {' '.join(str(getattr(error, 'message', None) or error).split())}"
