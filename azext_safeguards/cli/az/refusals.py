# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The way out of a refused request, by the code of Azure Resource Manager: one table, a sentence and commands each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from azext_safeguards.domain.shell import quoted
from azext_safeguards.services.refused import Refused, refused

_PLACE = re.compile(
    r"/subscriptions/(?P<subscription>[0-9a-f-]{36})"
    r"(?:/resourceGroups/(?P<group>[\w\-.()]{1,90})"
    r"(?:/providers/Microsoft\.ContainerService/managedClusters/(?P<cluster>[\w\-]{1,63}))?)?",
    re.IGNORECASE,
)
_PROVIDER = re.compile(r".*/providers/([\w.]+)/(.+)", re.IGNORECASE)
_PROVIDER_ITSELF = re.compile(r".*/providers/([\w.]+)/?", re.IGNORECASE)
_TENANT = re.compile(r"must match (?:one of )?the tenants? '[^']*?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.I)
_VERBS = {"GET": "read", "PUT": "write", "DELETE": "delete"}
# Built-in roles (learn.microsoft.com, "Azure built-in roles"); the first that fits an action, in lower case.
_ROLES = (
    ("microsoft.authorization/policy", "Resource Policy Contributor"),
    ("microsoft.policyinsights/policystates/", "Resource Policy Contributor"),
    ("microsoft.containerservice/deploymentsafeguards/", "Azure Kubernetes Service Contributor Role"),
    ("microsoft.containerservice/managedclusters/write", "Azure Kubernetes Service Contributor Role"),
)


@dataclass(frozen=True)
class WayOut:
    """What is to be said of a refusal, and what to do about it before the command is repeated."""

    sentence: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Request:
    """What was asked for, as far as its address tells."""

    method: str
    path: str
    subscription: str
    group: str
    cluster: str

    @property
    def where(self) -> str:
        """` --subscription ID`, where it was asked in one."""
        return f" --subscription {self.subscription}" if self.subscription else ""

    @property
    def scope(self) -> str:
        """The id of the cluster, else of its group, else of the subscription."""
        match = _PLACE.match(self.path)
        return match[0] if match else "/"

    @property
    def action(self) -> str:
        """The action that a request like this takes, where Azure does not name it."""
        if "/microsoft.features/providers/" in self.path.lower():
            # A feature lies in the namespace that it is of.
            verb = _VERBS.get(self.method) or f"{self.path.rpartition('/')[2]}/action"
            return f"Microsoft.Features/providers/features/{verb}"
        match = _PROVIDER.fullmatch(self.path)
        if not match:
            is_state = self.method == "GET" and _PROVIDER_ITSELF.fullmatch(self.path)
            return "Microsoft.Resources/subscriptions/providers/read" if is_state else ""
        namespace, rest = match[1], match[2].split("/")
        if self.method == "POST" and "latest" in rest:
            verb = "action" if rest[-1].lower() == "triggerevaluation" else "read"
            return f"{namespace}/{rest[0]}/{rest[-1]}/{verb}"
        if self.method == "POST":
            return "/".join([namespace, *rest[:-1:2], rest[-1], "action"])
        return "/".join([namespace, *rest[::2], _VERBS.get(self.method, "action")])


def way_out(error: Any) -> WayOut | None:
    """What to say and do about a refusal; None where the code says no more than the service's own words.

    :param error: what azure-core raised.
    """
    found = refused(error)
    if found is None:
        return None
    word = _WORDS.get(found.code.lower())
    if word is None and found.status == 401:
        word = _sign_in
    elif word is None and found.status == 429:
        word = _too_many
    elif word is None and found.is_quota:
        word = _quota
    return word(found, _request_of(error)) if word else None


def _request_of(error: Any) -> _Request:
    request = getattr(getattr(error, "response", None), "request", None)
    path = unquote(urlsplit(str(getattr(request, "url", "") or "")).path)
    match = _PLACE.match(path)
    parts = {name: value or "" for name, value in match.groupdict().items()} if match else {}
    return _Request(
        str(getattr(request, "method", "") or ""),
        path if path.isprintable() else "",
        parts.get("subscription", ""),
        parts.get("group", ""),
        parts.get("cluster", ""),
    )


def _forbidden_by_policy(found: Refused, request: _Request) -> WayOut:
    """RequestDisallowedByPolicy: no role helps, an exemption does."""
    if not found.policies:
        listing = f"az policy assignment list --scope {quoted(request.scope)} --disable-scope-strict-match -o table"
        return WayOut("A policy assignment forbids it; an exemption from that is the way.", (listing,))
    names = ", ".join(f"'{policy.rpartition('/')[2]}'" for policy in found.policies)
    several = len(found.policies) > 1
    return WayOut(
        f"The policy assignment{'s' if several else ''} {names} {'forbid' if several else 'forbids'} it; an exemption, "
        "by somebody who may write exemptions, is the way.",
        tuple(
            f"az policy exemption create --name safeguards-{number} --exemption-category Waiver "
            f"--policy-assignment {quoted(policy)} --scope {quoted(request.scope)}"
            for number, policy in enumerate(found.policies, 1)
        ),
    )


def _locked(found: Refused, request: _Request) -> WayOut:
    """ScopeLocked: the lock may be on the cluster, its group or the subscription."""
    match = _PLACE.match(found.scope)
    group = (match and match["group"]) or ("" if match else request.group)
    listing = f"az lock list{f' --resource-group {quoted(group)}' if group else ''}{request.where} -o table"
    on = f" on {found.scope}" if found.scope else ""
    return WayOut(f"A lock{on} forbids it until somebody who may removes that.", (listing,))


def _unregistered(found: Refused, request: _Request) -> WayOut:
    """MissingSubscriptionRegistration: the way is the same for every provider."""
    match = _PROVIDER.fullmatch(request.path) or _PROVIDER_ITSELF.fullmatch(request.path)
    namespace = found.namespace or (match[1] if match else "NAMESPACE")
    return WayOut(
        f"The resource provider {namespace} is not registered in the subscription.",
        (f"az provider register --namespace {namespace} --wait{request.where}",),
    )


def _lacking(found: Refused, request: _Request) -> WayOut:
    """AuthorizationFailed and LinkedAuthorizationFailed: the action, where, and a role that has it."""
    action = found.action or request.action
    scope = found.scope.partition(",")[0] or request.scope
    linked = " (the request links to that)" if found.code.lower().startswith("linked") else ""
    if not action:
        return WayOut("You lack a permission; docs/permissions.md says which each command takes.")
    role = _role(action)
    return WayOut(
        f"You lack {action} on {scope}{linked}. The role '{role}' has it, and somebody who may assign roles can "
        "grant it; docs/permissions.md lists what each command takes.",
        (
            f"az role assignment create --role {quoted(role)} "
            f'--assignee "$(az account show --query user.name -o tsv)" --scope {quoted(scope)}',
        ),
    )


def _role(action: str) -> str:
    lowered = action.lower()
    if lowered.endswith("/read"):
        return "Reader"
    return next((role for start, role in _ROLES if lowered.startswith(start)), "Contributor")


def _sign_in(found: Refused, _request: _Request) -> WayOut:
    """The token is expired, revoked, or of another tenant."""
    match = _TENANT.search(found.message)
    if match:
        return WayOut("You are signed in to another tenant.", (f"az login --tenant {match[1]}",))
    return WayOut("The sign-in has expired or is not accepted any more.", ("az login",))


def _no_subscription(_found: Refused, request: _Request) -> WayOut:
    return WayOut(
        f"The subscription {request.subscription or 'that was asked for'} does not exist, or this sign-in does not "
        "see it.",
        ("az account list --all --refresh -o table", "az account set --subscription NAME_OR_ID"),
    )


def _disabled(_found: Refused, request: _Request) -> WayOut:
    return WayOut(
        "The subscription is disabled, so that nothing in it can be written.",
        (f"az account show{request.where} --query state -o tsv",),
    )


def _too_many(found: Refused, _request: _Request) -> WayOut:
    """429 after the last try."""
    wait = found.retry_after
    asks = f" and asks to wait {_time(wait)}" if wait else ""
    return WayOut(f"Azure takes no more requests for the moment{asks}, so it was given up.")


def _quota(_found: Refused, request: _Request) -> WayOut:
    """A limit on how many there may be: it does not pass by waiting."""
    is_assignment = "/policyassignments/" in request.path.lower()
    listing = f"az policy assignment list --scope {quoted(request.scope)} -o table"
    return WayOut(
        "A limit of Azure is reached, which does not pass by waiting: something must go, or the limit be raised.",
        (listing,) if is_assignment else (),
    )


def _time(seconds: float) -> str:
    return f"{round(seconds)} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"


_WORDS: dict[str, Callable[[Refused, _Request], WayOut]] = {
    "requestdisallowedbypolicy": _forbidden_by_policy,
    "scopelocked": _locked,
    "missingsubscriptionregistration": _unregistered,
    "subscriptionnotregistered": _unregistered,
    "authorizationfailed": _lacking,
    "linkedauthorizationfailed": _lacking,
    "invalidauthenticationtoken": _sign_in,
    "invalidauthenticationtokentenant": _sign_in,
    "expiredauthenticationtoken": _sign_in,
    "authenticationfailed": _sign_in,
    "subscriptionnotfound": _no_subscription,
    "invalidsubscriptionid": _no_subscription,
    "readonlydisabledsubscription": _disabled,
}
