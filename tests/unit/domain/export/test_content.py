# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is exported of an assignment, what is left out, and what is said about it."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.export.content import cautions, content_of, sendable, unnormalized
from azext_safeguards.domain.level import Level
from tests.unit.bodies import INITIATIVE, SUBSCRIPTION, foreign_assignment, profile, updated


def content(body):
    return content_of(ClusterRef(SUBSCRIPTION, "rg", "c1"), profile(body), body, "2023-04-01")


def test_what_the_service_owns_is_left_out_and_all_else_is_kept():
    body = updated(None, Change(Level.ENFORCEMENT))
    body["properties"].update(
        notScopes=["/a"], resourceSelectors=[{"name": "n"}], somethingNew={"a": 1}, latestDefinitionVersion="3.0.0"
    )
    body["properties"]["metadata"].update(assignedBy="somebody", parameterScopes={"a": "b"}, nothing=None)
    body["etag"] = "1"
    sent = sendable(body)
    assert list(sent) == ["properties"]
    assert list(sent["properties"]) == [
        "displayName",
        "description",
        "policyDefinitionId",
        "definitionVersion",
        "enforcementMode",
        "parameters",
        "overrides",
        "resourceSelectors",
        "notScopes",
        "metadata",
        "somethingNew",
    ]
    assert sent["properties"]["metadata"] == {
        "safeguardsLevel": "Enforcement",
        "safeguardsVersion": "v2.0.0",
        "safeguardsOverrides": body["properties"]["metadata"]["safeguardsOverrides"],
        "assignedBy": "somebody",
        "parameterScopes": {"a": "b"},
        "nothing": None,
    }


def test_the_body_is_a_copy():
    body = updated(None, Change(Level.WARNING))
    sendable(body)["properties"]["parameters"].clear()
    assert body["properties"]["parameters"]


def test_metadata_of_the_service_alone_is_none():
    body = foreign_assignment()
    assert set(body["properties"]["metadata"]) == {"createdBy", "createdOn", "updatedBy", "updatedOn"}
    assert "metadata" not in sendable(body)["properties"]


@pytest.mark.parametrize(
    ("found", "sent"),
    [
        (None, None),
        ({"type": "None"}, None),
        ({"type": "SystemAssigned", "principalId": "p", "tenantId": "t"}, {"type": "SystemAssigned"}),
        (
            {"type": "UserAssigned", "userAssignedIdentities": {"/x": {"principalId": "p"}}},
            {"type": "UserAssigned", "userAssignedIdentities": {"/x": {}}},
        ),
    ],
)
def test_identities_without_what_the_service_says_about_them(found, sent):
    body = {**updated(None, Change(Level.WARNING)), "identity": found, "location": "westeurope"}
    assert sendable(body).get("identity") == sent
    assert sendable(body)["location"] == "westeurope"


def test_only_a_system_assigned_identity_is_warned_about():
    body = updated(None, Change(Level.WARNING))
    assert cautions(content(body)) == []
    (caution,) = cautions(content({**body, "identity": {"type": "SystemAssigned"}}))
    assert "role assignments" in caution
    named = {"type": "UserAssigned", "userAssignedIdentities": {"/x": {}}}
    assert cautions(content({**body, "identity": named})) == []


def test_strings_that_unicode_normalization_changes_are_found_wherever_they_are():
    body = updated(None, Change(Level.WARNING))
    assert unnormalized(content(body)) == []
    body["properties"]["displayName"] = "caf\u00e9"
    assert unnormalized(content(body)) == []
    body["properties"]["displayName"] = "cafe\u0301"
    body["properties"]["parameters"]["x"] = {"value": [{"e\u0301": 1}]}
    assert unnormalized(content(body)) == ["cafe\u0301", "e\u0301"]


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        (updated(None, Change(Level.WARNING, "v1.0.0")), "level Warning, version v1.0.0, initiative 2.1.*"),
        (updated(None, Change(Level.OFF)), "level Off, version v2.0.0, initiative 2.1.*, mode DoNotEnforce"),
        (foreign_assignment(pin="1.9.*-preview"), "no level of its own, initiative 1.9.*-preview"),
        (foreign_assignment(pin="9\nrm -rf"), "no level of its own, initiative 9?rm -rf"),
    ],
)
def test_the_summary_is_one_plain_line(body, summary):
    body["properties"].setdefault("policyDefinitionId", INITIATIVE)
    assert content(body).summary == summary
