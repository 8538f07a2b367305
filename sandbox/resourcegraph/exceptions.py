# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Resource Graph refuses.

Shape, codes and texts of a refused query: quoted in Azure/azure-powershell#13762; that of the others is alike, with
plain wording.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import Any

from sandbox.core.errors import ArmError


class GraphError(ArmError):
    """An answer of Resource Graph itself: what is wrong stands in the details."""

    code = "BadRequest"

    def __init__(self, details: list[dict[str, Any]]) -> None:
        now = datetime.now(timezone.utc)
        super().__init__(
            f"Please provide below info when asking for support: timestamp = {now:%Y-%m-%dT%H:%M:%S.%f}0Z, "
            f"correlationId = {uuid.uuid4()}.",
            details=details,
        )


class InvalidQuery(GraphError):
    """A query that the service, or only this sandbox, cannot read."""

    def __init__(self, token: str) -> None:
        text = "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the "
        parser = {"code": "ParserFailure", "message": "ParserFailure", "line": -1, "characterPositionInLine": -1}
        super().__init__(
            [{"code": "InvalidQuery", "message": f"{text}error before retrying."}, {**parser, "token": token}]
        )


class InvalidOption(GraphError):
    """An option of the request that does not hold. Code and text are plain."""

    def __init__(self, message: str) -> None:
        super().__init__([{"code": "InvalidRequest", "message": message}])
