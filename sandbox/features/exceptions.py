# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Microsoft.Features refuses."""

from __future__ import annotations

from sandbox.core.errors import ArmError


class FeatureNotFound(ArmError):
    """An unknown or retired feature.

    Text quoted in MicrosoftDocs/azure-docs#71962 (a feature removed after general availability); the code and
    the status are not in the sources.
    """

    status = 404
    code = "FeatureNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The feature '{name}' could not be found.")
