# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What to paste next: every way on that the domain knows, worded as an az command or a hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azext_safeguards.domain.remedies import about
from azext_safeguards.domain.shell import quoted, words

if TYPE_CHECKING:
    from azext_safeguards.domain.assignment.intent import Change
    from azext_safeguards.domain.assignment.others import SetByOthers
    from azext_safeguards.domain.cluster import ClusterRef
    from azext_safeguards.domain.remedies import Remedy


def commands(remedies: Iterable[Remedy]) -> tuple[str, ...]:
    """Commands and hints to paste, one each, none twice, in the order of the remedies.

    :raises KeyError: for a way that nobody worded, which is a bug.
    """
    return tuple(dict.fromkeys(command(remedy) for remedy in remedies))


def command(remedy: Remedy) -> str:
    """The command, or the hint, of one way on."""
    return _WORDS[remedy.code](**remedy.facts)


def told(caution: str, cluster: ClusterRef | None = None) -> str:
    """A caution with the command that ends what it is about, where it names one.

    :param cluster: the one that it was said about, for a command that lacks it.
    """
    way = getattr(caution, "remedy", None)
    if way and cluster:
        way = about(way, cluster)
    return f"{caution} {getattr(caution, 'lead', '')}: {command(way)}" if way else caution


def tell_others(found: Iterable[SetByOthers], cluster: ClusterRef, warn: Callable[[str], None]) -> None:
    """Tells what somebody else set that keeps safeguards from doing what their level says."""
    for one in found:
        warn(told(one.caution, cluster))


def tell_going_on(said: Iterable[str], cluster: ClusterRef, warn: Callable[[str], None]) -> None:
    """Tells what goes on once nothing of an assignment acts, or that this is not known."""
    for text in said:
        warn(told(text, cluster))


def flags(change: Change) -> list[str]:
    """The flags that ask for a change, with their values, for a command to paste."""
    result = []
    if change.level is not None:
        result.append(f"--safeguards-level {change.level.value}")
    if change.version is not None:
        result.append(f"--safeguards-version {change.version}")
    if change.excluded_namespaces is not None:
        result.append(f"--safeguards-excluded-ns {quoted(','.join(change.excluded_namespaces))}")
    return result


def _on(name: str, cluster: ClusterRef | None, *rest: str) -> str:
    """A command about a cluster, as far as it is known which one."""
    arguments = [cluster.arguments] if cluster else []
    return " ".join([name, *arguments, *filter(None, rest)])


def _update(cluster: ClusterRef | None = None, level: str | None = None, version: str | None = None) -> str:
    return _on(
        "az aks update",
        cluster,
        f"--safeguards-level {level}" if level else "",
        f"--safeguards-version {version}" if version else "",
    )


def _set_level_too(cluster: ClusterRef, change: Change) -> str:
    return _on("az aks update", cluster, "--safeguards-level Warning", *flags(change))


def _pod_security(level: str, effect: str | None = None, cluster: ClusterRef | None = None) -> str:
    options = f"--pod-security {quoted(level)}" + (f" --effect {quoted(effect)}" if effect else "")
    return f"az aks safeguards policy set {cluster.arguments} {options}" if cluster else options


def _in(name: str, subscription: str = "") -> str:
    """A command about a subscription, where that is not the default one."""
    return f"{name} --subscription {quoted(subscription)}" if subscription else name


def _add_namespaces(names: Sequence[str], cluster: ClusterRef | None = None) -> str:
    return f"az aks safeguards namespace add {words(names)} {cluster.arguments if cluster else '-g GROUP -n NAME'}"


def _update_managed(
    cluster: ClusterRef,
    level: str | None,
    namespaces: Sequence[str] | None = None,
    pod_security: str | None = None,
) -> str:
    return _on(
        "az aks safeguards update",
        cluster,
        f"--level {level}" if level else "",
        # Core reads a list without members from JSON.
        f"--excluded-ns {words(namespaces or ['[]'])}" if namespaces is not None else "",
        f"--pss-level {quoted(pod_security)}" if pod_security else "",
    )


def _migrate(cluster: ClusterRef, to: str, yes: bool = False) -> str:
    return _on("az aks safeguards profile migrate", cluster, f"--to {to}", "--yes" if yes else "")


def _show_assignment(name: Any, scope: Any, member: str = "") -> str:
    query = f" --query {quoted(member)}" if member else ""
    return f"az policy assignment show --name {quoted(name)} --scope {quoted(scope)}{query}"


def _grant_role(scope: str) -> str:
    return (
        'az role assignment create --role "Resource Policy Contributor" '
        f'--assignee "$(az account show --query user.name -o tsv)" --scope {quoted(scope)}'
    )


def _register_feature(cluster: ClusterRef, namespace: str, feature: str) -> str:
    return (
        f"az feature register --namespace {quoted(namespace)} --name {quoted(feature)}{cluster.subscription_argument}"
    )


def _await_feature(cluster: ClusterRef, namespace: str, feature: str) -> str:
    """`az feature` has no wait; this one is az's for whatever has an id, and looks every ten seconds for an hour."""
    base = f"/subscriptions/{cluster.subscription}/providers/Microsoft.Features/providers"
    return (
        f"az resource wait --ids {quoted(f'{base}/{namespace}/features/{feature}')} --api-version 2021-07-01 "
        f"--custom \"properties.state=='Registered'\" --interval 10{cluster.subscription_argument}"
    )


def _register_provider(cluster: ClusterRef, namespace: str, wait: bool = False) -> str:
    awaited = " --wait" if wait else ""
    return f"az provider register --namespace {quoted(namespace)}{awaited}{cluster.subscription_argument}"


def _possible_effects(policy: str, effects: Sequence[str]) -> str:
    return f"--policy {quoted(policy)} --effect {' or '.join(effects)}"


_EXAMPLES = {"array": '["one","two"]', "object": '{"key":"value"}', "boolean": "true", "integer": "1"}


def _param(name: str, value: str = "VALUE") -> str:
    return f"--param {quoted(f'{name}={value}')}"


def _quantity(name: str, example: str) -> str:
    return _param(name, example)


def _constant(text: str) -> Callable[..., str]:
    return lambda **_: text


_WORDS: dict[str, Callable[..., str]] = {
    # Only a front end that reads options itself makes this one; its text is worded already.
    "paste": lambda text: text,
    # the cluster
    "list-subscriptions": _constant("az account list -o table"),
    "list-groups": lambda subscription="": _in("az group list -o table", subscription),
    "list-clusters": lambda subscription="": _in("az aks list -o table", subscription),
    "list-cluster-ids": _constant("az aks list --query '[].id' -o tsv"),
    "named-by-id": lambda cluster: f"Name it so: {cluster.arguments}",
    "show-cluster": lambda cluster: _on("az aks show", cluster),
    "reconcile-cluster": lambda cluster: _on("az aks update", cluster, "--yes"),
    "start-cluster": lambda cluster: _on("az aks start", cluster),
    "enable-addon": lambda cluster: _on("az aks enable-addons --addons azure-policy", cluster),
    "add-addon-flag": _constant("Add to the command: --enable-addons azure-policy"),
    # the subscription
    "register": lambda cluster: f"az aks safeguards register{cluster.subscription_argument}",
    "register-feature": _register_feature,
    "await-feature": _await_feature,
    "register-provider": _register_provider,
    "grant-role": _grant_role,
    # level, version, namespaces
    "one-of": lambda names: f"Use one of: {names}.",
    "level": lambda level: f"--safeguards-level {level}",
    "version": lambda version: f"--safeguards-version {quoted(version)}",
    "another-version": _constant("or choose another one: --safeguards-version VERSION"),
    "namespaces": lambda names: f"--safeguards-excluded-ns {quoted(names)}",
    "clear-namespaces": _constant('To clear the list: --safeguards-excluded-ns ""'),
    "set-level": _update,
    "set-level-too": _set_level_too,
    "set-version": _update,
    "add-namespaces": _add_namespaces,
    "remove-namespace": lambda cluster, name: _on(f"az aks safeguards namespace remove {quoted(name)}", cluster),
    "check-manifests": lambda change, cluster=None: _on("az aks safeguards check -f deploy/", cluster, *flags(change)),
    "list-versions": _constant("az aks safeguards version list -o table"),
    "update-extension": _constant("az extension update --name safeguards"),
    # suspension
    "resume": lambda cluster=None: _on("az aks safeguards resume", cluster),
    "shorter-reason": _constant('--reason "A shorter text"'),
    # the assignment and what is beside it
    "show-assignment": _show_assignment,
    "show-exemption": lambda name, scope: f"az policy exemption show --name {quoted(name)} --scope {quoted(scope)}",
    "delete-assignment": lambda cluster: _on("az aks safeguards profile delete", cluster),
    "list-definition-versions": lambda name: f"az policy set-definition version list --name {quoted(name)} -o table",
    "scan": lambda cluster: (
        f"az policy state trigger-scan --resource-group {quoted(cluster.resource_group)} --no-wait"
        f"{cluster.subscription_argument}"
    ),
    # safeguards that AKS manages
    "show-managed": lambda cluster: _on("az aks safeguards show", cluster),
    "update-managed": _update_managed,
    "delete-managed": lambda cluster: _on("az aks safeguards delete", cluster),
    "migrate": _migrate,
    "create-without-flags": _constant("Create the cluster without the --safeguards-* flags."),
    # single policies
    "list-policies": lambda version: f"az aks safeguards policy list --version {quoted(version)} -o table",
    "policy": lambda name: f"--policy {quoted(name)}",
    "possible-effects": _possible_effects,
    "pod-security": _pod_security,
    "effect-sets-policies": _constant("--effect Deny, Warn or Off sets what a policy does."),
    "effect-warns": _constant("--effect Warn makes a policy warn."),
    "effect-sets-mutations": _constant("--effect Mutate or Off sets what a mutation does."),
    "parameter": _param,
    "no-parameters": _constant("It has no parameters of its own."),
    "value": _param,
    "value-of-type": lambda name, type: _param(name, _EXAMPLES.get(type, "VALUE")),
    "quantity": _quantity,
    "allowed-registry": _constant("--allowed-registry myregistry.azurecr.io mcr.microsoft.com/oss"),
    "registry-writes-pattern": _constant("--allowed-registry REGISTRY writes a right one."),
    "syntax-of-patterns": _constant("See the syntax of RE2."),
    "shorter-choices": _constant(
        "Choose shorter values, or reset what is not needed: az aks safeguards policy reset ..."
    ),
}
