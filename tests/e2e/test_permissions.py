# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the caller may do is looked at before anything is written."""

from __future__ import annotations

import pytest

UPDATE = "aks update -g rg -n c1 --safeguards-level Warning"
CREATE = "aks create -g rg -n c2 --no-ssh-key --enable-addons azure-policy --safeguards-level Warning"
A = "Microsoft.Authorization"
READ, WRITE = f"{A}/policyAssignments/read", f"{A}/policyAssignments/write"
PERMISSIONS = "Microsoft.Authorization/permissions$"


def rule(*actions, without=(), **more):
    return {"actions": list(actions), "notActions": list(without), **more}


ENOUGH = {
    "the two and nothing else of policy": [rule("Microsoft.ContainerService/*"), rule(READ, WRITE)],
    "a wildcard in the middle": [rule("*/read"), rule(f"{A}/policy*/write")],
    "a wildcard for the rest": [rule("*/read", f"{A}/policyAssignments/*")],
    "other capitals": [rule("*/READ", WRITE.upper()), rule("microsoft.containerservice/*")],
    "what one role leaves out another gives": [rule("*", without=[f"{A}/*/Write"]), rule(WRITE)],
    "a condition on a role": [rule("*", condition="@Resource[x] StringEquals 'y'", conditionVersion="2.0")],
    "notActions about something else": [rule("*", without=[f"{A}/roleAssignments/*", f"{A}/elevateAccess/Action"])],
}
LACKING = {
    "write": ([rule("*", without=[WRITE])], [WRITE]),
    "write by a wildcard": ([rule("*", without=[f"{A}/*/Write"])], [WRITE]),
    "write because nobody gives it": ([rule("*/read"), rule("Microsoft.ContainerService/*")], [WRITE]),
    "a longer name is another": ([rule("*/read", f"{WRITE}/extra", "policyAssignments/write")], [WRITE]),
    "a dot is a dot": ([rule("*/read", "MicrosoftXAuthorization/policyAssignments/write")], [WRITE]),
    "one role gives and takes": ([rule("*", WRITE, without=[WRITE])], [WRITE]),
}


@pytest.mark.parametrize("name", ENOUGH)
@pytest.mark.parametrize("line", [UPDATE, CREATE])
def test_permissions_that_suffice(warm, box, cluster, name, line):
    answered(box, ENOUGH[name])
    assert warm(line).profile["level"] == "Warning"


@pytest.mark.parametrize("name", LACKING)
@pytest.mark.parametrize(("line", "place"), [(UPDATE, "cluster 'c1'"), (CREATE, "group 'rg'")])
def test_permissions_that_do_not(warm, box, cluster, name, line, place):
    rules, missing = LACKING[name]
    answered(box, rules)
    refused = warm(line, code=None)
    assert refused.writes == []
    assert len(refused.errors) == 1
    assert all(action in refused.errors[0] for action in missing)
    assert READ not in refused.errors[0]
    assert place in refused.errors[0]
    assert "Resource Policy Contributor" in refused.err
    assert len(box.clusters) == 1


def test_both_are_named_where_both_are_missing(warm, box, cluster):
    answered(box, [rule("Microsoft.ContainerService/*")])
    refused = warm(UPDATE, code=None)
    assert f"{READ} and {WRITE}" in refused.errors[0]


def test_reading_alone_may_be_missing(warm, box, cluster):
    answered(box, [rule("*", without=[READ])])
    refused = warm(UPDATE, code=None)
    assert READ in refused.errors[0]
    assert WRITE not in refused.errors[0]


def test_a_missing_permission_is_told_with_all_other_problems(warm, box):
    box.add_cluster("rg", "c1", azure_policy=False)
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    box.providers.set_state("Microsoft.PolicyInsights", "NotRegistered")
    answered(box, LACKING["write"][0])
    refused = warm(UPDATE, code=None)
    assert len(refused.errors) == 1
    for part in ("SafeguardsPreview", "Microsoft.PolicyInsights", "azure-policy add-on", WRITE):
        assert part in refused.errors[0]
    assert [f"({number})" in refused.errors[0] for number in (1, 2, 3, 4, 5)] == [True, True, True, True, False]


@pytest.mark.parametrize("line", [UPDATE, CREATE])
@pytest.mark.parametrize("status", [403, 500])
def test_permissions_that_cannot_be_read_are_a_warning(warm, box, cluster, line, status):
    box.faults.add("GET", PERMISSIONS, status=status, times=None)
    done = warm(line)
    assert done.profile["level"] == "Warning"
    assert "WARNING: Could not read your permissions; going on without." in done.err.splitlines()


def test_an_empty_list_says_nothing(warm, box, cluster):
    answered(box, [])
    done = warm(UPDATE)
    assert (done.profile["level"], done.err) == ("Warning", "")


def answered(box, rules):
    """Has the permissions API answer this; the service itself lets everything through."""
    box.backends.permissions.documents = lambda: rules
