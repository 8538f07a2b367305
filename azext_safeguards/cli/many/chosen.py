# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which clusters a command is about: the one of --resource-group and --name, or those of --ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from azext_safeguards.cli.az.clients import arm_client, cluster_ref
from azext_safeguards.cli.az.errors import cli_errors
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.shell import quoted
from azext_safeguards.services.arm import ArmClient

# How many ids that are none are named.
_NAMED = 5
_LIST = [remedy("paste", text="az aks list --query '[].id' -o tsv")]

Repeat = Callable[[Sequence[ClusterRef]], str]


def check_choice(
    command: str, group: str | None, name: str | None, ids: Sequence[str] | None, subscription: str | None = None
) -> None:
    """Refuses both --ids and names of one cluster, and neither.

    What az knows by `az config` or --subscription's default counts only where there are no ids, as with az's own --ids.

    :param command: the command with `az`, for the recommendation.
    :raises azure.cli.core.azclierror.AzCLIError: for what is refused.
    """
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError, RequiredArgumentMissingError

    names = {"--resource-group": group, "--name": name}
    if not ids:
        missing = [option for option, value in names.items() if not value]
        if missing:
            raise RequiredArgumentMissingError(
                f"({' '.join(missing)} | --ids) are required",
                recommendation=[f"{command} -g GROUP -n NAME", f"{command} --ids ID ID"],
            )
        return
    given = {**names, "--subscription": subscription}
    given = {option: value for option, value in given.items() if value and not getattr(value, "is_default", False)}
    if given:
        raise MutuallyExclusiveArgumentError(
            f"--ids names whole clusters, so {' and '.join(given)} can't be given with it.",
            recommendation=[f"{command} -g GROUP -n NAME", f"{command} --ids ID ID"],
        )


def chosen_clusters(cmd: Any, group: str | None, name: str | None, ids: Sequence[str] | None) -> list[ClusterRef]:
    """The clusters that a command is about, each once, in the order given.

    :raises azure.cli.core.azclierror.AzCLIError: for both or neither of the two ways to name them, for a name that
        could be none in Azure, and for ids that are none, all at once.
    """
    # What --subscription was given, or az's configured default for it.
    check_choice(f"az {cmd.name}", group, name, ids, cmd.cli_ctx.data.get("subscription_id"))
    with cli_errors():
        return clusters_of(ids) if ids else [cluster_ref(cmd.cli_ctx, str(group), str(name))]


def clusters_of(texts: Iterable[str]) -> list[ClusterRef]:
    """The clusters that resource ids name, each once.

    :param texts: ids as az takes them: one or several in a text, or JSON, such as `az aks list` and `az aks show`
        print it, also when the shell has taken it apart at its spaces.
    :raises InvalidValueError: when there is none, or texts are no ids of managed clusters; all of them at once.
    """
    found: dict[str, ClusterRef] = {}
    problems: dict[str, str] = {}
    identifiers = _ids(" ".join(texts))
    for identifier in identifiers:
        try:
            cluster = ClusterRef.from_id(identifier)
        except InvalidValueError as error:
            problems.setdefault(identifier, error.message)
        else:
            found.setdefault(cluster.id.lower(), cluster)
    if len(problems) == 1:
        raise InvalidValueError(next(iter(problems.values())), _LIST)
    if problems:
        named = " ".join(list(problems.values())[:_NAMED])
        more = f" And {len(problems) - _NAMED} more." if len(problems) > _NAMED else ""
        raise InvalidValueError(f"{len(problems)} of the ids can't be used: {named}{more}", _LIST)
    if not found:
        raise InvalidValueError("No resource id was given.", _LIST)
    return list(found.values())


def _ids(text: str) -> list[str]:
    """The ids in a text: words, JSON strings, and the member `id` of JSON objects, in any order."""
    found: list[str] = []
    rest = text.strip()
    while rest:
        if rest[0] in '[{"':
            value, end = _json(rest)
            items = value if isinstance(value, list) else [value]
            found += [str(item.get("id") or "") if isinstance(item, dict) else str(item) for item in items]
            rest = rest[end:].lstrip()
        else:
            word, *others = rest.split(maxsplit=1)
            found.append(word)
            rest = others[0] if others else ""
    return found


def _json(text: str) -> tuple[Any, int]:
    try:
        return json.JSONDecoder().raw_decode(text)
    except ValueError as error:
        raise InvalidValueError(
            "The ids look like JSON but are none.", [remedy("paste", text="az aks list --query '[].id'")]
        ) from error


def clients_for(cli_ctx: Any, clusters: Iterable[ClusterRef]) -> dict[str, ArmClient]:
    """A client for each subscription of some clusters, by its id in lower case.

    :raises azure.cli.core.azclierror.InvalidArgumentValueError: for subscriptions that az is not signed in to.
    """
    from azure.cli.core.azclierror import InvalidArgumentValueError
    from knack.util import CLIError

    clients, problems = {}, {}
    for name in dict.fromkeys(cluster.subscription.lower() for cluster in clusters):
        try:
            clients[name] = arm_client(cli_ctx, subscription_id=name)
        except CLIError as error:
            problems[str(error)] = error
    if problems:
        raise InvalidArgumentValueError(
            " ".join(problems), recommendation=["az login", "az account list --refresh -o table"]
        ) from next(iter(problems.values()))
    return clients


def repeated(command: str, options: Mapping[str, Any]) -> Repeat:
    """Makes the command that does it again for some clusters.

    :param command: without `az`, such as `aks safeguards suspend`.
    :param options: values by option: a text, a list of texts, True, or None for what was not given.
    """
    words: list[str] = []
    for option, value in options.items():
        if value:
            values = [] if value is True else [value] if isinstance(value, str) else value
            words += [option, *(quoted(item) for item in values)]

    def repeat(clusters: Sequence[ClusterRef]) -> str:
        return " ".join([f"az {command} --ids", *(quoted(cluster.id) for cluster in clusters), *words])

    return repeat
