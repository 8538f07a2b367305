# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import json
from importlib import resources

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

V1_ACTIVE = {
    "restrictedNodeEditsInKubernetesCluster",
    "memoryAndCPULimitsInKubernetesCluster",
    "podEnforceAntiaffinityInKubernetesCluster",
    "restrictedLabelsInKubernetesCluster",
    "ensureAllowedContainerImagesInKubernetesCluster",
    "restrictedTaintsInKubernetesCluster",
    "ensureProbesConfiguredInKubernetesCluster",
    "ensureCsiDriverStorageClass",
    "containerRestrictedImagePulls",
    "disallowedBadPodDisruptionBudgets",
    "uniqueServiceSelectors",
}
V2_ACTIVE = V1_ACTIVE | {
    "imagesDoNotUseLatest",
    "containerEnforcePreStopHook",
    "mutateReservedSystemPoolTaints",
    "readOnlyRootFileSystemInitContainers",
    "resourceCPULimits",
    "resourceMemoryLimits",
    "mutateMaxUnavailablePods",
    "mutateReadOnlyRootFilesystem",
    "printMutationsAnnotations",
}
V3_ACTIVE = {
    "restrictedNodeEditsInKubernetesCluster",
    "containerResourceRequests",
    "podEnforceAntiaffinityInKubernetesCluster",
    "restrictedLabelsInKubernetesCluster",
    "ensureAllowedContainerImagesInKubernetesCluster",
    "restrictedTaintsInKubernetesCluster",
    "ensureProbesConfiguredInKubernetesCluster",
    "ensureCsiDriverStorageClass",
    "uniqueServiceSelectors",
    "imagesDoNotUseLatest",
    "mutateReservedSystemPoolTaints",
    "printMutationsAnnotations",
}


def test_the_bundled_data_is_the_recording():
    text = (
        resources.files("azext_safeguards.domain.initiative")
        .joinpath("data/initiative.json")
        .read_text(encoding="utf-8")
    )
    assert json.loads(text) == recording()


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
