# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards profile delete`: asks, and removes assignments with everything that is on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from knack.log import get_logger

from azext_safeguards.domain.remedies import Note

if TYPE_CHECKING:
    from azext_safeguards.cli.many.outcomes import Done, Warn
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.owners import AksSide
    from azext_safeguards.services.arm import ArmClient
    from azext_safeguards.services.around import AroundReading

logger = get_logger(__name__)

_COMMAND = "aks safeguards profile delete"
# How many clusters are named in the question.
_NAMED = 10


def confirm_delete(arguments: Mapping[str, Any]) -> bool:
    """Asks once, whatever the number of clusters; az calls this unless --yes is given.

    :param arguments: of the command, by name.
    :raises azure.cli.core.azclierror.AzCLIError: for clusters that are named in both ways, in none, or by no ids.
    """
    from knack.prompting import NoTTYException, prompt_y_n

    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.many.chosen import check_choice, clusters_of

    ids = arguments.get("ids")
    check_choice(f"az {_COMMAND}", arguments.get("resource_group_name"), arguments.get("name"), ids)
    with cli_errors():
        names = [cluster.name for cluster in clusters_of(ids)] if ids else []
    try:
        return bool(prompt_y_n(_question(names)))
    except NoTTYException:
        # As az itself says it.
        logger.warning("Unable to prompt for confirmation as no tty available. Use --yes.")
        return False


def _question(names: list[str]) -> str:
    """What is asked.

    :param names: of the clusters of --ids.
    """
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    one = f"the cluster {names[0]}" if names else "the cluster"
    what = f"assignments of {len(names)} clusters ({', '.join(names[:_NAMED])}{more})"
    whose, their, them = ("assignment of " + one, "its", "it") if len(names) < 2 else (what, "their", "them")
    return (
        f"This removes the safeguards {whose} with {their} excluded namespaces and everything that was set on {them}. "
        f"To only turn safeguards off, use 'az aks update --safeguards-level Off'. Delete {them}?"
    )


def profile_delete(
    cmd: Any, resource_group_name: str | None = None, name: str | None = None, ids: list[str] | None = None
) -> Any:
    """Removes the assignments of clusters with everything that is on them; does nothing where there is none."""
    from azext_safeguards.cli.many.chosen import chosen_clusters, repeated
    from azext_safeguards.cli.many.outcomes import change_clusters

    clusters = chosen_clusters(cmd, resource_group_name, name, ids)
    return change_clusters(cmd, clusters, _delete_one, repeated(cmd.name, {"--yes": True}), members=lambda _: {})


def _delete_one(arm: ArmClient, cluster: ClusterRef, warn: Warn) -> Done:
    from azure.core.exceptions import ResourceNotFoundError

    from azext_safeguards.cli.az.errors import cli_errors, is_absent
    from azext_safeguards.cli.many.outcomes import Done
    from azext_safeguards.domain.assignment.reading import refuse_foreign
    from azext_safeguards.services.around import AroundReading
    from azext_safeguards.services.lookup import delete_assignment
    from azext_safeguards.services.owners import AksSideReading, read_aks_side
    from azext_safeguards.services.resources import get_assigned
    from azext_safeguards.services.waves import PATIENCE_SECONDS

    with cli_errors(repeat=f"az {_COMMAND} {cluster.arguments} --yes"):
        around = AroundReading(arm, cluster)
        try:
            # Read first: an assignment of that name on another definition is not ours to delete.
            refuse_foreign(get_assigned(arm, cluster))
        except ResourceNotFoundError as error:
            if not is_absent(error):
                raise
            warn(Note(f"The cluster '{cluster.name}' has no safeguards assignment; nothing was deleted."))
            _tell_aks_side(read_aks_side(arm, cluster), cluster, warn)
            _tell_elsewhere(around, cluster, warn)
            return Done(None, changed=False)
        reading = AksSideReading(arm, cluster)
        delete_assignment(arm, cluster)
    _tell_aks_side(reading.result(PATIENCE_SECONDS, lambda: None), cluster, warn)
    _tell_elsewhere(around, cluster, warn)
    return Done(None, changed=True)


def _tell_elsewhere(reading: AroundReading, cluster: ClusterRef, warn: Warn) -> None:
    """Tells that the same initiative acts from elsewhere, where it does or that is not known."""
    from azext_safeguards.cli.az.remedies import told
    from azext_safeguards.domain.initiative.catalog import Definitions
    from azext_safeguards.services.around import nothing_acts

    for text in nothing_acts(reading.result(), Definitions()):
        warn(told(text, cluster))


def _tell_aks_side(side: AksSide, cluster: ClusterRef, warn: Warn) -> None:
    """Tells that AKS goes on enforcing safeguards of its own, where it does or that is not known."""
    from azext_safeguards.cli.az.remedies import told
    from azext_safeguards.domain.owners import beside

    # It is gone, or was never there.
    said = beside(side, cluster, alone=True)
    if said:
        warn(told(said, cluster))
