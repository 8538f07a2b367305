# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of Microsoft.Features."""

from __future__ import annotations

from sandbox.core.routing import ApiVersions, Route
from sandbox.features import responses as r

VERSIONS = ApiVersions("2015-12-01", "2025-03-01")
ROOT = "/subscriptions/{subscription}/providers/Microsoft.Features"
LIST = ROOT + "/providers/{namespace}/features"
ONE = LIST + "/{feature}"

ROUTES = (
    Route("GET", ROOT + "/features", r.list_features, "Microsoft.Features/features/read", VERSIONS),
    Route("GET", LIST, r.list_features, "Microsoft.Features/providers/features/read", VERSIONS),
    Route("GET", ONE, r.get_feature, "Microsoft.Features/providers/features/read", VERSIONS),
    Route("POST", ONE + "/register", r.register_feature, "Microsoft.Features/providers/features/register/action",
          VERSIONS),
    Route("POST", ONE + "/unregister", r.unregister_feature,
          "Microsoft.Features/providers/features/unregister/action", VERSIONS),
)  # fmt: skip
