# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What --fail-on of `compliance show` takes for a pass, and what is told beside the result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from azext_safeguards.cli.compliance.verdict import failure, remark, summary_line
from azext_safeguards.domain.assignment.currency import Currency
from azext_safeguards.domain.assignment.profile import profile_of
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.compliance.found import Nothing
from azext_safeguards.domain.compliance.states import State
from azext_safeguards.domain.compliance.summary import compliance_of
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from azext_safeguards.services.compliance import Reading
from tests.unit.bodies import SUBSCRIPTION
from tests.unit.domain.compliance.test_summary import PROBES, assignment, component, state, the_others

CLUSTER = ClusterRef(SUBSCRIPTION, "rg", "c1")
COMMAND = "az aks safeguards compliance show -g rg -n c1"
LATE = Currency("2026-04-01T00:00:00.5Z", True)


def reading(*objects, level=Level.ENFORCEMENT, result="Compliant", complete=True, **changed):
    one = assignment(level)
    told = [state(PROBES, result), *(the_others(one, state(PROBES)) if complete else [])]
    found = compliance_of(one, {}, told, objects)
    return Reading(replace(found, **changed), profile_of(one, Definitions()), one.body, None)


FINE = component(PROBES, "a/b", "Compliant")


def said(found, fail_on="error", scanned=False):
    strict = fail_on == "warning"
    return failure(found, CLUSTER, COMMAND, is_strict=strict, scanned=scanned)


def told(found, *, failed=False, scanned=False):
    lines = []
    remark(found, CLUSTER, COMMAND, lines.append, scanned=scanned, failed=failed)
    return lines


def test_what_complies_passes_in_silence():
    found = reading(FINE)
    assert (said(found), said(found, "warning"), told(found)) == (None, None, [])
    assert summary_line(found.compliance, CLUSTER).endswith("0 of 13 policies are not complied with; last scan "
                                                            "2026-03-01T10:00:00Z")  # fmt: skip


def test_a_scan_before_the_last_change_is_no_pass():
    found = reading(FINE, currency=LATE)
    message, ways = said(found)
    assert "scanned before the last change of its safeguards (scanned 2026-03-01T10:00:00Z, changed" in message
    assert ways == [f"{COMMAND} --scan --fail-on error"]
    (line,) = told(found)
    assert line.endswith(f"Scan it anew: {COMMAND} --scan")
    assert told(found, failed=True) == []
    assert "before the last change" in summary_line(found.compliance, CLUSTER)


def test_a_scan_that_brought_nothing_newer_is_not_asked_for_again():
    found = reading(FINE, currency=LATE)
    message, ways = said(found, scanned=True)
    assert "the scan that has ended brought nothing newer" in message
    assert ways == [f"{COMMAND} --fail-on error"]
    assert "--scan" not in told(found, scanned=True)[0]


def test_an_exemption_that_is_gone_has_no_time():
    message, _ = said(reading(FINE, currency=Currency("2026-02-03T04:05:06.789Z", True)))
    assert "(scanned 2026-03-01T10:00:00Z)" in message


def test_what_fails_and_is_old_says_both():
    message, ways = said(reading(component(PROBES, "a/b"), FINE, result="NonCompliant", currency=LATE))
    assert "does not comply with probes." in message
    assert "scanned before the last change" in message
    assert ways == [f"{COMMAND} --scan --fail-on error", f"{COMMAND} --details -o table"]


@pytest.mark.parametrize("fail_on", ["error", "warning"])
def test_a_cluster_that_nothing_judges_is_no_pass(fail_on):
    off = reading(level=Level.OFF, currency=LATE)
    message, ways = said(off, fail_on)
    assert message == "No policy of the safeguards of the cluster 'c1' is on, so there is nothing to judge."
    assert ways == ["az aks update -g rg -n c1 --safeguards-level Warning"]
    assert told(off) == [message]
    away = reading(nothing=Nothing.KEPT_AWAY, away="notScopes", state=State.NOTHING_TO_JUDGE)
    message, ways = said(away, fail_on)
    assert "there is nothing to judge: its assignment is kept away from it by its notScopes." in message
    assert ways == ["az aks safeguards diagnose -g rg -n c1 -o table"]


def test_a_cluster_without_objects_passes_but_not_with_warning():
    empty = reading(nothing=Nothing.NO_OBJECTS, state=State.NOTHING_TO_JUDGE)
    assert said(empty) is None
    assert "names no object" in said(empty, "warning")[0]
    assert "nothing to judge" in told(empty)[0]
    old = replace(empty, compliance=replace(empty.compliance, currency=LATE))
    assert "scanned before the last change" in said(old)[0]
    assert len(told(old)) == 2


@pytest.mark.parametrize("result", ["Compliant", "Unknown", "Exempt"])
def test_what_is_evaluated_in_part_is_no_pass_and_says_what_is_left(result):
    found = reading(FINE, complete=False, result=result)
    message, ways = said(found)
    assert "Azure Policy has not evaluated 12 of 13 policies on the cluster 'c1' yet: no-node-edits, " in message
    assert ways == [f"{COMMAND} --scan --fail-on error"]
    (line,) = told(found)
    assert line.endswith(f"Scan it anew: {COMMAND} --scan")
    assert ", 12 are not evaluated yet; last scan" in summary_line(found.compliance, CLUSTER)
    broken, _ = said(reading(component(PROBES, "a/b"), complete=False, result="NonCompliant"))
    assert "does not comply with probes" in broken
