# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Each refusal of Resource Manager has its own way out; the texts are those that the sandbox gives."""

from __future__ import annotations

import shlex

import pytest
from azure.cli.core import azclierror
from azure.core.exceptions import AzureError, ServiceResponseError

from azext_safeguards.cli.az.errors import request_failed, write_failed
from azext_safeguards.cli.az.refusals import way_out
from azext_safeguards.services import resources
from azext_safeguards.services.lookup import NotDoneError, NotKnownError
from sandbox import Sandbox
from sandbox.core.refusals import FORBIDDING, REFUSALS
from tests.unit.bodies import CLUSTER_ID, SUBSCRIPTION
from tests.unit.services.ready import ASSIGNMENT, CLUSTER
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error
from tests.unit.services.sandboxed import sandboxed

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
GRANT = 'az role assignment create --role {role} --assignee "$(az account show --query user.name -o tsv)" --scope '
POLICY = "'Resource Policy Contributor'"


def refusal(name, method="PUT", path="policyAssignments/"):
    """The error for a request that the sandbox refuses."""
    box = Sandbox()
    box.add_cluster("rg", "c1")
    box.faults.add(method, path, refusal=name, times=None)
    calls = {
        "PUT": lambda arm: resources.put_assignment(arm, CLUSTER, {"properties": {}}),
        "GET": lambda arm: resources.get_assignment(arm, CLUSTER),
        "POST": lambda arm: resources.register_provider(arm, "Microsoft.PolicyInsights"),
    }
    with pytest.raises(AzureError) as caught:
        calls[method](sandboxed(box))
    assert len(box.journal) == (2 if REFUSALS[name][0] == 401 else 1)
    return caught.value


