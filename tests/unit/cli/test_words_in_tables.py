# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Tables say what policies do in our words; JSON has Azure's effects beside them."""

from __future__ import annotations

from azext_safeguards.cli.az.plans import change_output, changes_table
from azext_safeguards.cli.many._format import many_table
from azext_safeguards.cli.profile._format import fleet_table, profile_table
from azext_safeguards.domain.assignment.differences import Difference

POLICY = Difference("policy probes", "Audit", "Deny", ("warn", "deny"))
LEVEL = Difference("level", None, "Enforcement")
CHANGES = [change_output(LEVEL), change_output(POLICY)]
PROFILE = {"cluster": "c", "resourceGroup": "g", "level": "Enforcement", "version": "v2.0.0", "drift": []}
PROFILE |= {
    "excludedNamespaces": [],
    "doesByPolicy": {"probes": "deny"},
    "suspended": None,
    "enforcementMode": "Default",
}
ROW = {"cluster": "c", "resourceGroup": "g", "subscription": "s", "subscriptionName": None, "owner": "Assignment"}
ROW |= {"level": "Enforcement", "enforcementMode": "Default", "suspended": None, "version": "v2.0.0"}
ROW |= {"excludedNamespaces": 0, "azurePolicyAddon": True, "drift": [], "nonCompliantPolicies": 0, "outdated": None}


def test_a_change_of_a_policy():
    assert CHANGES[0] == {"field": "level", "before": None, "after": "Enforcement"}
    assert CHANGES[1]["doesBefore"] == "warn"
    assert (CHANGES[1]["before"], CHANGES[1]["after"]) == ("Audit", "Deny")
    assert [list(row.values()) for row in changes_table({"changes": CHANGES})] == [
        ["level", "-", "Enforcement"],
        ["policy probes", "warn", "deny"],
    ]


def test_a_change_of_a_policy_on_several_clusters():
    one = {**ROW, "result": "Changed", "error": None, "changes": CHANGES}
    assert many_table([one])[0]["Changes"] == "level: - -> Enforcement; policy probes: warn -> deny"


def test_what_was_chosen_on_the_clusters_of_a_fleet():
    choices = ["probes=Audit", "memoryLimit=Audit"]
    assert fleet_table([{**ROW, "choices": choices}])[0]["Choices"] == "probes=warn, memoryLimit=Audit"
    assert fleet_table([{**ROW, "choices": ["a", "b", "c"]}])[0]["Choices"] == 3


def test_the_mode_is_told_where_nothing_else_tells_it():
    suspended = {"by": "me", "at": "now", "reason": "INC-1"}
    for more, mode in [
        ({}, "-"),
        ({"enforcementMode": "DoNotEnforce"}, "DoNotEnforce"),
        ({"enforcementMode": "DoNotEnforce", "level": "Off"}, "-"),
        ({"enforcementMode": "DoNotEnforce", "suspended": suspended}, "-"),
    ]:
        assert profile_table({**PROFILE, **more})[0]["Mode"] == mode


def test_the_reason_of_a_suspension_is_cut_last():
    suspended = {"by": "me", "at": "now", "reason": "INC-1"}
    for more, text in [({}, "INC-1, by me now"), ({"reason": ""}, "by me now"), ({"by": ""}, "INC-1, by somebody now")]:
        assert profile_table({**PROFILE, "suspended": {**suspended, **more}})[0]["Suspended"] == text
