# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.domain.initiative.definition import INITIATIVE_ID, MemberKind, from_arm, from_bundle
from tests.unit.recorded_definitions import arm_body, definition


def test_the_initiative_is_the_tenant_level_built_in():
    assert INITIATIVE_ID == (
        "/providers/Microsoft.Authorization/policySetDefinitions/c047ea8e-9c78-49b2-958b-37e56d291a44"
    )


@pytest.mark.parametrize("version", ["3.0.0", "2.1.1", "2.0.1", "1.7.0-preview", "1.3.2-preview"])
def test_an_answer_of_the_service_is_read_as_the_bundled_entry_is(version):
    assert from_arm(arm_body(version)) == from_bundle(definition(version))


def test_the_version_is_read_in_lower_case():
    assert from_arm({"properties": {"version": "2.0.0-PREVIEW"}}).version == "2.0.0-preview"


def test_parameter_names_are_found_without_case():
    version = from_bundle(definition("2.1.1"))
    assert version.declares("EFFECTFORMUTATIONPOLICIES") == "effectForMutationPolicies"
    assert version.declares("cpulimit") == "cpuLimit"
    assert version.declares("noSuchParameter") is None


def test_a_parameter_is_required_only_without_a_default():
    body = {"properties": {"parameters": {"a": {"type": "String"}, "b": {"type": "String", "defaultValue": None}}}}
    parameters = from_arm(body).parameters
    assert (parameters["a"].required, parameters["b"].required) == (True, False)


def test_the_kind_of_a_member_follows_what_feeds_its_effect():
    members = [
        {"policyDefinitionReferenceId": "v", "parameters": {"effect": {"value": "[parameters('effect')]"}}},
        {"policyDefinitionReferenceId": "V2", "parameters": {"Effect": {"value": "[parameters('Effect')]"}}},
        {
            "policyDefinitionReferenceId": "m",
            "parameters": {"effect": {"value": "[parameters('EffectForMutationPolicies')]"}},
        },
        {
            "policyDefinitionReferenceId": "PRINTMUTATIONSANNOTATIONS",
            "parameters": {"effect": {"value": "[parameters('effect')]"}},
        },
        {"policyDefinitionReferenceId": "d", "parameters": {"effect": {"value": "DeployIfNotExists"}}},
        {"policyDefinitionReferenceId": "n"},
    ]
    read = from_arm({"properties": {"policyDefinitions": members}}).members
    assert {member.reference_id: member.kind for member in read} == {
        "v": MemberKind.VALIDATOR,
        "V2": MemberKind.VALIDATOR,
        "m": MemberKind.MUTATOR,
        "PRINTMUTATIONSANNOTATIONS": MemberKind.NOTICE,
        "d": MemberKind.DEPLOYMENT,
        "n": MemberKind.DEPLOYMENT,
    }


def test_an_empty_answer_is_an_empty_version():
    version = from_arm({})
    assert (version.version, dict(version.parameters), version.members) == ("", {}, ())
