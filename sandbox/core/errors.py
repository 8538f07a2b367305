# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The error envelope of Azure Resource Manager.

Recorded: Azure/azure-powershell and Azure/azure-sdk-for-net session records; every error body is
``{"error": {"code", "message"[, "target", "details"]}}``.
"""

from __future__ import annotations

from typing import Any


class ArmError(Exception):
    """An answer with an error status. Subclasses set ``status`` and ``code``; the text is passed in."""

    status = 400
    code = "BadRequest"
    gateway = False
    """True when Resource Manager itself answers: such answers carry ``x-ms-failure-cause: gateway``."""

    def __init__(
        self,
        message: str,
        *,
        target: str | None = None,
        details: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.target = target
        self.details = details
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target is not None:
            error["target"] = self.target
        if self.details is not None:
            error["details"] = self.details
        return {"error": error}


class GatewayError(ArmError):
    """An error that Resource Manager raises before any resource provider is asked."""

    gateway = True


class AuthenticationFailed(GatewayError):
    """No usable bearer token. The text is not recorded in the sources of this project."""

    status = 401
    code = "AuthenticationFailed"

    def __init__(self) -> None:
        super().__init__(
            "Authentication failed. The 'Authorization' header is missing or its token is not one of this sandbox.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )


class InvalidRequestContent(ArmError):
    """The body is not what the operation takes (recorded: Azure/azure-sdk-for-net LivePolicyTests)."""

    code = "InvalidRequestContent"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The request content was invalid and could not be deserialized: '{reason}'.")


class MissingApiVersion(GatewayError):
    """No ``api-version`` in the query. Code and text: not recorded in the sources, plain wording."""

    code = "MissingApiVersionParameter"

    def __init__(self) -> None:
        super().__init__("The api-version query parameter (?api-version=) is required for all requests.")


class InvalidApiVersion(GatewayError):
    """An ``api-version`` that the resource type does not have. Not recorded, plain wording."""

    code = "InvalidApiVersionParameter"

    def __init__(self, given: str, supported: str) -> None:
        super().__init__(f"The api-version '{given}' is invalid. The supported versions are {supported}.")


class InvalidResourceType(GatewayError):
    """A route that this sandbox does not have. Not recorded, plain wording."""

    status = 404
    code = "InvalidResourceType"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"The resource type could not be found: the sandbox has no {method} '{path}'.")


class MethodNotAllowed(GatewayError):
    """The path exists with another method. Not recorded, plain wording."""

    status = 405
    code = "HttpMethodNotSupported"

    def __init__(self, method: str) -> None:
        super().__init__(f"The HTTP method '{method}' is not supported at the requested URL.")


class MissingSubscription(GatewayError):
    """A scope that is none (recorded: Azure/azure-powershell TestNewPolicyAssignmentParameters)."""

    status = 404
    code = "MissingSubscription"

    def __init__(self) -> None:
        super().__init__("The request did not have a subscription or a valid tenant level resource provider.")


class AuthorizationFailed(GatewayError):
    """The principal lacks the permission.

    The first half of the text is quoted in public terraform output; what follows the scope was cut
    off there, so the ending is this sandbox's own.
    """

    status = 403
    code = "AuthorizationFailed"

    def __init__(self, client: str, object_id: str, action: str, scope: str) -> None:
        super().__init__(
            f"The client '{client}' with object id '{object_id}' does not have authorization to perform action "
            f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please "
            "refresh your credentials."
        )
