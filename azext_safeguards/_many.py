# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which clusters a command is about when it takes several, and how it says what came of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from azext_safeguards._client_factory import arm_client
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.many import Outcome

# How many failures are named in the error; the output has all.
_NAMED = 5


def clusters_of(texts: Iterable[str]) -> list[ClusterRef]:
    """The clusters that resource ids name, each once.

    :param texts: ids as az takes them: one or several in a text, or the JSON that `az aks list` printed.
    :raises InvalidValueError: for a text that is no id of a managed cluster.
    """
    found: dict[str, ClusterRef] = {}
    for text in texts:
        for identifier in _ids(text):
            cluster = ClusterRef.from_id(identifier)
            found.setdefault(cluster.id.lower(), cluster)
    if not found:
        raise InvalidValueError("No resource id was given.", ["az aks list --query [].id -o tsv"])
    return list(found.values())


def _ids(text: str) -> list[str]:
    if not text.lstrip().startswith(("[", "{", '"')):
        return text.split()
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidValueError("The ids look like JSON but are none.", ["az aks list --query [].id"]) from error
    items = value if isinstance(value, list) else [value]
    return [str(item.get("id") or "") if isinstance(item, dict) else str(item) for item in items]


def clients_for(cli_ctx: Any, clusters: Iterable[ClusterRef]) -> dict[str, ArmClient]:
    """A client for each subscription of some clusters, by its id in lower case."""
    subscriptions = dict.fromkeys(cluster.subscription.lower() for cluster in clusters)
    return {name: arm_client(cli_ctx, subscription_id=name) for name in subscriptions}


def summarize(
    cli_ctx: Any,
    outcomes: Sequence[Outcome[Any]],
    as_output: Callable[[Any], Mapping[str, Any]],
    repeat: Callable[[list[ClusterRef]], str],
) -> list[dict[str, Any]]:
    """What came of each cluster, for az to print; az then ends with exit code 1 when any failed.

    :param as_output: makes members of the output from a result: at least `result`, a word.
    :param repeat: makes the command that does it again for those that failed.
    """
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    if failed:
        from azext_safeguards._errors import fail_after_output

        named = "; ".join(f"{outcome.cluster.name}: {_said(outcome.error)}" for outcome in failed[:_NAMED])
        more = f"; and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
        message = f"{len(failed)} of {len(outcomes)} clusters failed, {len(outcomes) - len(failed)} did not. "
        ways_on = dict.fromkeys(command for outcome in failed for command in getattr(outcome.error, "commands", ()))
        commands = [*list(ways_on)[:_NAMED], repeat([outcome.cluster for outcome in failed])]
        fail_after_output(cli_ctx, f"{message}{named}{more}", commands)
    return [
        {
            "cluster": outcome.cluster.name,
            "resourceGroup": outcome.cluster.resource_group,
            "subscription": outcome.cluster.subscription,
            "error": _said(outcome.error) if outcome.error else None,
            **({"result": "Failed"} if outcome.error else as_output(outcome.result)),
        }
        for outcome in outcomes
    ]


def _said(error: Any) -> str:
    """What was said about a failure, on one line."""
    details = getattr(error, "error", None)
    code, message = getattr(details, "code", None), getattr(details, "message", None)
    text = f"({code}) {message}" if code and message else str(getattr(error, "message", None) or error)
    return " ".join(text.split())
