# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The door for Python programs: read, plan and apply the safeguards of a cluster, and check manifests; without az.

What is here is typed, documented and stays. Everything else in the package may move with any version. Importing it
loads nothing but the standard library: checking manifests takes PyYAML, clusters take azure-core and requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.domain.level import Level

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from azext_safeguards.check.findings import Report
    from azext_safeguards.domain.acting.acting import Acting
    from azext_safeguards.domain.assignment.differences import Difference
    from azext_safeguards.domain.assignment.profile import Profile
    from azext_safeguards.domain.choices.changing import PodSecuritySet
    from azext_safeguards.domain.remedies import Remedy
    from azext_safeguards.services.arm import ArmClient
    from azext_safeguards.services.planning import Plan

__all__ = [
    "ClusterRef",
    "Level",
    "PlannedChange",
    "SafeguardsError",
    "apply",
    "check",
    "connect",
    "plan",
    "read",
    "ways_on",
]


def connect(credential: TokenCredential, subscription: str, endpoint: str | None = None, **settings: Any) -> ArmClient:
    """A client for the clusters of a subscription. Threads may share it; it keeps one token.

    :param credential: any azure-core credential, such as azure-identity's.
    :param subscription: its id.
    :param endpoint: Resource Manager of the cloud; that of the public cloud where none is given.
    :param settings: azure-core's, such as `retry_total` or `connection_verify`.
    """
    from azext_safeguards.services.arm import PUBLIC_CLOUD, ArmClient

    return ArmClient(credential, subscription, endpoint or PUBLIC_CLOUD, **settings)


def read(client: ArmClient, cluster: ClusterRef | str) -> Profile:
    """The safeguards of a cluster: level, version, namespaces, what each policy does, and what drifted.

    :param cluster: a cluster, or its resource id.
    :raises azure.core.exceptions.ResourceNotFoundError: where the cluster or its assignment does not exist.
    :raises azure.core.exceptions.AzureError: when it could not be read.
    :raises SafeguardsError: for an id that is none, or an assignment of our name that assigns something else.
    """
    from azext_safeguards.services.planning import read_profile

    return read_profile(client, _ref(cluster))[0]


@dataclass(frozen=True)
class PlannedChange:
    """What a change would do to a cluster, after every check has passed."""

    cluster: ClusterRef
    plan: Plan

    @property
    def writes(self) -> bool:
        """Whether applying it sends a request; False where all is as asked for."""
        return self.plan.writes

    @property
    def differences(self) -> Sequence[Difference]:
        """What changes, with `field`, `before` and `after`; as a text such as `level: Warning -> Enforcement`."""
        return self.plan.differences

    @property
    def warnings(self) -> Sequence[str]:
        """What a person should be told."""
        return self.plan.warnings

    @property
    def body(self) -> dict[str, Any] | None:
        """The assignment as it would be written; None where nothing is."""
        return self.plan.rendering.body if self.plan.rendering else None


def plan(
    client: ArmClient,
    cluster: ClusterRef | str,
    *,
    level: Level | str | None = None,
    version: str | None = None,
    excluded_namespaces: Iterable[str] | None = None,
    pod_security: str | None = None,
    pod_security_effect: str | None = None,
) -> PlannedChange:
    """What a change would do; None leaves what is there. Only reads.

    :param cluster: a cluster that exists, or its resource id.
    :param level: `Off`, `Warning` or `Enforcement`.
    :param version: such as `v2.0.0`.
    :param excluded_namespaces: names and globs (`team-*`) that take the place of the earlier list.
    :param pod_security: `Off`, `Baseline` or `Restricted`: the Pod Security policies of v3.0.0 as a group.
    :param pod_security_effect: `Deny` or `Warn`: what they do whatever the level; without, what the level does.
    :raises SafeguardsError: for a value that is none, and for everything in the way of the level, all at once.
    :raises azure.core.exceptions.AzureError: when a read failed that the change depends on.
    """
    from azext_safeguards.domain.assignment.intent import Change
    from azext_safeguards.domain.initiative.catalog import parse_version
    from azext_safeguards.domain.level import parse_level
    from azext_safeguards.domain.namespaces import parse_namespaces
    from azext_safeguards.services.planning import plan_change
    from azext_safeguards.services.snapshot import take_snapshot

    ref = _ref(cluster)
    change = Change(
        parse_level(str(getattr(level, "value", level))) if level is not None else None,
        parse_version(version) if version is not None else None,
        parse_namespaces(",".join(excluded_namespaces)) if excluded_namespaces is not None else None,
        _pod_security(pod_security, pod_security_effect),
    )
    snapshot = take_snapshot(client, ref, full=change.level is not Level.OFF)
    if snapshot.cluster.value is None:
        raise snapshot.cluster.raised or LookupError(ref.id)
    return PlannedChange(ref, plan_change(client, ref, snapshot, change))


def _pod_security(level: str | None, effect: str | None) -> PodSecuritySet | None:
    """The switch for Pod Security as it is asked for; None leaves it as it is."""
    from azext_safeguards.domain.choices.changing import PodSecuritySet
    from azext_safeguards.domain.choices.choice import parse_choice
    from azext_safeguards.domain.choices.pod_security import POD_SECURITY_LEVELS, pod_security
    from azext_safeguards.domain.errors import InvalidValueError
    from azext_safeguards.domain.remedies import remedy

    if level is None and effect is not None:
        raise InvalidValueError(
            "An effect of Pod Security is given without its level.",
            [remedy("one-of", names=", ".join(POD_SECURITY_LEVELS))],
        )
    if level is None:
        return None
    return PodSecuritySet(pod_security(level, parse_choice(effect) if effect is not None else None))


