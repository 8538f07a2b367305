# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What manifests are checked against: a cluster's safeguards, whoever owns them, or what the command line asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azext_safeguards.check.judging.against import Against
    from azext_safeguards.domain.acting.acting import Acting
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.level import Level
    from azext_safeguards.domain.managed import Managed
    from azext_safeguards.domain.owners import AksSide
    from azext_safeguards.services.beside import Beside

_CLUSTER = "az aks safeguards check -f deploy/ -g MyResourceGroup -n MyManagedCluster"


@dataclass(frozen=True)
class Wanted:
    """What the command line says of it, as it was typed."""

    group: str | None = None
    name: str | None = None
    level: str | None = None
    version: str | None = None
    excluded_ns: str | None = None
    param: Sequence[str] = ()
    pod_security: str | None = None
    managed: str | None = None
    automatic: bool = False

    @property
    def of_assignments(self) -> list[str]:
        """The options given that only an assignment has."""
        given = {"--level": self.level, "--version": self.version, "--param or --allowed-registry": self.param}
        return [option for option, value in given.items() if value]


def judged_by(cli_ctx: Any, wanted: Wanted) -> tuple[Acting, list[str]]:
    """What acts on the cluster that manifests are checked for, and what is to be noted about that.

    :raises CheckError: for a value that is none, and for what does not go together.
    """
    from azure.cli.core.azclierror import RequiredArgumentMissingError

    if not wanted.name and getattr(wanted.group, "is_default", False):
        # The resource group of `az config set defaults.group`, which names no cluster.
        wanted = replace(wanted, group=None)
    if bool(wanted.group) != bool(wanted.name):
        raise RequiredArgumentMissingError(
            "A cluster is named by --resource-group and --name together.", recommendation=[_CLUSTER]
        )
    if wanted.managed or wanted.automatic:
        return _asked_of_aks(wanted), []
    if wanted.group and wanted.name:
        return _of_cluster(cli_ctx, wanted.group, wanted.name, wanted)
    from azext_safeguards.check.judging.against import planned
    from azext_safeguards.domain.initiative.catalog import DEFAULT_VERSION
    from azext_safeguards.domain.level import Level

    level, version, namespaces = _values(wanted)
    return _by(planned(level or Level.ENFORCEMENT, version or DEFAULT_VERSION, namespaces or ()), wanted), []


def _values(wanted: Wanted) -> tuple[Level | None, str | None, tuple[str, ...] | None]:
    """The values of --level, --version and --excluded-ns.

    :raises CheckError: for one that is none.
    """
    from azext_safeguards.check.errors import CheckError
    from azext_safeguards.domain.errors import InvalidValueError
    from azext_safeguards.domain.initiative.catalog import DEFAULT_VERSION, parse_version
    from azext_safeguards.domain.level import parse_level

    try:
        number = parse_version(wanted.version) if wanted.version else None
    except InvalidValueError as error:
        meant = next((way.facts["version"] for way in error.remedies if way.code == "version"), DEFAULT_VERSION)
        raise CheckError(error.message, [f"--version {meant}"]) from error
    return parse_level(wanted.level) if wanted.level else None, number, _namespaces(wanted)


def _namespaces(wanted: Wanted) -> tuple[str, ...] | None:
    from azext_safeguards.check.errors import CheckError
    from azext_safeguards.domain.errors import InvalidValueError
    from azext_safeguards.domain.namespaces import parse_namespaces

    try:
        return None if wanted.excluded_ns is None else parse_namespaces(wanted.excluded_ns)
    except InvalidValueError as error:
        raise CheckError(error.message, ["--excluded-ns 'ns1,team-*,*-dev'"]) from error


def _by(against: Against, wanted: Wanted) -> Acting:
    """What an assignment makes act, with the parameters and the Pod Security of the command line."""
    from azext_safeguards.check.judging.against import acting_of, with_parameters

    return acting_of(with_parameters(against, wanted.param).assignment, wanted.pod_security)


def _asked_of_aks(wanted: Wanted) -> Acting:
    """What AKS's own safeguards make act, as --managed or --automatic asks."""
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError

    from azext_safeguards.domain.managed import ENFORCE, Managed, level_of

    if wanted.managed and wanted.automatic:
        raise MutuallyExclusiveArgumentError(
            "--managed and --automatic are two kinds of clusters.",
            recommendation=["az aks safeguards check -f deploy/ --automatic"],
        )
    asked = "--automatic" if wanted.automatic else "--managed"
    if wanted.group:
        raise MutuallyExclusiveArgumentError(
            f"{asked} says what to check against, and so does the cluster '{wanted.name}'.",
            recommendation=[_CLUSTER, f"az aks safeguards check -f deploy/ {asked}"],
        )
    _refuse_of_assignments(wanted, f"{asked} stands for AKS's own safeguards")
    return _by_aks(Managed(level_of(wanted.managed or ENFORCE)), wanted, wanted.automatic)


