# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Refusals by name, as Azure words them, for faults that are to say one of them.

Texts and members: RequestDisallowedByPolicy and its PolicyViolation, ScopeLocked, MissingSubscriptionRegistration,
AuthorizationFailed, LinkedAuthorizationFailed, token and subscription errors as public issues and fixtures quote them.
Where only a code is known (limits) the text is plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.core.http import Request

Json = dict[str, Any]
_CLUSTER = re.compile(r"(/subscriptions/[^/]+)(/resourceGroups/[^/]+)?(/providers/[^/]+/managedClusters/[^/]+)?", re.I)
_VERBS = {"GET": "read", "PUT": "write", "DELETE": "delete", "PATCH": "write"}
#: The assignment that forbids things in the sandbox.
FORBIDDING = "deny-unapproved-changes"


@dataclass(frozen=True)
class Facts:
    """What a refusal may speak of."""

    scope: str
    """The cluster, else its group, else the subscription."""
    group: str
    subscription: str
    namespace: str
    action: str
    actor: str


def facts_of(request: Request, actor: str) -> Facts:
    """What a request is about."""
    match = _CLUSTER.match(request.path)
    subscription, group = (match[1], match[2] or "") if match else ("/subscriptions/none", "")
    # A feature lies in the namespace that it is of: .../Microsoft.Features/providers/NAMESPACE/features/NAME.
    path = re.sub(r"/Microsoft\.Features/providers/[^/]+/", "/Microsoft.Features/providers/-/", request.path)
    parts = re.split(r"/providers/(?!-/)", path)[-1].split("/")
    kinds = parts[1::2] if request.method != "POST" else parts[1:-1:2]
    verb = _VERBS.get(request.method, f"{parts[-1]}/action")
    return Facts(
        match[0] if match else "/",
        f"{subscription}{group}",
        subscription.rpartition("/")[2],
        parts[0],
        "/".join([parts[0], *kinds, verb]),
        actor,
    )


def body_of(name: str, request: Request, actor: str) -> tuple[int, Json]:
    """Status and error object of a refusal by its name; KeyError for one that is not known."""
    status, word = REFUSALS[name]
    return status, {"code": name, **word(facts_of(request, actor))}


def _by_policy(facts: Facts) -> Json:
    identifier = f"{facts.group}/providers/Microsoft.Authorization/policyAssignments/{FORBIDDING}"
    definition = "/providers/Microsoft.Authorization/policyDefinitions/11111111-0000-4000-8000-000000000001"
    return {
        "target": facts.scope.rpartition("/")[2],
        "message": f"Resource '{facts.scope.rpartition('/')[2]}' was disallowed by policy. Policy identifiers: "
        f'\'[{{"policyAssignment":{{"name":"{FORBIDDING}","id":"{identifier}"}}}}]\'.',
        "additionalInfo": [
            {
                "type": "PolicyViolation",
                "info": {
                    "policyDefinitionDisplayName": "No unapproved changes",
                    "policyDefinitionEffect": "deny",
                    "policyDefinitionId": definition,
                    "policyAssignmentId": identifier,
                    "policyAssignmentName": FORBIDDING,
                    "policyAssignmentDisplayName": "No unapproved changes",
                    "policyAssignmentScope": facts.group,
                },
            }
        ],
    }


def _locked(facts: Facts) -> Json:
    verb = facts.action.rpartition("/")[2]
    return {
        "message": f"The scope '{facts.scope}' cannot perform {verb} operation because following scope(s) are locked: "
        f"'{facts.group}'. Please remove the lock and try again."
    }


def _unregistered(facts: Facts) -> Json:
    message = (
        f"The subscription is not registered to use namespace '{facts.namespace}'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions."
    )
    detail = {"code": "MissingSubscriptionRegistration", "target": facts.namespace, "message": message}
    return {"message": message, "details": [detail]}


def _unauthorized(facts: Facts) -> Json:
    return {
        "message": f"The client '{facts.actor}' with object id '{facts.actor}' does not have authorization to perform "
        f"action '{facts.action}' over scope '{facts.scope}' or the scope is invalid. If access was recently granted, "
        "please refresh your credentials."
    }


def _linked(facts: Facts) -> Json:
    linked = "/providers/Microsoft.Authorization/policySetDefinitions/linked"
    return {
        "message": f"The client '{facts.actor}' with object id '{facts.actor}' has permission to perform action "
        f"'{facts.action}' on scope '{facts.scope}'; however, it does not have permission to perform action(s) "
        f"'Microsoft.Authorization/policySetDefinitions/read' on the linked scope(s) '{linked}' or the linked scope(s) "
        "are invalid."
    }


def _plain(message: str) -> Callable[[Facts], Json]:
    return lambda facts: {"message": message.format(facts=facts)}


REFUSALS: dict[str, tuple[int, Callable[[Facts], Json]]] = {
    "AuthorizationFailed": (403, _unauthorized),
    "ExpiredAuthenticationToken": (401, _plain("The access token expiry UTC time is earlier than current UTC time.")),
    "InvalidAuthenticationToken": (401, _plain("The access token is invalid.")),
    "InvalidAuthenticationTokenTenant": (
        401,
        _plain(
            "The access token is from the wrong issuer 'https://sts.windows.net/00000000-0000-4000-8000-00000000000a/'."
            " It must match the tenant 'https://sts.windows.net/00000000-0000-4000-8000-00000000000b/' associated with"
            " this subscription."
        ),
    ),
    "LinkedAuthorizationFailed": (403, _linked),
    "MissingSubscriptionRegistration": (409, _unregistered),
    "PolicyAssignmentQuotaExceeded": (400, _plain("The number of policy assignments at '{facts.scope}' is exceeded.")),
    "ReadOnlyDisabledSubscription": (
        409,
        _plain("The subscription '{facts.subscription}' is disabled and therefore marked as read only."),
    ),
    "RequestDisallowedByPolicy": (403, _by_policy),
    "ScopeLocked": (409, _locked),
    "SubscriptionNotFound": (404, _plain("The subscription '{facts.subscription}' could not be found.")),
}
