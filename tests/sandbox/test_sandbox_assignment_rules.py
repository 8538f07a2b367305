# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the policy service refuses in an assignment."""

from __future__ import annotations

import copy
from typing import Any

import pytest

SET = "/providers/Microsoft.Authorization/policySetDefinitions/"
PUBLIC = "c047ea8e-9c78-49b2-958b-37e56d291a44"


def with_properties(body: dict[str, Any], **properties: Any) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    changed["properties"].update(properties)
    return changed


def test_body_must_be_json(send, path):
    answer = send("PUT", path, data="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "InvalidRequestContent"


@pytest.mark.parametrize("sent", [{}, {"properties": {}}, {"properties": {"policyDefinitionId": None}}, []])
def test_definition_id_is_required(refused, sent):
    message = refused(sent, "InvalidRequestContent")
    assert message.startswith("The request content was invalid and could not be deserialized: '")


@pytest.mark.parametrize(
    ("identifier", "code", "kind"),
    [
        (f"{SET}00000000-0000-0000-0000-000000000000", "PolicySetDefinitionNotFound", "policy set definition"),
        ("/providers/Microsoft.Authorization/policyDefinitions/nope", "PolicyDefinitionNotFound", "policy definition"),
        (f"/subscriptions/5a4dbc00-1111-4000-8000-000000000000{SET}{PUBLIC}", "PolicySetDefinitionNotFound",
         "policy set definition"),
        ("nonsense", "PolicyDefinitionNotFound", "policy definition"),
    ],
)  # fmt: skip
def test_unknown_definition_is_400_on_put(refused, body, identifier, code, kind):
    message = refused(with_properties(body, policyDefinitionId=identifier), code)
    assert message == f"The policy assignment create request is invalid. The {kind} '{identifier}' could not be found."


def test_undefined_parameters_in_request_order(refused, body, parameters):
    sent = {"parm2": {"value": 1}, **parameters, "parm1": {"value": 2}}
    assert refused(with_properties(body, parameters=sent), "UndefinedPolicyParameter") == (
        "The policy assignment 'mine' has the parameter(s) 'parm2,parm1' which are not defined in the policy "
        f"definition '{PUBLIC}'."
    )


def test_missing_parameters(refused, body):
    message = refused(with_properties(body, parameters={"cpuLimit": {"value": "1"}}), "MissingPolicyParameter")
    assert "'allowedUsers,allowedGroups,memoryLimit,labels,allowedContainerImagesRegex,reservedTaints'" in message


def test_each_version_has_its_own_parameters(send, path, refused, body, parameters):
    on_three = with_properties(body, definitionVersion="3.0.*")
    assert "'cpuLimit,memoryLimit'" in refused(on_three, "UndefinedPolicyParameter")
    for name in ("cpuLimit", "memoryLimit"):
        del on_three["properties"]["parameters"][name]
    assert send("PUT", path, on_three).status_code == 201


def test_parameter_names_match_whatever_their_case_and_echo_as_sent(send, path, body, parameters):
    parameters["CPULIMIT"] = parameters.pop("cpuLimit")
    answer = send("PUT", path, with_properties(body, parameters=parameters))
    assert answer.status_code == 201
    assert "CPULIMIT" in answer.json()["properties"]["parameters"]


@pytest.mark.parametrize("wrong", ["bare", {"valu": 1}, {"value": "1", "more": 1}, None])
def test_parameter_must_be_wrapped(refused, body, parameters, wrong):
    parameters["cpuLimit"] = wrong
    refused(with_properties(body, parameters=parameters), "InvalidPolicyParameterValue")


@pytest.mark.parametrize(
    ("name", "value"),
    [("cpuLimit", 5), ("labels", "x"), ("warn", "true"), ("warn", 1), ("messages", []), ("excludedNamespaces", {})],
)
def test_types(refused, body, parameters, name, value):
    parameters[name] = {"value": value}
    refused(with_properties(body, parameters=parameters), "InvalidPolicyParameterValue")


@pytest.mark.parametrize(("name", "value"), [("effect", "audit"), ("effectForMutationPolicies", "Deny")])
def test_allowed_values_of_the_initiative(refused, body, parameters, name, value):
    parameters[name] = {"value": value}
    refused(with_properties(body, parameters=parameters), "PolicyParameterValueNotAllowed")


def test_deny_does_not_pass_the_mutation_notices_since_1_9(send, path, refused, body, parameters):
    parameters["effect"] = {"value": "Deny"}
    message = refused(with_properties(body, parameters=parameters), "PolicyParameterValueNotAllowed")
    assert "printMutationsAnnotations" in message
    older = with_properties(body, parameters=parameters, definitionVersion="1.8.*-preview")
    assert send("PUT", path, older).status_code == 201


@pytest.mark.parametrize("pin", ["2.1.1", "2", "2.*.1", "*.*.*", "v2.1.*", "2.1.*-beta", 2])
def test_malformed_pins(refused, body, pin):
    assert "must have the form" in refused(
        with_properties(body, definitionVersion=pin), "InvalidPolicyDefinitionVersion"
    )


@pytest.mark.parametrize("pin", ["9.*.*", "2.2.*", "1.7.*", "2.1.*-preview"])
def test_pins_that_match_nothing(refused, body, pin):
    assert "matches no version" in refused(
        with_properties(body, definitionVersion=pin), "InvalidPolicyDefinitionVersion"
    )


@pytest.mark.parametrize("pin", ["1.7.*-preview", "1.7.*-PREVIEW", "1.5.*-preview", "1.*.*-preview"])
def test_preview_pins(send, path, body, pin):
    assert send("PUT", path, with_properties(body, definitionVersion=pin)).status_code == 201


def test_hidden_and_added_versions(box, send, path, refused, body, parameters):
    for version in ("2.1.0", "2.1.1"):
        added = box.initiative.versions.pop(version)
    refused(body, "InvalidPolicyDefinitionVersion")
    added = copy.deepcopy(added)
    added["version"] = "2.1.2"
    added["parameters"]["fresh"] = {"type": "Integer"}
    box.initiative.versions["2.1.2"] = added
    assert "'fresh'" in refused(body, "MissingPolicyParameter")
    parameters["fresh"] = {"value": True}
    refused(with_properties(body, parameters=parameters), "InvalidPolicyParameterValue")
    parameters["fresh"] = {"value": 1}
    assert send("PUT", path, with_properties(body, parameters=parameters)).status_code == 201


def test_deployment_needs_an_identity(send, path, refused, body):
    pinned = with_properties(body, definitionVersion="2.0.*")
    assert "'managed identity'" in refused(pinned, "ResourceIdentityRequired")
    identity = {"identity": {"type": "SystemAssigned"}}
    assert "location" in refused({**pinned, **identity}, "InvalidPolicyAssignment")
    answer = send("PUT", path, {**pinned, **identity, "location": "eastus"})
    assert answer.status_code == 201
    assert answer.json()["identity"]["principalId"]


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"enforcementMode": "Sometimes"}, "InvalidPolicyAssignment"),
        ({"enforcementMode": "Enroll"}, "InvalidPolicyAssignment"),
        ({"metadata": {"long": "x" * 1025}}, "InvalidPolicyAssignment"),
        ({"metadata": []}, "InvalidPolicyAssignment"),
        ({"notScopes": "x"}, "InvalidPolicyAssignment"),
        ({"nonComplianceMessages": [{"message": "m", "policyDefinitionReferenceId": "no"}]}, "InvalidPolicyAssignment"),
        ({"resourceSelectors": [{"selectors": [{"kind": "policyDefinitionReferenceId", "in": ["x"]}]}]},
         "InvalidPolicyAssignmentResourceSelector"),
        ({"resourceSelectors": [{}] * 11}, "InvalidPolicyAssignmentResourceSelector"),
    ],
)  # fmt: skip
def test_other_members(refused, body, properties, code):
    refused(with_properties(body, **properties), code)