def _refuse_of_assignments(wanted: Wanted, why: str) -> None:
    """Refuses what AKS's own safeguards don't have.

    :raises CheckError: where such an option is given.
    """
    from azext_safeguards.check.errors import CheckError

    given = wanted.of_assignments
    if given:
        raise CheckError(
            f"{why}, which have no {', '.join(given)}: these are of an assignment.",
            ["--managed Warn", "--automatic --excluded-ns 'legacy,team-*' --pod-security Restricted"],
        )


def _by_aks(managed: Managed | None, wanted: Wanted, automatic: bool) -> Acting:
    """What AKS's own safeguards make act, with the namespaces and the Pod Security of the command line."""
    from azext_safeguards.domain.acting.managed import acting_by_aks
    from azext_safeguards.domain.acting.managed import automatic as as_automatic

    settings = as_automatic(managed) if automatic or managed is None else managed
    namespaces = _namespaces(wanted)
    if namespaces is not None:
        settings = replace(settings, excluded_namespaces=namespaces)
    if wanted.pod_security:
        settings = replace(settings, pod_security=wanted.pod_security)
    return acting_by_aks(settings, is_automatic=automatic)


def _of_cluster(cli_ctx: Any, group: str, name: str, wanted: Wanted) -> tuple[Acting, list[str]]:
    """What acts on a cluster: its assignment, changed by the command line, else AKS's own safeguards."""
    from azure.cli.core.azclierror import ResourceNotFoundError as Missing
    from azure.core.exceptions import ResourceNotFoundError

    from azext_safeguards.check.judging.against import Against, changed
    from azext_safeguards.cli.az.clients import arm_client, cluster_ref
    from azext_safeguards.cli.az.errors import cli_errors, reason
    from azext_safeguards.domain.acting.assigned import exempted_from
    from azext_safeguards.domain.owners import unread_besides
    from azext_safeguards.services.beside import with_beside
    from azext_safeguards.services.planning import load_assignment

    values, offline = _values(wanted), "az aks safeguards check -f deploy/ --level Enforcement"
    cluster = cluster_ref(cli_ctx, group, name)
    with cli_errors(repeat=f"az aks safeguards profile show {cluster.arguments}"):
        arm = arm_client(cli_ctx)
        try:
            found = with_beside(arm, cluster, lambda: load_assignment(arm, cluster))
        except ResourceNotFoundError as error:
            raise Missing(
                f"There is no cluster '{name}' in the resource group '{group}' to check against: {reason(error)}",
                recommendation=[f"az aks list{cluster.subscription_argument} -o table", offline],
            ) from error
    if found.assigned is None:
        side = found.beside.aks
        if side.acts:
            return _of_aks(side, cluster, wanted)
        raise Missing(
            f"The cluster '{name}' has no safeguards assignment to check against.{unread_besides(side)}",
            recommendation=[
                offline,
                f"az aks safeguards diagnose {cluster.arguments} -o table",
            ],
        ) from found.absence
    against = changed(Against(*found.assigned), *values)
    cluster = cluster.spelled(against.assignment.body.get("id"))
    beside = found.beside.spelled(against.assignment.body.get("id"))
    acting = exempted_from(_by(against, wanted), beside.around.exempted)
    return acting, _noted(against, beside, cluster)


def _noted(against: Against, beside: Beside, cluster: ClusterRef) -> list[str]:
    """What is to be noted of a cluster's assignment, and of what stands beside it."""
    from azext_safeguards.cli.az.remedies import told
    from azext_safeguards.domain.assignment.others import set_by_others
    from azext_safeguards.domain.diagnosis.around import BESIDE, ELSEWHERE

    # What acts on its own is somebody else's; what is exempted is off.
    aside = {BESIDE: " They are not judged here.", ELSEWHERE: " It is not judged here."}
    standing = beside.that_matters(against.assignment.intent.level, against.definitions, against.assignment.location)
    found = [replace(one, seen=f"{one.seen}{aside.get(one.what, '')}") for one in standing]
    return [told(one.caution, cluster) for one in (*found, *set_by_others(against.assignment))]


def _of_aks(side: AksSide, cluster: ClusterRef, wanted: Wanted) -> tuple[Acting, list[str]]:
    """What AKS's own safeguards of a cluster make act."""
    from azext_safeguards.check.errors import CheckError
    from azext_safeguards.domain.managed import level_of
    from azext_safeguards.domain.owners import who

    _refuse_of_assignments(wanted, who(side, cluster))
    if not level_of(side.level):
        raise CheckError(
            f"AKS's own safeguards of the cluster '{cluster.name}' are at '{side.level}', which this extension does "
            "not know.",
            ["az extension update --name safeguards"],
        )
    notes = []
    if side.managed is None:
        notes.append(
            "Which namespaces AKS leaves alone on the cluster is not known"
            + (f" ({side.unread.splitlines()[0].rstrip('.')})" if side.unread else "")
            + "; none beside the system's is taken to be."
        )
    return _by_aks(side.managed, wanted, side.automatic), notes
