# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.domain.permissions import READ_ASSIGNMENT, WRITE_ASSIGNMENT, allows


def test_the_two_actions_are_the_documented_ones():
    assert READ_ASSIGNMENT == "Microsoft.Authorization/policyAssignments/read"
    assert WRITE_ASSIGNMENT == "Microsoft.Authorization/policyAssignments/write"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", True),
        ("*/write", True),
        ("*/WRITE", True),
        ("Microsoft.Authorization/*", True),
        ("Microsoft.Authorization/policyAssignments/*", True),
        ("Microsoft.Authorization/*/write", True),
        ("microsoft.authorization/policyassignments/write", True),
        ("Microsoft.*/policy*/w*e", True),
        ("*/read", False),
        ("Microsoft.Authorization/policyAssignments", False),
        ("Microsoft.Authorization/policyAssignments/write/action", False),
        ("Microsoft.AuthorizationX/policyAssignments/write", False),
        ("MicrosoftXAuthorization/policyAssignments/write", False),
        ("policyAssignments/write", False),
        ("Microsoft.Authorization/roleAssignments/*", False),
        ("[a-z]*", False),
        ("", False),
    ],
)
def test_patterns(pattern, expected):
    assert allows([{"actions": [pattern], "notActions": []}], WRITE_ASSIGNMENT) is expected
    # The same pattern takes it away again.
    assert allows([{"actions": ["*"], "notActions": [pattern]}], WRITE_ASSIGNMENT) is not expected


def test_what_one_role_leaves_out_another_may_give():
    contributor = {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}
    policy = {"actions": ["Microsoft.Authorization/policyAssignments/*"], "notActions": []}
    assert not allows([contributor], WRITE_ASSIGNMENT)
    assert allows([contributor, policy], WRITE_ASSIGNMENT)
    assert allows([policy, contributor], WRITE_ASSIGNMENT)
    assert allows([contributor], READ_ASSIGNMENT)


@pytest.mark.parametrize(
    "role", [{}, {"actions": None}, {"actions": []}, {"dataActions": ["*"]}, {"actions": [], "notActions": ["*"]}]
)
def test_a_role_without_actions_gives_nothing(role):
    assert not allows([role], WRITE_ASSIGNMENT)


def test_without_roles_nothing_is_allowed():
    assert not allows([], WRITE_ASSIGNMENT)


def test_a_condition_is_not_evaluated():
    role = {"actions": ["*"], "condition": "@Resource[x] StringEquals 'y'", "conditionVersion": "2.0"}
    assert allows([role], WRITE_ASSIGNMENT)
