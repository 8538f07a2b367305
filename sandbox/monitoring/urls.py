# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of resources that only have to exist."""

from __future__ import annotations

from sandbox.core.routing import ApiVersions, Route
from sandbox.monitoring import responses as r

VERSIONS = ApiVersions("2015-03-20", "2026-12-31")
GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"
IN_GROUP = (
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.OperationsManagement/solutions",
    "Microsoft.Insights/dataCollectionRules",
    "Microsoft.Insights/dataCollectionEndpoints",
    "Microsoft.Monitor/accounts",
    "Microsoft.AlertsManagement/prometheusRuleGroups",
)
ON_RESOURCES = ("Microsoft.Insights/dataCollectionRuleAssociations",)
ALERTS = "Microsoft.AlertsManagement"


def _routes(template: str, kind: str) -> tuple[Route, ...]:
    return (
        Route("GET", template, r.get_companion, f"{kind}/read", VERSIONS),
        Route("PUT", template, r.put_companion, f"{kind}/write", VERSIONS),
        Route("DELETE", template, r.delete_companion, f"{kind}/delete", VERSIONS),
    )


ROUTES = (
    Route(
        "GET",
        f"{{scope}}/providers/{ALERTS}/alertRuleRecommendations",
        r.list_recommendations,
        f"{ALERTS}/alertRuleRecommendations/read",
        VERSIONS,
    ),
    *(route for kind in IN_GROUP for route in _routes(GROUP + f"/providers/{kind}/{{name}}", kind)),
    *(route for kind in ON_RESOURCES for route in _routes(f"{{scope}}/providers/{kind}/{{name}}", kind)),
)
