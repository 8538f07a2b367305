# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Who else enforces safeguards on a cluster: AKS itself, by the managed resource `deploymentSafeguards/default`.

Every AKS Automatic cluster has it, at level Enforce, and keeps it; of a standard cluster it can be deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import PreflightError, SafeguardsError
from azext_safeguards.domain.managed import LEVELS, Managed
from azext_safeguards.domain.remedies import Caution, Remedy, remedy


class Owner(str, Enum):
    """Whose safeguards a cluster has, in the word that every JSON has for it."""

    ASSIGNMENT = "Assignment"
    """Those of an assignment of this extension's name, whoever wrote it."""
    MANAGED = "Managed"
    """AKS's own: AKS Automatic, which always has them, and clusters that were asked for them."""
    OTHER = "Other"
    """An assignment of that name that assigns something else."""


@dataclass(frozen=True)
class AksSide:
    """What is known of AKS's part in a cluster's safeguards."""

    automatic: bool = False
    """Whether it is an AKS Automatic cluster."""
    managed: Managed | None = None
    """None where AKS manages none, or where that is not known."""
    unread: str = ""
    """What the service said, or why there was no answer, when that is not known; else nothing. With `managed`: when it
    is not known whether the cluster is AKS Automatic."""

    @property
    def acts(self) -> bool:
        """Whether AKS surely enforces safeguards of its own."""
        return self.managed is not None or self.automatic

    @property
    def level(self) -> str:
        """AKS's level; Automatic has Enforce and keeps it, even where the resource could not be read."""
        return self.managed.level if self.managed else "Enforce" if self.automatic else ""


class ManagedByAksError(SafeguardsError):
    """There is no assignment to act on, because AKS does it all."""


def who(side: AksSide, ref: ClusterRef) -> str:
    """That AKS enforces safeguards of its own, a sentence without a full stop."""
    level = f" at level {side.level}" if side.level else ""
    if side.automatic:
        return f"The cluster '{ref.name}' is AKS Automatic: AKS enforces deployment safeguards of its own{level}"
    return f"AKS itself manages the deployment safeguards of the cluster '{ref.name}'{level}"


def ways(side: AksSide, ref: ClusterRef) -> tuple[Remedy, ...]:
    """What can be seen and changed of AKS's own safeguards.

    Each is one that Azure takes: on AKS Automatic the level is Enforce and stays it, and only the excluded namespaces
    can be changed (RequestNotAllowedBecauseAssociatedClusterIsAutomaticCluster; Azure/AKS#5798).
    """
    show = remedy("show-managed", cluster=ref)
    if side.automatic:
        return (show, _excluding(side, ref))
    return (show, remedy("migrate", cluster=ref, to="assignment"))


def _excluding(side: AksSide, ref: ClusterRef) -> Remedy:
    # Core's command replaces the list, so what is excluded already stays in it.
    names = (*(side.managed.excluded_namespaces if side.managed else ()), "NAMESPACE")
    return remedy("update-managed", cluster=ref, level="Enforce", namespaces=names)


def read_only(side: AksSide, ref: ClusterRef) -> Caution:
    """What to be told beside what AKS's own safeguards do: whose they are, and what can be changed by which command."""
    if side.automatic:
        sentence = f"{who(side, ref)}. Nothing but the excluded namespaces can be changed."
        return Caution(sentence, "To exclude one", _excluding(side, ref))
    sentence = f"{who(side, ref)}. Level and excluded namespaces can be changed, no single policy and no version."
    level = side.level if side.level in LEVELS else ""
    names = (*(side.managed.excluded_namespaces if side.managed else ()), "NAMESPACE")
    return Caution(sentence, "To change them", remedy("update-managed", cluster=ref, level=level, namespaces=names))


def nothing_of_ours(side: AksSide, ref: ClusterRef, what: str = "") -> ManagedByAksError:
    """The refusal of a command about an assignment where there is none and AKS does it all.

    :param what: what that means for the command, such as `so there is nothing to suspend`.
    """
    meaning = f", {what}" if what else ""
    message = f"{who(side, ref)}, and there is no safeguards assignment beside them{meaning}."
    return ManagedByAksError(message, ways(side, ref))


def unread_besides(side: AksSide) -> str:
    """What to be told with the absence of an assignment where AKS's part could not be read; else nothing."""
    return " Whether AKS enforces deployment safeguards of its own there could not be read." if side.unread else ""


def not_turned_off(side: AksSide, ref: ClusterRef) -> SafeguardsError:
    """The refusal of Off where there is nothing of ours to turn off and AKS goes on."""
    if side.automatic:
        return PreflightError(
            f"{who(side, ref)}, and they can't be turned off; single namespaces can be excluded.",
            [_excluding(side, ref), remedy("show-managed", cluster=ref)],
        )
    return PreflightError(
        f"{who(side, ref)}; they go on, because there is no safeguards assignment that could be turned off.",
        [remedy("delete-managed", cluster=ref)],
    )


def beside(side: AksSide, ref: ClusterRef, *, alone: bool = False) -> str:
    """What to be told with a change of an assignment while AKS enforces safeguards of its own; else nothing.

    That it is not known is told, too: somebody may rely on Off.

    :param alone: whether there is no assignment.
    :returns: a sentence, as a `Caution` where a command leads on.
    """
    if side.automatic:
        return Caution(
            f"{who(side, ref)}. They go on and can't be turned off.", "See", remedy("show-managed", cluster=ref)
        )
    if side.managed is not None:
        where = "" if alone else " beside the assignment"
        sentence = f"AKS's own deployment safeguards of the cluster '{ref.name}' go on{where}"
        level = f", at level {side.level}" if side.level else ""
        if side.unread:
            # On AKS Automatic Azure refuses to delete them.
            return Caution(f"{sentence}{level}.", "See", remedy("show-managed", cluster=ref))
        return Caution(f"{sentence}{level}.", "To turn them off", remedy("delete-managed", cluster=ref))
    if side.unread:
        reason = (side.unread.strip().splitlines() or ["no answer came"])[0].rstrip(".")
        return Caution(
            f"Whether AKS enforces deployment safeguards of its own on the cluster '{ref.name}' could not be read "
            f"({reason}).",
            "See",
            remedy("show-managed", cluster=ref),
        )
    return ""
