# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whether a cluster and its subscription are ready for a level: facts in, all problems out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from azext_safeguards.domain.cluster import LISTED, ClusterRef
from azext_safeguards.domain.errors import PreflightError
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.permissions import READ_ASSIGNMENT, WRITE_ASSIGNMENT, allows
from azext_safeguards.domain.read import Read
from azext_safeguards.domain.remedies import Remedy, remedy
from azext_safeguards.domain.shapes import require

NAMESPACE = "Microsoft.ContainerService"
FEATURE = "SafeguardsPreview"
# Where the azure-policy add-on reports to, and reads what it is to enforce from.
POLICY_INSIGHTS = "Microsoft.PolicyInsights"
REGISTERED = "Registered"
# Codes of problems.
_MANAGED, _AUTOMATIC = "ManagedSafeguards", "AutomaticCluster"
_SECOND_OWNER = (_MANAGED, _AUTOMATIC)


@dataclass(frozen=True)
class Facts:
    """What preflight looks at; a fact that was not read is None."""

    cluster: Mapping[str, Any] | None = None
    feature: Read[str] | None = None
    managed: Read[Mapping[str, Any]] | None = None
    policy_insights: Read[str] | None = None
    """The registration state of Microsoft.PolicyInsights."""
    permissions: Read[Sequence[Mapping[str, Any]]] | None = None
    """What the caller may do on the cluster, or on its resource group where there is no cluster yet."""


class Asked(Protocol):
    """What a command asks for, as far as it matters where AKS manages the safeguards; a `Change` is one."""

    @property
    def level(self) -> Level | None:
        """The level, or None where it is to stay."""

    @property
    def excluded_namespaces(self) -> tuple[str, ...] | None:
        """The user's excluded namespaces, or None where they are to stay."""

    @property
    def pod_security(self) -> str | None:
        """What Pod Security is switched to, `Off`, `Baseline` or `Restricted`, or None where it is to stay."""


@dataclass(frozen=True)
class Problem:
    """One thing in the way: a code for tests and tools, a sentence, and what leads on."""

    code: str
    sentence: str
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True)
class Finding:
    """What preflight found."""

    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]

    def without_second_owner(self) -> Finding:
        """The same but for the problem that AKS manages safeguards as well."""
        return replace(self, problems=tuple(one for one in self.problems if one.code not in _SECOND_OWNER))

    def raise_problems(self, cluster: ClusterRef) -> None:
        """Refuses with all problems at once.

        :raises PreflightError: when there is any.
        """
        if not self.problems:
            return
        sentences = [problem.sentence for problem in self.problems]
        if len(sentences) == 1:
            message = sentences[0]
        else:
            numbered = [f"({number}) {sentence}" for number, sentence in enumerate(sentences, 1)]
            message = f"Cluster '{cluster.name}' is not ready for deployment safeguards: {' '.join(numbered)}"
        raise PreflightError(message, [way for problem in self.problems for way in problem.remedies])


def check(facts: Facts, level: Level, change: Asked, cluster: ClusterRef, enables_addon: bool | None = None) -> Finding:
    """All that keeps a level from being set.

    :param facts: what was read; `cluster` is None for a cluster that is yet to be created.
    :param level: the level that would be in force afterwards.
    :param change: what the command asks for, to name the core command that does the same.
    :param enables_addon: for a cluster yet to be created, whether the command line enables the add-on.
    :raises Exception: the failure of a read that must not fail, as it was raised.
    """
    problems: list[Problem] = []
    warnings: list[str] = []
    if facts.cluster is not None:
        problems += _deleting(facts.cluster, cluster)
    if not level.is_on:
        return Finding(tuple(problems), ())
    if facts.cluster is not None and is_automatic(facts.cluster):
        # Nothing else that is in the way would help: the feature, the add-on and rights are AKS's there.
        return Finding((*problems, *_managed(facts, change, cluster, warnings)), ())
    if facts.feature is not None:
        problems += _feature(facts.feature, cluster, warnings)
    if facts.policy_insights is not None:
        problems += _provider(facts.policy_insights, cluster, warnings)
    if facts.cluster is None:
        problems += _addon_of_command_line(enables_addon)
    else:
        problems += _addon_of_cluster(facts.cluster, cluster)
    problems += _managed(facts, change, cluster, warnings)
    if facts.permissions is not None:
        problems += _permissions(facts.permissions, facts.cluster is not None, cluster, warnings)
    return Finding(tuple(problems), tuple(warnings))


