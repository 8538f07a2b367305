# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What flags, or the assignment of a cluster, make the engine do."""

from __future__ import annotations

import copy

import pytest

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.judging.against import Against, changed, planned, settings_of, with_parameters, without
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.check.settings import Settings
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.errors import InvalidValueError, SafeguardsError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level

V1, V2, V3 = "v1.0.0", "v2.0.0", "v3.0.0"
MUTATIONS = {
    "mutate-taints",
    "mutate-read-only-root-init",
    "mutate-cpu-limits",
    "mutate-memory-limits",
    "mutate-max-unavailable",
    "mutate-read-only-root",
}


def settings(level=Level.ENFORCEMENT, version=V2, namespaces=(), pod_security=None) -> Settings:
    return settings_of(planned(level, version, namespaces).assignment, pod_security)


@pytest.mark.parametrize(
    ("version", "count", "mutations"), [(V1, 11, set()), (V2, 13, MUTATIONS), (V3, 10, {"mutate-taints"})]
)
def test_enforcement_denies_and_mutates_what_the_version_has(version, count, mutations):
    found = settings(version=version)
    validators = {short for short in found.effects if short != "mutation-notices"}
    assert (len(validators), set(found.mutations)) == (count, mutations)
    assert {found.effects[short] for short in validators} == {"deny"}
    assert not [short for short in validators if REGISTRY[short].pod_security]


@pytest.mark.parametrize("version", [V1, V2, V3])
def test_warning_warns_of_the_same_and_mutates_nothing(version):
    found = settings(Level.WARNING, version)
    assert set(found.effects.values()) == {"warn"}
    assert found.mutations == ()
    assert {*found.effects} >= {*settings(version=version).effects} - {"mutation-notices"}


def test_off_says_nothing():
    assert (settings(Level.OFF).effects, settings(Level.OFF).mutations) == ({}, ())
    assert settings(Level.OFF, V3, (), "Restricted").effects == {}


def test_namespaces_are_the_system_s_and_the_given():
    found = settings(namespaces=("team-*", "x"))
    assert {"kube-system", "gatekeeper-system", "team-*", "x"} <= set(found.excluded_namespaces)


def test_parameters_have_the_defaults_of_the_initiative():
    found = settings().parameters
    assert found["requiredProbes"] == ["readinessProbe", "livenessProbe"]
    assert (found["excludedImages"], found["excludedContainers"]) == ([], [])
    assert {"cpuLimit", "memoryLimit", "reservedTaints", "labels", "allowedContainerImagesRegex"} <= set(found)


@pytest.mark.parametrize(("level", "effect"), [(Level.ENFORCEMENT, "deny"), (Level.WARNING, "warn")])
def test_pod_security_is_on_when_asked_for(level, effect):
    members = {policy.short: policy.pod_security for policy in REGISTRY.values() if policy.pod_security}
    restricted = settings(level, V3, (), "Restricted")
    assert {short for short in restricted.effects if short in members} == set(members)
    assert {restricted.effects[short] for short in members} == {effect}
    baseline = settings(level, V3, (), "Baseline")
    wanted = {short for short, lowest in members.items() if lowest == "Baseline"}
    assert {short for short in baseline.effects if short in members} == wanted
    assert "no-privilege-escalation" not in wanted


def test_pod_security_needs_v3():
    with pytest.raises(CheckError, match=r"v3\.0\.0") as refused:
        settings(pod_security="Baseline")
    assert refused.value.todo == ("--version v3.0.0 --pod-security Baseline",)


def body(level=Level.ENFORCEMENT, **properties):
    """An assignment on a cluster, with members of `properties` changed."""
    stored = copy.deepcopy(dict(planned(level, V2, ()).assignment.body))
    stored["properties"] = {**stored["properties"], **properties}
    return stored


def of_cluster(stored) -> Settings:
    return settings_of(read_assignment(stored, Definitions()))


def override(value, *references):
    selectors = [{"kind": "policyDefinitionReferenceId", "in": list(references)}]
    return {"kind": "policyEffect", "value": value, "selectors": selectors}


def test_what_was_chosen_for_single_policies_holds():
    chosen = [
        override("Disabled", "ensureProbesConfiguredInKubernetesCluster"),
        override("Audit", "imagesDoNotUseLatest"),
        override("Disabled", "resourceCPULimits"),
        override("Deny", "memoryAndCPULimitsInKubernetesCluster"),
    ]
    found = of_cluster(body(overrides=chosen))
    assert "probes" not in found.effects
    assert (found.effects["no-latest-tag"], found.effects["resource-limits"]) == ("warn", "deny")
    assert set(found.mutations) == MUTATIONS - {"mutate-cpu-limits"}
    silent = body(overrides=chosen)
    silent["properties"]["parameters"]["warn"] = {"value": False}
    # Audit without the warning is told to Azure Policy only.
    assert of_cluster(silent).effects == {"resource-limits": "deny"}


