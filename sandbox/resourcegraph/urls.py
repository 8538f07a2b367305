# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of Microsoft.ResourceGraph."""

from __future__ import annotations

from sandbox.core.routing import ApiVersions, Route
from sandbox.resourcegraph import responses as r

VERSIONS = ApiVersions("2019-04-01", "2026-12-31")

ROUTES = (
    # Whoever may read nothing gets no rows; the request itself needs no permission.
    Route("POST", "/providers/Microsoft.ResourceGraph/resources", r.query, "", VERSIONS),
)
