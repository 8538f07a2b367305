# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What exemptions turn off, and when they changed anything."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from azext_safeguards.domain.compliance.exempted import NOTHING_KNOWN, Exempted, exempted_by
from tests.unit.bodies import CLUSTER_ID, NAME

OURS = f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyAssignments/{NAME}"
NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
WRITTEN, PAST, FUTURE = "2026-02-01T00:00:00Z", "2026-03-01T11:59:59.9Z", "2026-03-01T12:00:00.1Z"


def exemption(*references, category="Waiver", expires=None, owner=OURS, written=WRITTEN):
    properties = {"policyAssignmentId": owner, "exemptionCategory": category, "expiresOn": expires}
    if references:
        properties["policyDefinitionReferenceIds"] = list(references)
    return {"name": "one", "properties": properties, "systemData": {"lastModifiedAt": written}}


@pytest.mark.parametrize("category", ["Waiver", "Mitigated"])
def test_single_policies_and_all(category):
    some = exempted_by([exemption("imagesDoNotUseLatest", category=category)], OURS, NOW)
    assert (some.references, some.changes, some.is_known) == ({"imagesdonotuselatest"}, (WRITTEN,), True)
    assert some.covers("ImagesDoNotUseLatest")
    assert not some.covers("probes")
    whole = exempted_by([exemption(category=category, owner=OURS.upper())], OURS, NOW)
    assert whole.covers("probes")


def test_an_exemption_that_ended_does_nothing_but_was_a_change():
    ended = exempted_by([exemption("a", expires=PAST)], OURS, NOW)
    assert (ended.references, ended.changes) == (frozenset(), (WRITTEN, PAST))
    assert exempted_by([exemption("a", expires=FUTURE)], OURS, NOW).changes == (WRITTEN,)


def test_what_is_not_about_the_assignment_or_was_not_read():
    assert exempted_by([exemption(owner=f"{OURS}-2")], OURS, NOW) == Exempted(is_known=True)
    assert exempted_by(None, OURS, NOW) == NOTHING_KNOWN
    assert exempted_by([exemption(written={"odd": 1})], OURS, NOW).changes == ()