def test_a_suspended_assignment_says_nothing():
    found = of_cluster(body(enforcementMode="DoNotEnforce"))
    assert (found.effects, found.mutations) == ({}, ())


def test_an_unknown_version_is_refused():
    with pytest.raises(CheckError, match=r"'9\.9\.9'") as refused:
        of_cluster(body(definitionVersion="9.9.9"))
    assert refused.value.todo[0].startswith("Name one of the known versions: --version v1.0.0")


def test_flags_change_what_a_cluster_has():
    stored = body()
    stored["properties"]["parameters"]["cpuLimit"] = {"value": "7"}
    definitions = Definitions()
    against = Against(read_assignment(stored, definitions), definitions)
    assert changed(against, None, None, None) is against
    found = settings_of(changed(against, Level.WARNING, None, ("x",)).assignment)
    assert set(found.effects.values()) == {"warn"}
    assert "x" in found.excluded_namespaces
    assert found.parameters["cpuLimit"] == "7"
    assert "resource-requests" in settings_of(changed(against, None, V3, None).assignment).effects


def given(*texts, level=Level.ENFORCEMENT, version=V2) -> Settings:
    return settings_of(with_parameters(planned(level, version, ()), texts).assignment)


def parameters(*texts):
    return given(*texts).parameters


def test_parameters_that_say_what_policies_do_are_obeyed():
    warning = Level.WARNING
    assert given("effect=Disabled", level=warning).effects == {}
    assert given("effect=Audit", "warn=false", level=warning).effects == {}
    assert set(given("effect=deny", level=warning).effects.values()) == {"deny"}
    # At Enforcement an override says Deny, and overrides go before parameters.
    assert set(given("effect=Disabled").effects.values()) == {"deny"}
    assert given("effectForMutationPolicies=Disabled").mutations == ()
    assert set(given("effectForMutationPolicies=Mutate", level=warning).mutations) == MUTATIONS
    assert "my-team" in given('excludedNamespaces=["my-team"]').excluded_namespaces


def test_parameters_of_each_type():
    found = parameters("CPULIMIT=250m", 'excludedImages=["a/*", "b"]', "allowedContainerImagesRegex=^a=b")
    assert (found["cpuLimit"], found["excludedImages"]) == ("250m", ["a/*", "b"])
    assert found["allowedContainerImagesRegex"] == "^a=b"
    assert parameters("cpuLimit=1", "cpuLimit=2")["cpuLimit"] == "2"


@pytest.mark.parametrize("given", ["cpuLimit", "nope=1", "=1", "cpuLimit:1"])
def test_what_is_no_parameter_is_refused(given):
    with pytest.raises(CheckError) as refused:
        parameters(given)
    assert refused.value.todo


@pytest.mark.parametrize("given", ["excludedImages=a", "excludedImages={}", "cpuLimit=much", 'labels=["("]'])
def test_a_value_that_a_parameter_does_not_take_is_refused(given):
    with pytest.raises(InvalidValueError) as refused:
        parameters(given)
    assert isinstance(refused.value, SafeguardsError)


def test_policies_are_left_out_by_name():
    found = without(settings(), ["probes", "mutate-cpu-limits"])
    assert ("probes" in found.effects, "mutate-cpu-limits" in found.mutations) == (False, False)
    assert len(found.effects) == len(settings().effects) - 1
    assert without(settings(), []) == settings()
    with pytest.raises(CheckError, match="'prbes'") as refused:
        without(settings(), ["probes", "prbes"])
    assert "probes" in refused.value.todo[0]


def test_settings_go_to_another_process_and_back():
    one = settings(namespaces=("x",))
    assert Settings.from_plain(one.as_plain()) == one


@pytest.mark.parametrize(("given", "better"), [("cpuLimit=x", "cpuLimit=500m"), ("memoryLimit=x", "memoryLimit=512Mi")])
def test_a_quantity_that_can_be_pasted_is_recommended(given, better):
    with pytest.raises(InvalidValueError) as found:
        with_parameters(planned(Level.ENFORCEMENT, V2, ()), [given])
    assert better.partition("=")[2] in str(found.value.remedies[0])


def test_policies_to_skip_are_not_separated_by_commas():
    with pytest.raises(CheckError, match="separated by blanks") as found:
        without(settings(), ["probes,no-latest-tag"])
    assert found.value.todo == ("--skip probes no-latest-tag",)
