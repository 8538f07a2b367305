# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The errors of Microsoft.PolicyInsights. Codes and texts are not recorded: plain."""

from __future__ import annotations

from sandbox.core.errors import ArmError


class InvalidQuery(ArmError):
    """A query option that the service does not have, or that makes no sense."""

    code = "InvalidQueryString"


class ScanNotFound(ArmError):
    """No evaluation of this id was ever asked for."""

    status = 404
    code = "AsyncOperationNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The evaluation '{name}' could not be found.")
