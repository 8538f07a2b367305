# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The profile that is shown: what is true, and what somebody changed since it was written."""

import copy

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.level import Level
from tests.published_lists import V2_VALIDATORS
from tests.unit.bodies import SYSTEM, effect_override, effect_parameters, foreign_assignment, profile, rendered, updated

ENFORCED = updated(None, Change(Level.ENFORCEMENT, "v2.0.0", ("a",)))
WARNED = updated(None, Change(Level.WARNING, "v2.0.0", ("a",)))


def changed(body, change):
    body = copy.deepcopy(body)
    change(body["properties"])
    return body


def parameter(name, value):
    return lambda properties: properties["parameters"].update({name: {"value": value}})


def without_parameter(name):
    return lambda properties: properties["parameters"].pop(name)


def overrides(*items):
    return lambda properties: properties.update(overrides=list(items))


TAMPERED = {
    "effect disabled": (ENFORCED, parameter("effect", "Disabled"), ["parameters.effect"]),
    "effect denies": (WARNED, parameter("effect", "Deny"), ["parameters.effect"]),
    "effect removed": (WARNED, without_parameter("effect"), ["parameters.effect"]),
    "warn silenced": (WARNED, parameter("warn", False), ["parameters.warn"]),
    "warn removed": (WARNED, without_parameter("warn"), ["parameters.warn"]),
    "mutation off": (
        ENFORCED,
        parameter("effectForMutationPolicies", "Disabled"),
        ["parameters.effectForMutationPolicies"],
    ),
    "mutation on": (WARNED, parameter("effectForMutationPolicies", "Mutate"), ["parameters.effectForMutationPolicies"]),
    "a system namespace removed": (
        WARNED,
        parameter("excludedNamespaces", [*SYSTEM[:-1], "a"]),
        ["parameters.excludedNamespaces"],
    ),
    "exclusions removed": (WARNED, without_parameter("excludedNamespaces"), ["parameters.excludedNamespaces"]),
    "another pin": (
        WARNED,
        lambda properties: properties.update(definitionVersion="2.*.*"),
        ["definitionVersion"],
    ),
    "an older pin": (
        WARNED,
        lambda properties: properties.update(definitionVersion="1.7.*-preview"),
        ["definitionVersion"],
    ),
    "overrides removed": (ENFORCED, lambda properties: properties.pop("overrides"), ["overrides"]),
    "an override shortened": (ENFORCED, overrides(effect_override("Deny", *V2_VALIDATORS[:-1])), ["overrides"]),
    "an override lengthened": (
        ENFORCED,
        overrides(effect_override("Deny", *V2_VALIDATORS, "resourceCPULimits")),
        ["overrides"],
    ),
    "two at once": (
        ENFORCED,
        lambda properties: (properties.pop("overrides"), parameter("warn", False)(properties)),
        ["parameters.warn", "overrides"],
    ),
}


@pytest.mark.parametrize(("body", "change", "fields"), TAMPERED.values(), ids=TAMPERED)
def test_a_tampered_field_is_named(body, change, fields):
    assert [drift.field for drift in profile(changed(body, change)).drift] == fields


@pytest.mark.parametrize(("body", "change"), [case[:2] for case in TAMPERED.values()], ids=TAMPERED)
@pytest.mark.parametrize("update", [Change(), Change(excluded_namespaces=("a",)), Change(version="v2.0.0")])
def test_a_tampered_field_is_repaired_by_any_update(body, change, update):
    repaired = updated(changed(body, change), update)
    if "excludedNamespaces" not in changed(body, change)["properties"]["parameters"] and not update.excluded_namespaces:
        # The list is held by the body alone, so the initiative's defaults are what is known of it.
        update = Change(excluded_namespaces=("a",))
        repaired = updated(repaired, update)
    assert repaired == body
    assert profile(repaired).drift == ()


@pytest.mark.parametrize("body", [ENFORCED, WARNED, updated(WARNED, Change(Level.OFF))])
def test_what_was_not_touched_has_not_drifted(body):
    assert profile(body).drift == ()


@pytest.mark.parametrize("value", [None, "junk", "", 5, ["x"]])
def test_our_overrides_are_known_although_somebody_spoiled_their_fingerprints(value):
    body = changed(ENFORCED, lambda properties: properties["metadata"].update(safeguardsOverrides=value))
    assert profile(body).level is Level.ENFORCEMENT
    assert not updated(body, Change(Level.WARNING))["properties"].get("overrides")


def test_drift_tells_what_was_expected_and_what_is_there():
    (drift,) = profile(changed(WARNED, parameter("warn", False))).drift
    assert (drift.expected, drift.actual) == (True, False)
    (drift,) = profile(changed(ENFORCED, overrides(effect_override("Deny", *V2_VALIDATORS[1:])))).drift
    assert "no-node-edits" in drift.expected["Deny"]
    assert "no-node-edits" not in drift.actual["Deny"]


@pytest.mark.parametrize(
    "change",
    [
        parameter("labels", ["example.com"]),
        parameter("excludedNamespaces", [*SYSTEM, "a", "b"]),
        lambda properties: properties.update(description="mine"),
        lambda properties: properties["overrides"].append({"kind": "definitionVersion", "value": "1.0.*"}),
        lambda properties: properties.update(definitionVersion="2.1.*"),
    ],
)
def test_what_is_not_always_ours_does_not_drift(change):
    assert profile(changed(ENFORCED, change)).drift == ()