def has_policy_addon(cluster: Mapping[str, Any]) -> bool:
    """Whether the azure-policy add-on is enabled on a cluster (`properties.addonProfiles.azurepolicy.enabled`).

    :raises UnreadableError: when it has not the shape of a cluster.
    """
    require(cluster, LISTED, "The cluster")
    addons = (cluster.get("properties") or {}).get("addonProfiles") or {}
    # The key is `azurepolicy` in every recording; older clusters were seen with other capitals.
    return any(name.lower() == "azurepolicy" and (addon or {}).get("enabled") for name, addon in addons.items())


def is_automatic(cluster: Mapping[str, Any]) -> bool:
    """Whether a cluster is AKS Automatic, whose safeguards AKS manages itself; errors as `has_policy_addon`."""
    require(cluster, LISTED, "The cluster")
    return str((cluster.get("sku") or {}).get("name") or "").lower() == "automatic"


def automatic_create(change: Asked, cluster: ClusterRef) -> PreflightError:
    """The refusal of `aks create --sku automatic` with a level: known from the arguments, before any request."""
    return PreflightError(
        "AKS Automatic clusters come with deployment safeguards that AKS manages itself; --safeguards-* flags do not "
        "apply to them.",
        [
            remedy("create-without-flags"),
            _managed_way(change, cluster, automatic=True),
        ],
    )


def registration_ways(cluster: ClusterRef) -> tuple[Remedy, ...]:
    """What registers everything and waits, then the documented flow by hand (MicrosoftDocs/azure-aks-docs, 2024-04-25).

    The documentation has the state shown until it is Registered. Here that is a command that waits: pasted as a block
    the three would else refresh the provider while the feature still registers, and it would not learn of it.
    """
    return (
        remedy("register", cluster=cluster),
        remedy("register-feature", cluster=cluster, namespace=NAMESPACE, feature=FEATURE),
        remedy("await-feature", cluster=cluster, namespace=NAMESPACE, feature=FEATURE),
        remedy("register-provider", cluster=cluster, namespace=NAMESPACE),
    )


def _deleting(cluster: Mapping[str, Any], ref: ClusterRef) -> list[Problem]:
    state = str((cluster.get("properties") or {}).get("provisioningState") or "")
    if state.lower() != "deleting":
        return []
    return [
        Problem(
            "ClusterDeleting", f"The cluster '{ref.name}' is being deleted.", (remedy("show-cluster", cluster=ref),)
        )
    ]


def _feature(feature: Read[str], cluster: ClusterRef, warnings: list[str]) -> list[Problem]:
    if feature.status == 403:
        warnings.append(f"May not read whether the feature {NAMESPACE}/{FEATURE} is registered; going on without.")
        return []
    if feature.failed and feature.raised:
        raise feature.raised
    # A feature that no longer exists (404) was retired: it is open to everybody.
    if feature.value is None or feature.value.lower() == REGISTERED.lower():
        return []
    sentence = (
        f"The feature {NAMESPACE}/{FEATURE} is not registered in this subscription (it is {feature.value}). "
        "Registering takes minutes and has to be waited for."
    )
    return [Problem("FeatureNotRegistered", sentence, registration_ways(cluster))]


def _provider(state: Read[str], cluster: ClusterRef, warnings: list[str]) -> list[Problem]:
    if state.failed or state.value is None:
        warnings.append(f"Could not read whether {POLICY_INSIGHTS} is registered; going on without.")
        return []
    if state.value.lower() in (REGISTERED.lower(), "registering"):
        return []
    sentence = f"The resource provider {POLICY_INSIGHTS} is not registered in this subscription (it is {state.value})."
    command = remedy("register-provider", cluster=cluster, namespace=POLICY_INSIGHTS)
    return [Problem("ProviderNotRegistered", sentence, (command,))]


