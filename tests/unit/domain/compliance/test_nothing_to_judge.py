# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What must not be taken for compliance: nothing judged, off by exemption, scanned before the last change."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.assignment.currency import Currency
from azext_safeguards.domain.compliance.exempted import Exempted
from azext_safeguards.domain.compliance.found import Nothing
from azext_safeguards.domain.compliance.states import Counts, State
from azext_safeguards.domain.compliance.summary import compliance_of
from azext_safeguards.domain.level import Level
from tests.unit.bodies import CLUSTER_ID
from tests.unit.domain.compliance.test_summary import (
    LATEST,
    PROBES,
    assignment,
    by_name,
    component,
    counted_member,
    state,
    summary,
    the_others,
)

# The assignment of tests.unit.bodies was last written on 2026-02-03, the states of test_summary are of 2026-03-01.
WRITTEN, LATER = "2026-02-03T04:05:06.789Z", "2026-04-01T00:00:00Z"


def test_a_cluster_without_a_judged_object_is_not_compliant():
    states = [state(PROBES), state(LATEST)]
    found = compliance_of(assignment(), summary(counted_member(PROBES, compliant=1)), states, [])
    assert (found.state, found.nothing) == (State.NOT_EVALUATED, None)
    every = [state(policy.reference_id) for policy in found.policies]
    empty = compliance_of(assignment(), {}, every, [])
    assert (empty.state, empty.nothing) == (State.NOTHING_TO_JUDGE, Nothing.NO_OBJECTS)
    assert {policy.state for policy in empty.policies if policy.judges} == {State.NOTHING_TO_JUDGE}
    # Not known what there is: Azure Policy's own word stands.
    assert compliance_of(assignment(), {}, every, None).state is State.COMPLIANT


def test_a_policy_without_objects_beside_others_that_have_some():
    states = [state(PROBES), state(LATEST)]
    found = by_name(compliance_of(assignment(), {}, states, [component(PROBES, "a/b", "Compliant")]))
    assert (found["probes"].state, found["no-latest-tag"].state) == (State.COMPLIANT, State.NOTHING_TO_JUDGE)
    # Where no object is named that complies, nobody knows whether those are named at all.
    found = by_name(compliance_of(assignment(), {}, [state(PROBES, "NonCompliant"), state(LATEST)],
                                  [component(PROBES, "a/b")]))  # fmt: skip
    assert found["no-latest-tag"].state is State.COMPLIANT


def test_what_is_kept_away_from_the_cluster_judges_nothing_whatever_was_found_before():
    body = dict(assignment().body)
    body["properties"] = {**body["properties"], "notScopes": [CLUSTER_ID]}
    states, objects = [state(PROBES, "NonCompliant")], [component(PROBES, "a/b")]
    found = compliance_of(assignment(body=body), summary(counted_member(PROBES, noncompliant=1)), states, objects)
    assert (found.state, found.nothing, found.away) == (State.NOTHING_TO_JUDGE, Nothing.KEPT_AWAY, "notScopes")
    assert (found.findings, found.objects, found.last_scan) == ((), Counts(), "2026-03-01T10:00:00Z")
    probes = by_name(found)["probes"]
    assert (probes.does, probes.origin, probes.action) == ("off", "notScopes", "does nothing")
    assert {policy.state for policy in found.policies} == {State.NOTHING_TO_JUDGE}


def test_what_is_not_enforced_is_judged_all_the_same():
    body = dict(assignment().body)
    body["properties"] = {**body["properties"], "enforcementMode": "DoNotEnforce"}
    found = compliance_of(assignment(body=body), {}, the_others(assignment()), [component(PROBES, "a/b", "Compliant")])
    assert (found.state, by_name(found)["probes"].does) == (State.COMPLIANT, "audit")


def test_off_judges_nothing():
    found = compliance_of(assignment(Level.OFF), {}, [state(PROBES)], [])
    assert (found.state, found.nothing, found.policies) == (State.NOTHING_TO_JUDGE, Nothing.OFF, ())


@pytest.mark.parametrize("references", [{"*"}, {PROBES.lower()}])
def test_what_is_exempt_now_is_off_whatever_the_scan_said(references):
    exempted = Exempted(frozenset(references), (LATER,), True)
    states = [state(PROBES, "NonCompliant"), state(LATEST)]
    objects = [component(PROBES, "a/b"), component(LATEST, "a/b", "Compliant")]
    states += the_others(assignment(), *states)
    found = compliance_of(assignment(), {}, states, objects, exempted)
    probes = by_name(found)["probes"]
    assert (probes.does, probes.origin, probes.action) == ("off", "exemption", "does nothing")
    assert (probes.state, probes.components) == (State.EXEMPT, Counts(exempt=1))
    assert found.state is (State.EXEMPT if "*" in references else State.COMPLIANT)
    assert found.currency == Currency(LATER, True)


def test_what_is_reported_exempt_and_is_not_was_scanned_before_that():
    states = [state(PROBES, "Exempt"), state(LATEST)]
    objects = [component(LATEST, "a/b", "Compliant")]
    late = compliance_of(assignment(), {}, states, objects, Exempted(is_known=True))
    assert (late.currency, by_name(late)["probes"].does) == (Currency(WRITTEN, True), "deny")
    unread = compliance_of(assignment(), {}, states, objects)
    assert unread.currency == Currency(WRITTEN, False)
    never = compliance_of(assignment(), {}, [], [], Exempted(is_known=True))
    assert never.currency == Currency(WRITTEN, None)
