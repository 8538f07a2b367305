# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What acts on a cluster whose safeguards AKS manages.

Which members: the table of MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md (2026), which is that of
v3.0.0 without Azure Policy's mutations: those were never activated there (microsoft/GitHub-Copilot-for-Azure,
constraint-spec-v1.yaml). For the pattern of allowed images NOT FOUND: the one that allows all, as in an assignment.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from azext_safeguards.domain.acting.acting import DENY, MUTATE, OFF, WARN, Acting, Member, Own
from azext_safeguards.domain.acting.records import ADMISSION, MUTATORS
from azext_safeguards.domain.assignment.parameters import REQUIRED_VALUES
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions
from azext_safeguards.domain.initiative.definition import InitiativeVersion, MemberKind
from azext_safeguards.domain.initiative.names import short_name
from azext_safeguards.domain.initiative.records.record import BASELINE, RESTRICTED, V3
from azext_safeguards.domain.managed import ENFORCE, Managed
from azext_safeguards.domain.owners import Owner


def automatic(managed: Managed | None = None) -> Managed:
    """The safeguards that an AKS Automatic cluster has: those read, or those that each has from the start.

    Level Enforce, and Baseline at least; it keeps both (RequestNotAllowedBecauseAssociatedClusterIsAutomaticCluster).
    """
    found = managed or Managed(ENFORCE)
    level = found.level or ENFORCE
    security = found.standard or BASELINE
    return Managed(level, found.excluded_namespaces, security, found.system_namespaces)


def acting_by_aks(managed: Managed | None, *, is_automatic: bool = False) -> Acting:
    """What AKS's own safeguards make act on their cluster.

    :param managed: the managed resource; None for an Automatic cluster of which it is not known.
    :param is_automatic: whether the cluster is AKS Automatic.
    """
    settings = automatic(managed) if is_automatic or managed is None else managed
    does = DENY if settings.level.lower() == ENFORCE.lower() else WARN
    security = settings.standard or ""
    levels = {BASELINE: (BASELINE,), RESTRICTED: (BASELINE, RESTRICTED)}.get(security, ())
    return Acting(
        owner=Owner.MANAGED,
        level=settings.level,
        members=tuple(_members(does)),
        parameters=_parameters(),
        # At Warn nothing is changed.
        mutators=tuple(Own(name, MUTATE) for name in MUTATORS) if does == DENY else (),
        admission=tuple(Own(one.name, does) for one in ADMISSION.values() if one.pod_security in levels),
        excluded_namespaces=(*settings.excluded_namespaces, *settings.system_namespaces),
        user_namespaces=settings.excluded_namespaces,
        pod_security=security,
        automatic=is_automatic or managed is None,
    )


def _members(does: str) -> list[Member]:
    version, definition = PROFILE_VERSIONS[V3], _definition()
    found = []
    for member in definition.members:
        if member.kind is MemberKind.DEPLOYMENT:
            continue
        acts = member.kind is MemberKind.VALIDATOR and version.acts(member)
        found.append(Member(short_name(member.reference_id), member.reference_id, member.kind, does if acts else OFF))
    return found


def _parameters() -> dict[str, Any]:
    declared = _definition().parameters
    return {name: REQUIRED_VALUES.get(name, one.default) for name, one in declared.items()}


@lru_cache(maxsize=1)
def _definition() -> InitiativeVersion:
    definition = Definitions().get(PROFILE_VERSIONS[V3].pin)
    assert definition is not None
    return definition
