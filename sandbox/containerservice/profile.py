# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""safeguardsProfile on a cluster: a member of preview api-versions only.

Recorded: Azure/azure-cli-extensions test_aks_create_with_safeguards.
"""

from __future__ import annotations

from typing import Any

from sandbox.containerservice.exceptions import InvalidParameter, PreviewFeatureNotRegistered
from sandbox.containerservice.safeguards import SYSTEM_NAMESPACES

LEVELS = ("Off", "Warning", "Enforcement")
FEATURE = "SafeguardsPreview"


def check(properties: Any, preview: bool, feature_on: bool) -> None:
    """Check the member and fill in what the service adds, in place.

    Raises InvalidParameter on a stable api-version or for a bad level, PreviewFeatureNotRegistered. What AKS
    says to a member that its api-version does not have is not recorded; neither is its answer to a bad level.
    """
    profile = properties.get("safeguardsProfile") if isinstance(properties, dict) else None
    if profile is None:
        return
    if not preview:
        raise InvalidParameter("Unknown field 'safeguardsProfile' for this api-version.")
    if not feature_on:
        raise PreviewFeatureNotRegistered(FEATURE)
    if not isinstance(profile, dict) or profile.get("level") not in LEVELS:
        raise InvalidParameter(f"safeguardsProfile.level must be one of {', '.join(LEVELS)}.")
    profile.setdefault("version", "v1.0.0")
    profile["systemExcludedNamespaces"] = list(SYSTEM_NAMESPACES)
