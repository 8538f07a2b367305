# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the sign-in hosts refuse."""

from __future__ import annotations

from typing import Any

from sandbox.core.errors import ArmError


class InvalidTokenRequest(ArmError):
    """A token request that names no client or no scope. Wording: plain, not recorded."""

    code = "invalid_request"

    def body(self) -> dict[str, Any]:
        """Return the OAuth 2.0 error body, which is not Resource Manager's."""
        return {"error": self.code, "error_description": self.message, "error_codes": [900144]}


class DelegatedOnly(ArmError):
    """Graph's /me for a service principal: there is no user. Wording: plain, not recorded."""

    code = "BadRequest"

    def __init__(self) -> None:
        super().__init__("/me request is only valid with delegated authentication flow.")
