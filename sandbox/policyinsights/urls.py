# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of Microsoft.PolicyInsights."""

from __future__ import annotations

from sandbox.policyinsights import responses as r
from sandbox.routing import ApiVersions, Route

VERSIONS = ApiVersions("2018-04-04", "2026-12-31")
STATES = "{scope}/providers/Microsoft.PolicyInsights/policyStates/latest"
A = "Microsoft.PolicyInsights/policyStates/"

ROUTES = (
    Route("POST", STATES + "/summarize", r.summarize, A + "summarize/read", VERSIONS),
    Route("POST", STATES + "/queryResults", r.query_results, A + "queryResults/read", VERSIONS),
)
