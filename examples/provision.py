#!/usr/bin/env python3
# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Safeguards of several clusters at once, without az: what would change, the change, and a summary.

    ./provision.py --level Enforcement --excluded-ns 'ingress,team-*' CLUSTER_ID...
    ./provision.py --level Warning --dry-run $(az aks list --query [].id -o tsv)

Clusters are worked on side by side, and the failure of one does not stop the others. Running it again is safe: what
is as asked for is not written. Exit codes: 0 all clusters are as asked for (or, with --dry-run, could be), 1 at least
one failed, 2 the command line is wrong.

Signs in with azure-identity's DefaultAzureCredential; see docs/python-api.md for what to install.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError

from azext_safeguards import api
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.profile import Profile
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.initiative.catalog import parse_version
from azext_safeguards.domain.level import Level, parse_level
from azext_safeguards.domain.namespaces import parse_namespaces
from azext_safeguards.services.apply import apply_plan
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.planning import plan_change, read_profile
from azext_safeguards.services.snapshot import take_snapshot

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

# What was written is there at once; a reading that lags behind is given this long.
VERIFY_SECONDS = 30.0
VERIFY_PAUSE_SECONDS = 2.0


@dataclass
class Outcome:
    """What became of one cluster."""

    cluster: ClusterRef
    result: str = "failed"
    """`changed`, `unchanged`, `would change` or `failed`."""
    lines: list[str] = field(default_factory=list)
    """The differences, then warnings, then the error and what to run next."""
    profile: Profile | None = None


def main(arguments: Sequence[str] | None = None, credential: TokenCredential | None = None) -> int:
    """Works on all clusters and returns the exit code.

    :param credential: any azure-core credential; DefaultAzureCredential where none is given.
    """
    options = _options(arguments)
    try:
        change = Change(
            parse_level(options.level),
            parse_version(options.version) if options.version is not None else None,
            parse_namespaces(options.excluded_ns) if options.excluded_ns is not None else None,
        )
        clusters = [ClusterRef.from_id(cluster_id) for cluster_id in dict.fromkeys(options.clusters)]
    except SafeguardsError as error:
        print(_explained(error), file=sys.stderr)
        return 2
    if credential is None:
        from azure.identity import DefaultAzureCredential

        credential = DefaultAzureCredential()
    # One client for each subscription: its clusters share connections and one token.
    clients = {name: ArmClient(credential, name) for name in {cluster.subscription for cluster in clusters}}
    with ThreadPoolExecutor(max_workers=options.parallel) as pool:
        outcomes = list(
            pool.map(lambda cluster: _work(clients[cluster.subscription], cluster, change, options.dry_run), clusters)
        )
    for outcome in outcomes:
        print(f"{outcome.cluster.resource_group}/{outcome.cluster.name}: {outcome.result}")
        for line in outcome.lines:
            print(f"  {line}")
    _print_summary(outcomes)
    return 1 if any(outcome.result == "failed" for outcome in outcomes) else 0


def _work(arm: ArmClient, cluster: ClusterRef, change: Change, dry_run: bool) -> Outcome:
    """Plans, applies and verifies the change of one cluster; a failure is an outcome."""
    outcome = Outcome(cluster)
    try:
        snapshot = take_snapshot(arm, cluster, full=change.level is not Level.OFF)
        if snapshot.cluster.value is None:
            raise snapshot.cluster.raised or LookupError(cluster.id)
        plan = plan_change(arm, cluster, snapshot, change)
        outcome.lines += [str(difference) for difference in plan.differences]
        outcome.lines += [f"warning: {warning}" for warning in plan.warnings]
        if not dry_run:
            outcome.profile = apply_plan(arm, cluster, plan)
            if plan.writes and outcome.profile is not None:
                _verify(arm, cluster, outcome.profile)
        outcome.result = "unchanged" if not plan.writes else "would change" if dry_run else "changed"
    except SafeguardsError as error:
        outcome.lines.append(f"error: {_explained(error)}")
    except (AzureError, LookupError, TimeoutError) as error:
        outcome.lines.append(f"error: {str(error).splitlines()[0]}")
        outcome.lines.append("next: run this script again")
    return outcome


def _verify(arm: ArmClient, cluster: ClusterRef, written: Profile) -> None:
    """Waits until the service shows what was written.

    :raises TimeoutError: when it still shows something else.
    """
    deadline = time.monotonic() + VERIFY_SECONDS
    while True:
        seen, _ = read_profile(arm, cluster)
        if (seen.level, seen.version, seen.effects, seen.excluded_namespaces) == (
            written.level,
            written.version,
            written.effects,
            written.excluded_namespaces,
        ):
            return
        if time.monotonic() > deadline:
            raise TimeoutError("The assignment was written but is not as written; somebody else may have changed it.")
        time.sleep(VERIFY_PAUSE_SECONDS)


def _explained(error: SafeguardsError) -> str:
    """A refusal with the commands that lead on, each on a line of its own."""
    return "\n  ".join([error.message, *(f"next: {command}" for command in api.ways_on(error))])


def _print_summary(outcomes: Sequence[Outcome]) -> None:
    rows = [("CLUSTER", "RESULT", "LEVEL", "VERSION", "EXCLUDED NAMESPACES")]
    for outcome in outcomes:
        profile = outcome.profile
        rows.append(
            (
                f"{outcome.cluster.resource_group}/{outcome.cluster.name}",
                outcome.result,
                profile.level.value if profile and profile.level else "-",
                (profile.version if profile else None) or "-",
                ",".join(profile.excluded_namespaces if profile else ()) or "-",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _options(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(description="Sets deployment safeguards on several AKS clusters.")
    parser.add_argument("clusters", nargs="+", metavar="CLUSTER_ID", help="resource id of a cluster")
    parser.add_argument("--level", required=True, help="Off, Warning or Enforcement")
    parser.add_argument("--version", help="such as v2.0.0; not given: stays, or the default on a first assignment")
    parser.add_argument("--excluded-ns", metavar="NS1,NS2", help="replaces the list; not given: stays")
    parser.add_argument("--parallel", type=_positive, default=4, metavar="N", help="clusters at a time (default: 4)")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and write nothing")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