def test_an_assignment_that_we_never_wrote_does_not_drift():
    body = foreign_assignment(parameters=effect_parameters("Deny", False))
    assert profile(body).drift == ()


@pytest.mark.parametrize(
    ("body", "change", "level"),
    [
        (ENFORCED, lambda properties: None, Level.ENFORCEMENT),
        (ENFORCED, lambda properties: properties.pop("overrides"), Level.WARNING),
        (
            ENFORCED,
            lambda properties: (
                parameter("effect", "Disabled")(properties),
                parameter("effectForMutationPolicies", "Disabled")(properties),
                properties.pop("overrides"),
            ),
            Level.OFF,
        ),
        (WARNED, parameter("effect", "Deny"), Level.ENFORCEMENT),
        (WARNED, parameter("effect", "Disabled"), Level.OFF),
        (updated(WARNED, Change(Level.OFF)), parameter("effect", "Deny"), Level.ENFORCEMENT),
        (ENFORCED, overrides(effect_override("Deny", *V2_VALIDATORS[:9])), Level.ENFORCEMENT),
    ],
)
def test_the_level_shown_is_what_is_true_and_not_what_was_recorded(body, change, level):
    assert profile(changed(body, change)).level is level


@pytest.mark.parametrize(
    "override",
    [
        effect_override("Audit", *V2_VALIDATORS),
        effect_override("Disabled", *V2_VALIDATORS),
        {"kind": "policyEffect", "value": "Disabled"},
    ],
)
def test_an_enforcement_in_which_no_policy_denies_is_not_shown_as_enforcement(override):
    body = changed(ENFORCED, overrides(override))
    assert "Deny" not in profile(body).effects.values()
    assert profile(body).level is not Level.ENFORCEMENT


def test_a_warning_whose_every_policy_somebody_denies_stays_warning_with_those_effects():
    body = changed(WARNED, overrides(effect_override("Deny", *V2_VALIDATORS)))
    found = profile(body)
    assert found.level is Level.WARNING
    assert found.effects["probes"] == "Deny"


def test_a_silent_audit_that_was_never_ours_has_no_level():
    body = foreign_assignment(parameters=effect_parameters("Audit", False))
    assert profile(body).level is None


def test_a_warning_with_one_denied_policy_is_shown_as_warning_with_that_effect():
    body = changed(WARNED, overrides(effect_override("Deny", "uniqueServiceSelectors")))
    found = profile(body)
    assert found.level is Level.WARNING
    assert found.effects["unique-selectors"] == "Deny"
    assert found.effects["probes"] == "Audit"


def test_effects_are_shown_by_short_name():
    assert profile(ENFORCED).effects == {
        "no-node-edits": "Deny",
        "resource-limits": "Deny",
        "anti-affinity": "Deny",
        "no-aks-labels": "Deny",
        "allowed-images": "Deny",
        "reserved-taints": "Deny",
        "probes": "Deny",
        "csi-storage": "Deny",
        "image-pull-secrets": "Deny",
        "pod-disruption-budgets": "Deny",
        "unique-selectors": "Deny",
        "no-latest-tag": "Deny",
        "pre-stop-hook": "Deny",
        "mutate-taints": "Mutate",
        "mutate-read-only-root-init": "Mutate",
        "mutate-cpu-limits": "Mutate",
        "mutate-memory-limits": "Mutate",
        "mutate-max-unavailable": "Mutate",
        "mutate-read-only-root": "Mutate",
        "mutation-notices": "Audit",
    }


@pytest.mark.parametrize(
    ("pin", "version"),
    [
        ("1.7.*-preview", "1.7.*-preview"),
        ("2.1.1", "2.1.1"),
        ("9.9.*", "9.9.*"),
        ("2.1.*", "v2.0.0"),
        ("3.0.*", "v3.0.0"),
    ],
)
def test_a_pin_that_is_no_profile_version_is_shown_as_it_is(pin, version):
    found = profile(foreign_assignment(pin=pin, parameters=effect_parameters("Audit", True)))
    assert (found.version, found.definition_version) == (version, pin)


def test_the_version_shown_follows_the_pin_and_not_the_record():
    body = updated(None, Change(Level.WARNING, "v2.0.0"))
    body["properties"]["definitionVersion"] = "3.0.*"
    assert profile(body).version == "v3.0.0"


def test_a_recorded_first_version_is_not_shown_as_the_default_of_its_pin():
    assert profile(updated(None, Change(Level.WARNING, "v1.0.0"))).version == "v1.0.0"


def test_an_unknown_definition_shows_what_was_recorded_and_no_effects():
    body = foreign_assignment(pin="9.9.*", metadata={"safeguardsLevel": "Warning"})
    found = profile(body)
    assert found.level is Level.WARNING
    assert dict(found.effects) == {}


def test_reading_changes_nothing():
    before = copy.deepcopy(ENFORCED)
    profile(ENFORCED, Definitions())
    rendered(ENFORCED, Change())
    assert before == ENFORCED


def test_the_member_of_the_cluster_is_as_aks_preview_printed_it():
    # Azure/azure-cli-extensions, aks-preview recording test_aks_create_with_safeguards.yaml.
    assert profile(updated(None, Change(Level.WARNING, "v1.0.0", ("test-ns1",)))).as_cluster_member() == {
        "level": "Warning",
        "version": "v1.0.0",
        "excludedNamespaces": ["test-ns1"],
        "systemExcludedNamespaces": ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"],
    }
