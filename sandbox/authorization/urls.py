# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The routes of Microsoft.Authorization."""

from __future__ import annotations

from sandbox.authorization import responses as r
from sandbox.core.routing import ApiVersions, PreviewVersions, Route

VERSIONS = ApiVersions("2015-10-01-preview", "2026-12-31")
#: All published versions of exemptions are previews; az 2.91 sends 2026-01-01-preview.
EXEMPTION_VERSIONS = PreviewVersions("2020-07-01", "2026-12-31")
DEFINITION_VERSIONS = ApiVersions("2023-04-01", "2026-12-31")
PROVIDER = "/providers/Microsoft.Authorization"
SUBSCRIPTION = "/subscriptions/{subscription}"
ASSIGNMENTS = "{scope}" + PROVIDER + "/policyAssignments"
EXEMPTIONS = "{scope}" + PROVIDER + "/policyExemptions"
SETS = PROVIDER + "/policySetDefinitions"
POLICIES = PROVIDER + "/policyDefinitions"
A = "Microsoft.Authorization/"

READ_SET, READ_POLICY = A + "policySetDefinitions/read", A + "policyDefinitions/read"

ROUTES = (
    Route("GET", SETS, r.list_set_definitions, "", VERSIONS),
    Route("GET", SETS + "/{name}", r.get_set_definition, "", VERSIONS),
    Route("GET", SETS + "/{name}/versions", r.list_set_versions, "", DEFINITION_VERSIONS),
    Route("GET", SETS + "/{name}/versions/{version}", r.get_set_version, "", DEFINITION_VERSIONS),
    Route("GET", SUBSCRIPTION + SETS, r.list_set_definitions, READ_SET, VERSIONS),
    Route("GET", SUBSCRIPTION + SETS + "/{name}", r.missing_set_definition, READ_SET, VERSIONS),
    Route("GET", SUBSCRIPTION + SETS + "/{name}/versions", r.missing_set_definition, READ_SET, DEFINITION_VERSIONS),
    Route("GET", SUBSCRIPTION + SETS + "/{name}/versions/{version}", r.missing_set_definition, READ_SET,
          DEFINITION_VERSIONS),
    Route("GET", POLICIES, r.list_definitions, "", VERSIONS),
    Route("GET", POLICIES + "/{name}", r.get_definition, "", VERSIONS),
    Route("GET", POLICIES + "/{name}/versions/{version}", r.get_definition_version, "", DEFINITION_VERSIONS),
    Route("GET", SUBSCRIPTION + POLICIES, r.list_definitions, READ_POLICY, VERSIONS),
    Route("GET", SUBSCRIPTION + POLICIES + "/{name}", r.missing_definition, READ_POLICY, VERSIONS),
    Route("GET", ASSIGNMENTS, r.list_assignments, A + "policyAssignments/read", VERSIONS),
    Route("GET", ASSIGNMENTS + "/{name}", r.get_assignment, A + "policyAssignments/read", VERSIONS),
    Route("PUT", ASSIGNMENTS + "/{name}", r.put_assignment, A + "policyAssignments/write", VERSIONS),
    Route("PATCH", ASSIGNMENTS + "/{name}", r.patch_assignment, A + "policyAssignments/write", VERSIONS),
    Route("DELETE", ASSIGNMENTS + "/{name}", r.delete_assignment, A + "policyAssignments/delete", VERSIONS),
    Route("GET", EXEMPTIONS, r.list_exemptions, A + "policyExemptions/read", EXEMPTION_VERSIONS),
    Route("GET", EXEMPTIONS + "/{name}", r.get_exemption, A + "policyExemptions/read", EXEMPTION_VERSIONS),
    Route("PUT", EXEMPTIONS + "/{name}", r.put_exemption, A + "policyExemptions/write", EXEMPTION_VERSIONS),
    Route("DELETE", EXEMPTIONS + "/{name}", r.delete_exemption, A + "policyExemptions/delete", EXEMPTION_VERSIONS),
    # Everybody may ask for their own permissions.
    Route("GET", "{scope}" + PROVIDER + "/permissions", r.list_permissions, "", VERSIONS),
)  # fmt: skip