def test_enroll_is_a_mode_of_later_versions(send, path, body):
    answer = send("PUT", path, with_properties(body, enforcementMode="Enroll"), api="2025-11-01")
    assert answer.status_code == 201


def test_metadata_at_the_limit(send, path, body):
    assert send("PUT", path, with_properties(body, metadata={"long": "x" * 1024})).status_code == 201


@pytest.mark.parametrize("wrong", [{"name": "other"}, {"id": "/subscriptions/x"}])
def test_body_must_not_contradict_the_address(refused, body, wrong):
    refused({**body, **wrong}, "InvalidPolicyAssignment")


@pytest.mark.parametrize("name", ["a%3Ab", "a%3Fb", "x" * 129])
def test_names(send, cluster, body, name):
    answer = send("PUT", f"{cluster}/providers/Microsoft.Authorization/policyAssignments/{name}", body)
    assert answer.status_code == 400


def test_an_older_api_version_does_not_know_the_newer_members(box, send, path, body):
    override = {"kind": "policyEffect", "value": "Disabled"}
    answer = send("PUT", path, with_properties(body, overrides=[override]), api="2021-06-01")
    # Without a version the newest counts, which has no cpuLimit.
    assert answer.json()["error"]["code"] == "UndefinedPolicyParameter"
    answer = send("PUT", path, with_properties(body, overrides=[override]), api="2023-04-01")
    assert answer.status_code == 201
    assert "instanceId" not in answer.json()["properties"]
    shown = send("GET", path, api="2021-06-01").json()["properties"]
    assert not {"overrides", "definitionVersion", "instanceId"} & set(shown)
    assert "overrides" in send("GET", path, api="2025-03-01").json()["properties"]