@pytest.mark.parametrize(
    ("name", "sentence", "command"),
    [
        ("RequestDisallowedByPolicy", f"'{FORBIDDING}' forbids it",
         "az policy exemption create --name safeguards-1 --exemption-category Waiver --policy-assignment "
         f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/{FORBIDDING} --scope {CLUSTER_ID}"),
        ("ScopeLocked", f"A lock on {GROUP} forbids it",
         f"az lock list --resource-group rg --subscription {SUBSCRIPTION} -o table"),
        ("MissingSubscriptionRegistration", "The resource provider Microsoft.Authorization is not registered",
         f"az provider register --namespace Microsoft.Authorization --wait --subscription {SUBSCRIPTION}"),
        ("AuthorizationFailed", f"You lack Microsoft.Authorization/policyAssignments/write on {CLUSTER_ID}.",
         GRANT.format(role=POLICY) + CLUSTER_ID),
        ("LinkedAuthorizationFailed", "(the request links to that)",
         GRANT.format(role="Reader") + "/providers/Microsoft.Authorization/policySetDefinitions/linked"),
        ("InvalidAuthenticationToken", "The sign-in has expired", "az login"),
        ("ExpiredAuthenticationToken", "The sign-in has expired", "az login"),
        ("InvalidAuthenticationTokenTenant", "another tenant",
         "az login --tenant 00000000-0000-4000-8000-00000000000b"),
        ("SubscriptionNotFound", f"The subscription {SUBSCRIPTION} does not exist",
         "az account list --all --refresh -o table"),
        ("ReadOnlyDisabledSubscription", "is disabled",
         f"az account show --subscription {SUBSCRIPTION} --query state -o tsv"),
        ("PolicyAssignmentQuotaExceeded", "A limit of Azure is reached",
         f"az policy assignment list --scope {CLUSTER_ID} -o table"),
    ],
)  # fmt: skip
def test_a_refused_write_has_its_own_way_out(name, sentence, command):
    told = write_failed(refusal(name), "Nothing was touched.", ["az again"])
    text = str(told)
    assert text.startswith("Nothing was touched. The safeguards assignment was not written:")
    assert sentence in text
    assert f"({name})" in text
    assert told.recommendations[0] == command
    assert told.recommendations[-1] == "az again"
    assert all(shlex.split(line) for line in told.recommendations)


@pytest.mark.parametrize(
    ("method", "path", "action", "role"),
    [
        ("GET", "policyAssignments/", "Microsoft.Authorization/policyAssignments/read", "Reader"),
        ("POST", "/register$", "Microsoft.PolicyInsights/register/action", "Contributor"),
    ],
)
def test_what_a_read_or_a_registration_lacks(method, path, action, role):
    way = way_out(refusal("AuthorizationFailed", method, path))
    assert f"You lack {action} on " in way.sentence
    assert f"The role '{role}' has it" in way.sentence
    assert "docs/permissions.md" in way.sentence


def test_an_action_that_azure_does_not_name_is_told_from_the_request():
    service = ResourceManager().on("GET", ASSIGNMENT, error(403, "AuthorizationFailed", "No."))
    with pytest.raises(AzureError) as caught:
        resources.get_assignment(client(service), CLUSTER)
    assert f"You lack Microsoft.Authorization/policyAssignments/read on {CLUSTER_ID}." in way_out(caught.value).sentence


def test_a_provider_that_azure_does_not_name_is_told_from_the_request():
    path = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.PolicyInsights"
    service = ResourceManager().on("GET", path, error(409, "MissingSubscriptionRegistration", "No."))
    with pytest.raises(AzureError) as caught:
        resources.get_provider_state(client(service), "Microsoft.PolicyInsights")
    way = way_out(caught.value)
    assert way.sentence == "The resource provider Microsoft.PolicyInsights is not registered in the subscription."
    assert way.commands[0].startswith("az provider register --namespace Microsoft.PolicyInsights --wait")


def test_reading_a_provider_takes_an_action_of_the_subscription():
    path = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.PolicyInsights"
    service = ResourceManager().on("GET", path, error(403, "AuthorizationFailed", "No."))
    with pytest.raises(AzureError) as caught:
        resources.get_provider_state(client(service), "Microsoft.PolicyInsights")
    said = f"You lack Microsoft.Resources/subscriptions/providers/read on /subscriptions/{SUBSCRIPTION}."
    assert said in way_out(caught.value).sentence


def test_throttling_after_the_last_try_names_the_time():
    busy = error(429, "SubscriptionRequestsThrottled", "Slow down.", headers={"Retry-After": "3600"})
    with pytest.raises(AzureError) as caught:
        resources.get_assignment(client(ResourceManager().on("GET", ASSIGNMENT, busy)), CLUSTER)
    told = request_failed(caught.value, "Nothing was changed.", ["az again"])
    assert "asks to wait 60 minutes" in str(told)
    assert told.recommendations == ["az again"]


def test_an_unknown_code_keeps_the_words_of_the_service():
    service = ResourceManager().on("PUT", ASSIGNMENT, error(400, "NeverSeen", "Words of the service."))
    with pytest.raises(AzureError) as caught:
        resources.put_assignment(client(service), CLUSTER, {"properties": {}})
    told = write_failed(caught.value, "The cluster was updated.", ["az again"])
    assert isinstance(told, azclierror.BadRequestError)
    assert str(told) == (
        "The cluster was updated. The safeguards assignment was not written: (NeverSeen) Words of the service."
    )
    assert told.recommendations == ["az again"]


def test_a_write_that_was_looked_up_is_told_as_not_done():
    told = write_failed(NotDoneError(ServiceResponseError("The connection was lost.")), "Done.", ["az again"])
    assert str(told) == "Done. The safeguards assignment was not written: The connection was lost."


def test_a_write_that_could_not_be_looked_up_is_told_as_not_known():
    told = write_failed(NotKnownError(ServiceResponseError("The connection was lost."), "No."), "Done.", ["az again"])
    assert str(told).startswith("Done. It is not known whether the safeguards assignment was written")


@pytest.mark.parametrize(
    "body",
    [
        {
            "code": "RequestDisallowedByPolicy",
            "message": "No.",
            "additionalInfo": [{"type": "PolicyViolation", "info": 5}],
        },
        {"code": "RequestDisallowedByPolicy", "message": "No.", "additionalInfo": {"a": 1}},
        {"code": "ScopeLocked", "message": "locked: '\x1b[2J'"},
        {"code": "ScopeLocked", "message": None},
        {"code": "AuthorizationFailed", "message": "action '$(reboot)' over scope '$(reboot)'"},
        {"code": "MissingSubscriptionRegistration", "message": "use namespace '$(reboot)'."},
        {"code": "LinkedAuthorizationFailed", "details": [{"code": "X", "target": "`reboot`"}]},
    ],
)
def test_a_hostile_refusal_makes_no_hostile_command(body):
    service = ResourceManager().on("PUT", ASSIGNMENT, Answer(409, {"error": body}))
    with pytest.raises(AzureError) as caught:
        resources.put_assignment(client(service), CLUSTER, {"properties": {}})
    for command in write_failed(caught.value, "Done.", ["az again"]).recommendations:
        assert command.isprintable()
        words = shlex.split(command.replace('"$(az account show --query user.name -o tsv)"', "me"))
        assert words[0] == "az"
        plain = command.replace("'$(reboot)'", "")
        assert "$(reboot)" not in plain
        assert "`" not in plain