def apply(client: ArmClient, planned: PlannedChange) -> Profile | None:
    """Writes a planned change, by one request or none, and returns the safeguards as they are then.

    A write that meets another one is planned anew on what that one left; one whose answer is lost is looked for. The
    cluster acts on it minutes later; nothing here waits for that.

    :returns: None where the cluster has no assignment and needs none.
    :raises SafeguardsError: when what somebody else wrote meanwhile refuses the change.
    :raises azure.core.exceptions.AzureError: when it was not written.
    """
    from azext_safeguards.services.apply import apply_plan

    return apply_plan(client, planned.cluster, planned.plan)


def check(
    paths: Iterable[str],
    *,
    level: Level | str = Level.ENFORCEMENT,
    version: str | None = None,
    excluded_namespaces: Iterable[str] = (),
    client: ArmClient | None = None,
    cluster: ClusterRef | str | None = None,
    managed: str | None = None,
    automatic: bool = False,
    pod_security: str | None = None,
) -> Report:
    """What a cluster would say about manifests: `findings`, and what could not be read or judged.

    :param paths: files, folders, globs, Kustomize folders, Helm charts.
    :param level: what to check against where no cluster is given, with `version` and `excluded_namespaces`.
    :param client: with `cluster`, to check against what acts there: its assignment, else AKS's own safeguards.
    :param managed: `Warn` or `Enforce`: to check against AKS's own safeguards, with `excluded_namespaces`.
    :param automatic: to check against what every AKS Automatic cluster has, with `excluded_namespaces`.
    :param pod_security: `Baseline` or `Restricted`, to check Pod Security, too, where no cluster is given.
    :raises azext_safeguards.check.errors.CheckError: when there is nothing to check, or not like this.
    :raises SafeguardsError: for a value that is none.
    :raises azure.core.exceptions.AzureError: when what acts on the cluster could not be read.
    """
    import io
    from dataclasses import replace

    from azext_safeguards.check.judging.against import settings_for
    from azext_safeguards.check.sources.find import find_sources
    from azext_safeguards.check.workers.run import check as run
    from azext_safeguards.domain.namespaces import parse_namespaces

    if managed is not None or automatic:
        acting = _of_aks(managed, automatic, parse_namespaces(",".join(excluded_namespaces)), pod_security)
    elif client is not None and cluster is not None:
        acting = _on(client, _ref(cluster))
    else:
        acting = _planned(level, version, parse_namespaces(",".join(excluded_namespaces)), pod_security)
    settings = replace(settings_for(acting), want_objects=automatic)
    report = run(find_sources(list(paths), io.BytesIO(), ()), settings)
    report.level, report.version = acting.level, acting.version
    return report


def _planned(level: Level | str, version: str | None, namespaces: tuple[str, ...], pod_security: str | None) -> Acting:
    """What an assignment yet to be written would make act."""
    from azext_safeguards.check.judging.against import acting_of, planned
    from azext_safeguards.domain.initiative.catalog import DEFAULT_VERSION, parse_version
    from azext_safeguards.domain.level import parse_level

    number = parse_version(version) if version is not None else DEFAULT_VERSION
    wanted = parse_level(str(getattr(level, "value", level)))
    return acting_of(planned(wanted, number, namespaces).assignment, pod_security)


def _of_aks(level: str | None, automatic: bool, namespaces: tuple[str, ...], pod_security: str | None) -> Acting:
    """What AKS's own safeguards make act where they are at a level."""
    from azext_safeguards.domain.acting.managed import acting_by_aks
    from azext_safeguards.domain.errors import InvalidValueError
    from azext_safeguards.domain.managed import ENFORCE, LEVELS, Managed, level_of
    from azext_safeguards.domain.remedies import remedy

    known = level_of(level or ENFORCE)
    if not known:
        raise InvalidValueError(
            f"'{level}' is no level of AKS's own safeguards.", [remedy("one-of", names=", ".join(LEVELS))]
        )
    return acting_by_aks(Managed(known, namespaces, pod_security or ""), is_automatic=automatic)


def _on(client: ArmClient, cluster: ClusterRef) -> Acting:
    """What acts on a cluster: its assignment, else AKS's own safeguards."""
    from azext_safeguards.check.judging.against import acting_of
    from azext_safeguards.domain.acting.assigned import exempted_from
    from azext_safeguards.domain.acting.rows import acting_of as of_aks
    from azext_safeguards.services.beside import with_beside
    from azext_safeguards.services.planning import load_assignment

    found = with_beside(client, cluster, lambda: load_assignment(client, cluster))
    if found.assigned is not None:
        return exempted_from(acting_of(found.assigned[0]), found.beside.around.exempted)
    acting = of_aks(found.beside.aks)
    if acting is None:
        assert found.absence is not None
        raise found.absence
    return acting


def ways_on(refused: SafeguardsError | Iterable[Remedy]) -> tuple[str, ...]:
    """What leads on after a refusal, or from a check of a diagnosis (its `todo`): az commands and hints, in order."""
    from azext_safeguards.cli.az.remedies import commands

    return commands(refused.remedies if isinstance(refused, SafeguardsError) else refused)


def _ref(cluster: ClusterRef | str) -> ClusterRef:
    return ClusterRef.from_id(cluster) if isinstance(cluster, str) else cluster