def _permissions(
    granted: Read[Sequence[Mapping[str, Any]]], exists: bool, ref: ClusterRef, warnings: list[str]
) -> list[Problem]:
    if granted.value is None:
        # A resource group that does not exist (404) is the installed command's to report.
        if granted.failed:
            warnings.append("Could not read your permissions; going on without.")
        return []
    if not granted.value:
        # Whoever could read the cluster has some permission, so an empty list says nothing.
        return []
    missing = [action for action in (READ_ASSIGNMENT, WRITE_ASSIGNMENT) if not allows(granted.value, action)]
    if not missing:
        return []
    scope, place = (ref.id, f"cluster '{ref.name}'") if exists else (ref.group_id, f"group '{ref.resource_group}'")
    command = remedy("grant-role", scope=scope)
    sentence = f"You lack {' and '.join(missing)} on the {place}; somebody who may assign roles can grant it."
    return [Problem("MissingPermission", sentence, (command,))]


def _addon_of_command_line(enables_addon: bool | None) -> list[Problem]:
    if enables_addon:
        return []
    sentence = "The azure-policy add-on, which enforces the safeguards, is not enabled by this command."
    return [Problem("AddonNotRequested", sentence, (remedy("add-addon-flag"),))]


def _addon_of_cluster(cluster: Mapping[str, Any], ref: ClusterRef) -> list[Problem]:
    if is_automatic(cluster) or has_policy_addon(cluster):
        return []
    sentence = f"The azure-policy add-on, which enforces the safeguards, is not enabled on the cluster '{ref.name}'."
    return [Problem("AddonNotEnabled", sentence, (remedy("enable-addon", cluster=ref),))]


def _managed(facts: Facts, change: Asked, ref: ClusterRef, warnings: list[str]) -> list[Problem]:
    if facts.cluster is not None and is_automatic(facts.cluster):
        sentence = (
            f"The cluster '{ref.name}' is AKS Automatic: AKS manages its deployment safeguards itself, always at level "
            "Enforce; only the excluded namespaces can be changed."
        )
        return [Problem(_AUTOMATIC, sentence, (_managed_way(change, ref, automatic=True),))]
    update = _managed_way(change, ref)
    managed = facts.managed
    if managed is None:
        return []
    if managed.status == 403:
        warnings.append("May not read whether AKS manages safeguards on this cluster; going on without.")
        return []
    if managed.failed and managed.raised:
        raise managed.raised
    if managed.value is None:
        return []
    sentence = (
        f"AKS already manages deployment safeguards on the cluster '{ref.name}' (deploymentSafeguards 'default'); "
        "a second owner would fight with it."
    )
    return [
        Problem(
            _MANAGED,
            sentence,
            (update, remedy("migrate", cluster=ref, to="assignment")),
        )
    ]


def _managed_way(change: Asked, ref: ClusterRef, automatic: bool = False) -> Remedy:
    """What comes nearest to a change where AKS manages safeguards; it must not set a level that nobody asked for."""
    if change.pod_security is not None:
        return _pod_security_way(change.pod_security, ref, automatic)
    if automatic:
        # The level is Enforce and stays it, whoever asks; namespaces may be excluded (Azure/AKS#5798).
        if change.excluded_namespaces is None:
            return remedy("show-managed", cluster=ref)
        return remedy("update-managed", cluster=ref, level="Enforce", namespaces=change.excluded_namespaces)
    level = ("Enforce" if change.level is Level.ENFORCEMENT else "Warn") if change.level else None
    if not level and change.excluded_namespaces is None:
        return remedy("show-managed", cluster=ref)
    return remedy("update-managed", cluster=ref, level=level, namespaces=change.excluded_namespaces)


def _pod_security_way(wanted: str, ref: ClusterRef, automatic: bool) -> Remedy:
    """The nearest where AKS manages safeguards: its own Pod Security level, which Automatic always has."""
    level = "Privileged" if wanted == "Off" else wanted
    if automatic and wanted == "Off":
        return remedy("show-managed", cluster=ref)
    # Automatic keeps its level whoever asks, and takes it as the one that it has.
    return remedy("update-managed", cluster=ref, level="Enforce" if automatic else None, pod_security=level)
