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
    from azext_safeguards.services.arm import ArmClient

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

    from azext_safeguards.cli.az.errors import cli_errors
    from azext_safeguards.cli.az.remedies import tell_going_on
    from azext_safeguards.cli.many.outcomes import Done
    from azext_safeguards.domain.assignment.reading import refuse_foreign
    from azext_safeguards.domain.initiative.catalog import Definitions
    from azext_safeguards.services.beside import BesideReading
    from azext_safeguards.services.lookup import delete_assignment
    from azext_safeguards.services.owners import is_absent
    from azext_safeguards.services.resources import get_assigned

    side = None
    with cli_errors(repeat=f"az {_COMMAND} {cluster.arguments} --yes"):
        reading = BesideReading(arm, cluster)
        try:
            # Read first: an assignment of that name on another definition is not ours to delete.
            assigned = get_assigned(arm, cluster)
            refuse_foreign(assigned)
        except ResourceNotFoundError as error:
            if not is_absent(error):
                raise
            warn(Note(f"The cluster '{cluster.name}' has no safeguards assignment; nothing was deleted."))
            side = reading.aks.alone()
        else:
            cluster = cluster.spelled(assigned.get("id"))
            delete_assignment(arm, cluster)
    # It is gone, or was never there.
    beside = reading.result(side).spelled(cluster.id)
    tell_going_on(beside.going_on(Definitions(), alone=True), cluster, warn)
    return Done(None, changed=side is None)
