# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a refusal of Azure Resource Manager says, as values: which code, about which action, scope, namespace, policy.

Texts: Azure/azure-rest-api-specs and the errors that public fixtures quote; where a text is cut to another form, what
it names is simply not known, and the service's own words are shown all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from azext_safeguards.services.answers import pause_of

# Refusals that stay what they are until somebody does something about them, whatever their status.
LASTING = frozenset(
    {
        "authorizationfailed",
        "linkedauthorizationfailed",
        "missingsubscriptionregistration",
        "readonlydisabledsubscription",
        "requestdisallowedbyazure",
        "requestdisallowedbypolicy",
        "scopelocked",
        "subscriptionnotfound",
    }
)
_CONFLICTS = (409, 412)
_QUOTA = re.compile(r"quota|limit(reached|exceeded)|(count|size|resources)exceeded", re.IGNORECASE)
_ACTION = re.compile(r"perform action(?:s|\(s\))? '([^']{1,300})'")
_SCOPE = re.compile(r"(?:over|on) scopes? '([^']{1,1000})'")
_LINKED = re.compile(r"linked scopes?\(?s?\)? '([^']{1,2000})'")
_LOCKED = re.compile(r"are locked: '([^']{1,2000})'")
_NAMESPACE = re.compile(r"namespace '([A-Za-z0-9.]{1,100})'")


@dataclass(frozen=True)
class Refused:
    """What is known about a refusal; empty texts for what it does not say."""

    code: str
    message: str
    status: int
    action: str = ""
    """The action that is lacking, as `Microsoft.Authorization/policyAssignments/write`."""
    scope: str = ""
    """Where it is lacking, or what is locked."""
    namespace: str = ""
    """The resource provider that is not registered."""
    policies: tuple[str, ...] = ()
    """The ids of the policy assignments that forbid it."""
    retry_after: float | None = None
    """How many seconds the service wants to be left alone."""

    @property
    def is_quota(self) -> bool:
        """Whether a limit is reached, rather than the rate of requests."""
        return self.status != 429 and bool(_QUOTA.search(self.code))


def refused(error: Any) -> Refused | None:
    """What a refusal says; None for what is none of Resource Manager's errors.

    :param error: what azure-core raised.
    """
    inner = getattr(error, "error", None)
    code, status = getattr(inner, "code", None), getattr(error, "status_code", None)
    if not isinstance(code, str) or not code or not isinstance(status, int):
        return None
    said = getattr(inner, "message", None)
    message = said if isinstance(said, str) else ""
    details = [item for item in _list(getattr(inner, "details", None)) if item is not None]
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    return Refused(
        code=code,
        message=message,
        status=status,
        # A linked one names first the action that is allowed.
        action=(_ACTION.findall(message) or [""])[-1],
        scope=_first(_LOCKED, message) or _first(_LINKED, message) or _first(_SCOPE, message),
        namespace=_namespace(message, details),
        policies=tuple(dict.fromkeys(_policies([inner, *details]))),
        retry_after=pause_of(headers),
    )


def is_conflict(error: Any) -> bool:
    """Whether a write met another one, so that it may be done again on what that one left."""
    if getattr(error, "status_code", None) not in _CONFLICTS:
        return False
    found = refused(error)
    return found is None or not (found.code.lower() in LASTING or found.is_quota)


def _first(pattern: re.Pattern[str], message: str) -> str:
    match = pattern.search(message)
    return match[1].strip() if match else ""


def _namespace(message: str, details: list[Any]) -> str:
    """The provider's namespace from the text, else from the target of a detail."""
    found = _first(_NAMESPACE, message)
    targets = (getattr(item, "target", None) for item in details)
    return found or next(
        (target for target in targets if isinstance(target, str) and re.fullmatch(r"[A-Za-z0-9.]{1,100}", target)), ""
    )


def _policies(errors: list[Any]) -> list[str]:
    """The ids of policy assignments in `additionalInfo` of type PolicyViolation."""
    found = []
    for item in errors:
        for info in _list(getattr(item, "additional_info", None)):
            facts = getattr(info, "info", None)
            identifier = facts.get("policyAssignmentId") if isinstance(facts, dict) else None
            if isinstance(identifier, str) and identifier.startswith("/") and identifier.isprintable():
                found.append(identifier)
    return found


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []
