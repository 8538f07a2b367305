# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.

import pytest

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.errors import InvalidValueError, PinUnavailableError
from azext_safeguards.domain.initiative.catalog import (
    DEFAULT_VERSION,
    PROFILE_VERSIONS,
    Definitions,
    acts,
    bundled,
    parse_version,
    versions_of_pin,
)
from azext_safeguards.domain.initiative.definition import Member, MemberKind, from_arm
from tests.published_lists import FIRST_LIST, MUTATORS, NOTICES, THIRD_LIST, V2_VALIDATORS
from tests.unit.recorded_definitions import arm_body, recording

ALL = frozenset(
    {
        "3.0.0",
        "2.1.1",
        "2.1.0",
        "2.0.1",
        "2.0.0-preview",
        "1.9.0-preview",
        "1.8.0-preview",
        "1.7.0-preview",
        "1.6.0-preview",
        "1.4.1-preview",
        "1.4.0-preview",
        "1.3.3-preview",
        "1.3.2-preview",
    }
)
UP_TO_2_1 = ALL - {"3.0.0"}
SINCE_1_6 = ALL - {"1.4.1-preview", "1.4.0-preview", "1.3.3-preview", "1.3.2-preview"}
SINCE_1_9 = frozenset({"3.0.0", "2.1.1", "2.1.0", "2.0.1", "2.0.0-preview", "1.9.0-preview"})
ONLY_3 = frozenset({"3.0.0"})

# Which member is in which version, and what it can do (Azure/azure-policy, AKS_Safeguards.json in its git history).
MEMBERSHIP = {
    "restrictedNodeEditsInKubernetesCluster": (ALL, "validator"),
    "podEnforceAntiaffinityInKubernetesCluster": (ALL, "validator"),
    "restrictedLabelsInKubernetesCluster": (ALL, "validator"),
    "ensureAllowedContainerImagesInKubernetesCluster": (ALL, "validator"),
    "restrictedTaintsInKubernetesCluster": (ALL, "validator"),
    "ensureProbesConfiguredInKubernetesCluster": (ALL, "validator"),
    "ensureCsiDriverStorageClass": (ALL, "validator"),
    "uniqueServiceSelectors": (ALL, "validator"),
    "memoryAndCPULimitsInKubernetesCluster": (UP_TO_2_1, "validator"),
    "containerRestrictedImagePulls": (UP_TO_2_1, "validator"),
    "disallowedBadPodDisruptionBudgets": (UP_TO_2_1, "validator"),
    "imagesDoNotUseLatest": (SINCE_1_6, "validator"),
    "mutateReservedSystemPoolTaints": (SINCE_1_6, "mutator"),
    "containerEnforcePreStopHook": (SINCE_1_6 - ONLY_3, "validator"),
    "readOnlyRootFileSystemInitContainers": (SINCE_1_6 - ONLY_3, "mutator"),
    "resourceCPULimits": (SINCE_1_6 - ONLY_3, "mutator"),
    "resourceMemoryLimits": (SINCE_1_6 - ONLY_3, "mutator"),
    "mutateMaxUnavailablePods": (SINCE_1_6 - ONLY_3, "mutator"),
    "mutateReadOnlyRootFilesystem": (SINCE_1_6 - ONLY_3, "mutator"),
    "printMutationsAnnotations": (SINCE_1_9, "notice"),
    "deployAzurePolicyAddOn": (frozenset({"2.0.1", "2.0.0-preview"}), "deployment"),
    "containerResourceRequests": (ONLY_3, "validator"),
    "blockHostNamespaces": (ONLY_3, "validator"),
    "hostNetworkPorts": (ONLY_3, "validator"),
    "allowedSysctls": (ONLY_3, "validator"),
    "allowedUsersGroups": (ONLY_3, "validator"),
    "windowsBlockContainerAdmin": (ONLY_3, "validator"),
    "containerNoPrivilegeEscalation": (ONLY_3, "validator"),
    "allowedHostPaths": (ONLY_3, "validator"),
    "enforceAppArmorProfile": (ONLY_3, "validator"),
    "enforceSELinux": (ONLY_3, "validator"),
    "windowsBlockHostProcess": (ONLY_3, "validator"),
    "privilegedContainers": (ONLY_3, "validator"),
    "allowedProcMountType": (ONLY_3, "validator"),
    "containerAllowedCapabilities": (ONLY_3, "validator"),
    "allowedSeccompProfiles": (ONLY_3, "validator"),
    "allowedVolumeTypes": (ONLY_3, "validator"),
}

# Azure's ids of the members (Azure/azure-policy, the definitions' own files), collected apart from the initiative.
DEFINITION_IDS = {
    "restrictedNodeEditsInKubernetesCluster": "53a4a537-990c-495a-92e0-7c21a465442c",
    "podEnforceAntiaffinityInKubernetesCluster": "34c88cd4-5d72-4dbb-bf77-12c3cafe8791",
    "restrictedLabelsInKubernetesCluster": "a22123bd-b9da-4c86-9424-24903e91fd55",
    "ensureAllowedContainerImagesInKubernetesCluster": "febd0533-8e55-448f-b837-bd0e06f16469",
    "restrictedTaintsInKubernetesCluster": "48940d92-ff05-449e-9111-e742d9280451",
    "ensureProbesConfiguredInKubernetesCluster": "b1a9997f-2883-4f12-bdff-2280f99b5915",
    "ensureCsiDriverStorageClass": "4f3823b6-6dac-4b5a-9c61-ce1afb829f17",
    "uniqueServiceSelectors": "b0fdedee-7b9e-4a17-9f5d-5e8e912d2f01",
    "memoryAndCPULimitsInKubernetesCluster": "e345eecc-fa47-480f-9e88-67dcc122b164",
    "containerRestrictedImagePulls": "12db3749-7e03-4b9f-b443-d37d3fb9f8d9",
    "disallowedBadPodDisruptionBudgets": "d9e8f2c1-4c5a-4f5c-8b5a-2abf1e9f7b4d",
    "imagesDoNotUseLatest": "021f8078-41a0-40e6-81b6-c6597da9f3ee",
    "mutateReservedSystemPoolTaints": "e16d171b-bfe5-4d79-a525-19736b396e92",
    "containerEnforcePreStopHook": "1a3b9003-eac6-4d39-a184-4a567ace7645",
    "readOnlyRootFileSystemInitContainers": "2ae2f266-ecc3-4d26-82c5-8c3cb7774f45",
    "resourceCPULimits": "42ba1d72-e90f-42f8-bf99-5a1351eed2b1",
    "resourceMemoryLimits": "5f86d473-38a8-46c9-bdfe-d7fa3b9836bf",
    "mutateMaxUnavailablePods": "d77f191e-2338-45d0-b6d4-4ee1c586a192",
    "mutateReadOnlyRootFilesystem": "8e875f96-2c56-40ca-86db-b9f6a0be7347",
    "printMutationsAnnotations": "e24df237-32cb-4a6c-a2f6-85b499cda9f2",
    "deployAzurePolicyAddOn": "a8eff44f-8c92-45c3-a3fb-9880802d67a7",
    "containerResourceRequests": "03a4ecdb-0684-4039-be91-2762979e1bc8",
    "blockHostNamespaces": "47a1ee2f-2a2a-4576-bf2a-e0e36709c2b8",
    "hostNetworkPorts": "82985f06-dc18-4a48-bc1c-b9f4f0098cfe",
    "allowedSysctls": "5e5a0673-649e-4d50-bf9d-5a387a4e2081",
    "allowedUsersGroups": "f06ddb64-5fa3-4b77-b166-acb36f7f6042",
    "windowsBlockContainerAdmin": "5485eac0-7e8f-4964-998b-a44f4f0c1e75",
    "containerNoPrivilegeEscalation": "1c6e92c9-99f0-4e55-9cf2-0c234dc48f99",
    "allowedHostPaths": "098fc59e-46c7-4d99-9b16-64990e543d75",
    "enforceAppArmorProfile": "511f5417-5d12-434d-ab2e-816901e72a5e",
    "enforceSELinux": "e1e6c427-07d9-46ab-9689-bfa85431e636",
    "windowsBlockHostProcess": "077f0ce1-86d6-4058-bc60-de05067e8622",
    "privilegedContainers": "95edb821-ddaf-4404-9732-666045e056b4",
    "allowedProcMountType": "f85eb0dd-92ee-40e9-8a76-db25a507d6d3",
    "containerAllowedCapabilities": "c26596ff-4d70-4e6a-9a30-c2506bd2f80c",
    "allowedSeccompProfiles": "975ce327-682c-4f2e-aa46-b9598289b86c",
    "allowedVolumeTypes": "16697877-1118-4fb1-9b65-9898ec2509ec",
}

V1_ACTIVE = set(FIRST_LIST)
V2_ACTIVE = {*V2_VALIDATORS, *MUTATORS, *NOTICES}
V3_ACTIVE = {*THIRD_LIST, "mutateReservedSystemPoolTaints", *NOTICES}

# What feeds the effect of a member, by its kind.
FEEDS = {
    "validator": "[parameters('effect')]",
    "notice": "[parameters('effect')]",
    "mutator": "[parameters('effectForMutationPolicies')]",
    "deployment": "DeployIfNotExists",
}


def test_what_ships_and_what_the_sandbox_plays_are_these_members():
    held = recording()["versions"]
    assert [entry["version"] for entry in held] == sorted(ALL, reverse=True)
    for entry in held:
        found = {
            item["referenceId"]: (item["definitionId"], item["parameters"]["effect"])
            for item in entry["policyDefinitions"]
        }
        assert found == {
            reference: (DEFINITION_IDS[reference], FEEDS[kind])
            for reference, (versions, kind) in MEMBERSHIP.items()
            if entry["version"] in versions
        }


def test_the_recorded_versions_are_these():
    assert frozenset(bundled()) == ALL
    assert len(recording()["versions"]) == 13


@pytest.mark.parametrize("reference", MEMBERSHIP)
def test_a_member_is_in_these_versions(reference):
    found = {
        name for name, version in bundled().items() if reference in {item.reference_id for item in version.members}
    }
    assert found == MEMBERSHIP[reference][0]


@pytest.mark.parametrize("version", sorted(ALL))
def test_a_version_has_no_other_members_and_none_twice(version):
    references = [member.reference_id for member in bundled()[version].members]
    assert set(references) == {reference for reference, (versions, _) in MEMBERSHIP.items() if version in versions}
    assert len(references) == len(set(references))


@pytest.mark.parametrize("version", sorted(ALL))
def test_members_are_of_these_kinds(version):
    for member in bundled()[version].members:
        assert member.kind.value == MEMBERSHIP[member.reference_id][1], member.reference_id


@pytest.mark.parametrize("version", sorted(ALL))
def test_what_must_be_given_are_the_parameters_without_a_default(version):
    required = {name for name, parameter in bundled()[version].parameters.items() if parameter.required}
    expected = {"allowedUsers", "allowedGroups", "labels", "allowedContainerImagesRegex", "reservedTaints"}
    if version != "3.0.0":
        expected |= {"cpuLimit", "memoryLimit"}
    assert required == expected


@pytest.mark.parametrize(
    ("parameter", "missing_from"),
    [
        ("effect", set()),
        ("excludedNamespaces", set()),
        ("warn", {"1.3.2-preview", "1.3.3-preview"}),
        ("effectForMutationPolicies", {"1.3.2-preview", "1.3.3-preview", "1.4.0-preview", "1.4.1-preview"}),
    ],
)
def test_a_parameter_of_ours_is_missing_from_these_versions(parameter, missing_from):
    assert {name for name, version in bundled().items() if parameter not in version.parameters} == missing_from


@pytest.mark.parametrize(
    ("name", "pin", "active", "count"),
    [
        ("v1.0.0", "2.1.*", V1_ACTIVE, 11),
        ("v2.0.0", "2.1.*", V2_ACTIVE, 20),
        ("v3.0.0", "3.0.*", V3_ACTIVE, 12),
    ],
)
def test_a_profile_version_is_a_pin_and_its_active_members(name, pin, active, count):
    version = PROFILE_VERSIONS[name]
    assert (version.name, version.pin, set(version.active), len(version.active)) == (name, pin, active, count)


def test_there_are_three_profile_versions_and_the_second_is_the_default():
    assert list(PROFILE_VERSIONS) == ["v1.0.0", "v2.0.0", "v3.0.0"]
    assert DEFAULT_VERSION == "v2.0.0"


def test_no_profile_version_can_need_an_identity():
    for version in PROFILE_VERSIONS.values():
        known = Definitions().get(version.pin)
        assert known is not None
        assert MemberKind.DEPLOYMENT not in {member.kind for member in known.members}
        assert version.active <= {member.reference_id for member in known.members}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v2.0.0", "v2.0.0"),
        ("V2.0.0", "v2.0.0"),
        ("2.0.0", "v2.0.0"),
        (" v1.0.0 ", "v1.0.0"),
        ("3.0.0", "v3.0.0"),
    ],
)
def test_a_version_is_read_with_and_without_its_v(text, version):
    assert parse_version(text) == version


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v",
        "2",
        "v2",
        "v2.0",
        "v2.0.0.0",
        "v2.0.1",
        "2.1.1",
        "vv2.0.0",
        "v2.0.0-preview",
        "latest",
        "v2.0.0\nv1.0.0",
    ],
)
def test_an_unknown_version_is_refused_with_those_that_there_are(text):
    with pytest.raises(InvalidValueError) as refused:
        parse_version(text)
    assert "v1.0.0, v2.0.0, v3.0.0" in refused.value.message
    assert f"'{text}'" in refused.value.message
    assert commands(refused.value.remedies)


@pytest.mark.parametrize(
    ("pin", "names"),
    [
        ("2.1.*", ["v2.0.0", "v1.0.0"]),
        ("3.0.*", ["v3.0.0"]),
        ("1.7.*-preview", []),
        ("2.1.1", []),
        ("2.*.*", []),
        ("", []),
        (None, []),
    ],
)
def test_the_profile_versions_of_a_pin_come_default_first(pin, names):
    assert [version.name for version in versions_of_pin(pin)] == names


@pytest.mark.parametrize(
    ("version", "reference", "kind", "expected"),
    [
        ("v2.0.0", "imagesDoNotUseLatest", MemberKind.VALIDATOR, True),
        ("v1.0.0", "imagesDoNotUseLatest", MemberKind.VALIDATOR, False),
        ("v3.0.0", "privilegedContainers", MemberKind.VALIDATOR, False),
        ("v2.0.0", "somethingNew", MemberKind.VALIDATOR, False),
        (None, "somethingNew", MemberKind.VALIDATOR, True),
        (None, "privilegedContainers", MemberKind.VALIDATOR, False),
        (None, "resourceCPULimits", MemberKind.MUTATOR, True),
        (None, "deployAzurePolicyAddOn", MemberKind.DEPLOYMENT, False),
    ],
)
def test_whether_a_level_turns_a_member_on(version, reference, kind, expected):
    profile_version = PROFILE_VERSIONS[version] if version else None
    assert acts(profile_version, Member(reference, "guid", kind, "effect", {})) is expected


class TestDefinitions:
    def test_the_bundled_versions_serve_where_the_cloud_was_not_asked(self):
        assert Definitions().resolve("2.1.*") == "2.1.1"
        assert Definitions().missing("2.1.*") is None
        assert Definitions().get("2.1.*") == bundled()["2.1.1"]

    def test_the_cloud_decides_what_a_pin_selects(self):
        lagging = Definitions(offered=("2.1.0", "2.0.1"))
        assert lagging.resolve("2.1.*") == "2.1.0"
        assert lagging.get("2.1.*") == bundled()["2.1.0"]

    def test_a_version_that_is_not_bundled_is_missing_until_it_was_fetched(self):
        newer = from_arm({"properties": {"version": "2.1.2"}})
        definitions = Definitions(offered=("2.1.2", "2.1.1"))
        assert definitions.missing("2.1.*") == "2.1.2"
        assert definitions.get("2.1.*") is None
        definitions.fetched["2.1.2"] = newer
        assert definitions.missing("2.1.*") is None
        assert definitions.get("2.1.*") is newer

    def test_a_version_without_a_git_revision_of_its_own_has_to_be_fetched(self):
        definitions = Definitions(offered=("1.5.0-PREVIEW", "1.4.1-PREVIEW"))
        assert definitions.missing("1.5.*-preview") == "1.5.0-preview"

    @pytest.mark.parametrize("pin", ["2.1.*", "4.0.*", "junk"])
    def test_a_pin_that_selects_nothing_is_refused_with_what_there_is(self, pin):
        definitions = Definitions(offered=("2.0.1", "2.0.0-PREVIEW", "1.9.0-PREVIEW"))
        with pytest.raises(PinUnavailableError) as refused:
            definitions.resolve(pin)
        assert f"'{pin}'" in refused.value.message
        assert "2.0.1, 2.0.0-PREVIEW, 1.9.0-PREVIEW" in refused.value.message
        assert commands(refused.value.remedies) == (
            "az policy set-definition version list --name c047ea8e-9c78-49b2-958b-37e56d291a44 -o table",
        )

    def test_a_cloud_without_the_initiative_says_that_it_has_none(self):
        with pytest.raises(PinUnavailableError, match="it has: none"):
            Definitions(offered=()).resolve("2.1.*")

    def test_an_answer_of_the_service_is_as_good_as_the_bundled_entry(self):
        fetched = Definitions(offered=("2.1.1",), fetched={"2.1.1": from_arm(arm_body("2.1.1"))})
        assert fetched.get("2.1.*") == Definitions().get("2.1.*")
