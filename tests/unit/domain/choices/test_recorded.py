# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How choices are recorded, and what becomes of parameters and of what somebody else had set."""

from __future__ import annotations

import pytest

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.choices.changing import PolicyReset, PolicySet, check_early
from azext_safeguards.domain.choices.choice import Choice, parse_choice
from azext_safeguards.domain.choices.recorded import Choices, ChosenParameter, is_choice_key, recorded_choices
from azext_safeguards.domain.errors import InvalidValueError, LevelRequiredError
from azext_safeguards.domain.initiative.names import SHORT_NAMES
from azext_safeguards.domain.level import Level
from tests.unit.bodies import effect_override, foreign_assignment, profile, rendered, updated
from tests.unit.recorded_definitions import effects_of

ENFORCED = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))


def choosing(*names, effect=None, **parameters):
    return Change(policies=PolicySet(tuple(names), effect, parameters))


def value(body, name):
    return body["properties"]["parameters"].get(name, {}).get("value")


@pytest.mark.parametrize(
    "choices",
    [
        Choices(),
        Choices({"probes": Choice.OFF}),
        Choices(dict.fromkeys(SHORT_NAMES.values(), Choice.DENY)),
        Choices({"probes": Choice.OFF, "anti-affinity": Choice.WARN, "mutate-taints": Choice.MUTATE}),
        Choices({}, {"cpuLimit": ChosenParameter("2", ("resource-limits",))}),
        Choices({}, {"labels": ChosenParameter(["ä" * 3000, "b"], ("no-aks-labels", "probes"))}),
    ],
)
def test_what_is_recorded_is_read_again_and_fits_into_metadata(choices):
    metadata = choices.metadata
    assert recorded_choices(metadata) == choices
    assert all(isinstance(text, str) and len(text) < 1024 for text in metadata.values())
    assert all(is_choice_key(key) for key in metadata)


def test_no_other_key_is_taken_for_ours():
    assert not any(is_choice_key(key) for key in ("safeguardsParametersOfMine", "safeguardsChoices2", "parameters", ""))


def test_too_much_for_metadata_is_refused_before_anything_is_written():
    with pytest.raises(InvalidValueError, match="longer than"):
        rendered(ENFORCED, choosing("no-aks-labels", labels=["x" * 30000]))


@pytest.mark.parametrize(
    "metadata",
    [
        {"safeguardsChoices": "Explode:probes;;x;:"},
        {"safeguardsChoices": 5},
        {"safeguardsParameters": "{"},
        {"safeguardsParameters": "[]"},
        {"safeguardsParameters": '{"cpuLimit":{}}'},
        {"safeguardsParameters": '{"cpuLimit":5}'},
        {"safeguardsParameters": {"a": "b"}},
        {"safeguardsParameters2": "{}"},
    ],
)
def test_a_record_that_somebody_broke_counts_for_nothing(metadata):
    assert not recorded_choices(metadata)


def test_a_recorded_choice_that_such_a_policy_cannot_have_counts_for_nothing():
    body = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))
    body["properties"]["metadata"]["safeguardsChoices"] = "Mutate:probes"
    assert effects_of(updated(body, Change(Level.ENFORCEMENT)), "2.1.1") == effects_of(ENFORCED, "2.1.1")


@pytest.mark.parametrize("text", ["deny", "DENY", " Deny "])
def test_a_choice_in_any_case(text):
    assert parse_choice(text) is Choice.DENY


def test_what_is_no_choice():
    with pytest.raises(InvalidValueError, match="'Block' is no effect"):
        parse_choice("Block")


class TestParameters:
    def test_a_value_is_kept_through_levels_and_versions_and_reset(self):
        body = updated(ENFORCED, choosing("resource-limits", cpuLimit="8"))
        assert value(body, "cpuLimit") == "8"
        assert value(updated(body, Change(Level.OFF)), "cpuLimit") == "8"
        away = rendered(body, Change(version="v3.0.0"))
        assert value(away.body, "cpuLimit") is None
        assert any("has no parameter cpuLimit" in text and "comes back" in text for text in away.warnings)
        back = updated(body, Change(version="v3.0.0"), Change(version="v2.0.0"))
        assert value(back, "cpuLimit") == "8"
        for reset in (PolicyReset(("resource-limits",)), PolicyReset()):
            assert updated(back, Change(policies=reset)) == ENFORCED

    def test_a_parameter_with_a_default_goes_back_to_it(self):
        body = updated(ENFORCED, choosing("probes", requiredProbes='["readinessProbe"]'))
        assert value(body, "requiredProbes") == ["readinessProbe"]
        assert value(updated(body, Change(policies=PolicyReset(("probes",)))), "requiredProbes") is None

    def test_a_shared_parameter_stays_until_the_last_policy_that_chose_it_is_reset(self):
        rendering = rendered(ENFORCED, choosing("probes", "resource-limits", excludedImages=["a"]))
        assert any("also applies to image-pull-secrets" in text for text in rendering.warnings)
        body = updated(ENFORCED, choosing("probes", "resource-limits", excludedImages=["a"]))
        once = updated(body, Change(policies=PolicyReset(("probes",))))
        assert value(once, "excludedImages") == ["a"]
        assert value(updated(once, Change(policies=PolicyReset(("resource-limits",)))), "excludedImages") is None

    def test_somebody_elses_value_stays_until_it_is_named(self):
        body = updated(None, Change(Level.WARNING, "v2.0.0"))
        body["properties"]["parameters"]["CPULimit"] = body["properties"]["parameters"].pop("cpuLimit")
        body["properties"]["parameters"]["CPULimit"]["value"] = "3"
        other = rendered(body, choosing("resource-limits", memoryLimit="1Gi"))
        assert value(other.body, "CPULimit") == "3"
        assert not any("somebody else" in text for text in other.warnings)
        named = rendered(body, choosing("resource-limits", cpuLimit="4"))
        assert (value(named.body, "cpuLimit"), value(named.body, "CPULimit")) == ("4", None)
        assert any("somebody else had set for cpuLimit is replaced: 3" in text for text in named.warnings)

    def test_a_chosen_value_that_somebody_changed_is_drift_and_repaired(self):
        body = updated(ENFORCED, choosing("resource-limits", cpuLimit="8"))
        body["properties"]["parameters"]["cpuLimit"]["value"] = "1"
        assert [(item.field, item.expected, item.actual) for item in profile(body).drift] == [
            ("parameters.cpuLimit", "8", "1")
        ]
        assert value(updated(body, Change(excluded_namespaces=())), "cpuLimit") == "8"

    @pytest.mark.parametrize(
        ("name", "said"),
        [("effect", "--effect"), ("WARN", "--effect"), ("effectForMutationPolicies", "--effect"),
         ("excludedNamespaces", "az aks safeguards namespace add")],
    )  # fmt: skip
    def test_what_is_always_ours_is_refused_with_the_flag_to_use(self, name, said):
        with pytest.raises(InvalidValueError) as refused:
            rendered(ENFORCED, Change(policies=PolicySet(("probes",), None, {name: "Deny"})))
        assert said in commands(refused.value.remedies)[0]

    def test_a_parameter_of_another_policy_is_refused_with_those_of_this_one(self):
        with pytest.raises(InvalidValueError, match="'cpuLimit' is no parameter of probes") as refused:
            rendered(ENFORCED, choosing("probes", cpuLimit="2"))
        assert "--param requiredProbes=VALUE" in commands(refused.value.remedies)


class TestWhatIsRefused:
    def test_an_unknown_policy(self):
        with pytest.raises(InvalidValueError, match=r"v2\.0\.0 has no policy 'prob'"):
            rendered(ENFORCED, choosing("prob", effect=Choice.OFF))

    def test_a_policy_that_only_another_version_has(self):
        with pytest.raises(InvalidValueError, match=r"v2\.0\.0 has no policy 'host-ports'"):
            rendered(ENFORCED, choosing("host-ports", effect=Choice.DENY))

    def test_resetting_an_unknown_policy(self):
        with pytest.raises(InvalidValueError, match="no policy 'prob'"):
            rendered(ENFORCED, Change(policies=PolicyReset(("prob",))))

    def test_a_choice_where_no_level_is_known(self):
        with pytest.raises(LevelRequiredError, match="a level must be set before single policies are"):
            rendered(None, choosing("probes", effect=Choice.OFF))
        odd = foreign_assignment(overrides=[effect_override("Deny", "uniqueServiceSelectors")], parameters={})
        odd["properties"]["parameters"]["effect"] = {"value": "Deny"}
        with pytest.raises(LevelRequiredError):
            rendered(odd, choosing("probes", effect=Choice.OFF))

    @pytest.mark.parametrize(
        "change",
        [
            PolicySet(("probes",), Choice.MUTATE),
            PolicySet(("mutate-taints", "probes"), Choice.DENY),
            PolicySet(("resource-limits",), None, {"cpuLimit": "much"}),
            PolicySet(("allowed-images",), None, {"allowedContainerImagesRegex": "(?=a)"}),
            PolicySet(("host-ports",), None, {"cpuLimit": "1"}),
        ],
    )
    def test_what_no_version_takes_needs_no_request(self, change):
        with pytest.raises(InvalidValueError):
            check_early(change)

    @pytest.mark.parametrize(
        "change",
        [
            PolicySet(("pre-stop-hook",), Choice.DENY),
            PolicySet(("host-ports",), Choice.DENY),
            PolicySet(("a-policy-of-tomorrow",), Choice.DENY),
            PolicyReset(("x",)),
        ],
    )
    def test_what_some_version_may_take_is_left_to_the_definition(self, change):
        check_early(change)


class TestSomebodyElsesOverrides:
    def test_a_choice_takes_over_the_policy_that_it_names_and_nothing_else(self):
        body = updated(None, Change(Level.ENFORCEMENT, "v2.0.0"))
        theirs = effect_override("Disabled", "uniqueServiceSelectors", "imagesDoNotUseLatest")
        body["properties"]["overrides"].append(theirs)
        rendering = rendered(body, choosing("unique-selectors", effect=Choice.WARN))
        effects = effects_of(rendering.body, "2.1.1")
        assert (effects["uniqueServiceSelectors"], effects["imagesDoNotUseLatest"]) == ("Audit", "Disabled")
        assert effect_override("Disabled", "imagesDoNotUseLatest") in rendering.body["properties"]["overrides"]
        assert any("no longer decides: unique-selectors (Disabled)" in text for text in rendering.warnings)

    def test_one_that_selects_places_stays_and_is_told(self):
        body = updated(None, Change(Level.WARNING, "v2.0.0"))
        theirs = effect_override("Disabled", "uniqueServiceSelectors")
        theirs["selectors"].append({"kind": "resourceLocation", "in": ["westeurope"]})
        body["properties"]["overrides"] = [theirs]
        rendering = rendered(body, choosing("unique-selectors", effect=Choice.DENY))
        assert rendering.body["properties"]["overrides"] == [theirs]
        assert any("decide: unique-selectors (Disabled)" in text for text in rendering.warnings)

    def test_parameters_alone_take_nothing_over(self):
        body = updated(None, Change(Level.WARNING, "v2.0.0"))
        body["properties"]["overrides"] = [effect_override("Disabled", "memoryAndCPULimitsInKubernetesCluster")]
        after = rendered(body, choosing("resource-limits", cpuLimit="1")).body
        assert after["properties"]["overrides"] == body["properties"]["overrides"]


def test_what_is_chosen_while_off_is_said_to_wait():
    off = updated(ENFORCED, Change(Level.OFF))
    (said,) = rendered(off, choosing("probes", effect=Choice.DENY)).warnings
    assert "nothing acts" in said
    for change in (choosing("resource-limits", cpuLimit="1"), Change(policies=PolicyReset())):
        assert rendered(off, change).warnings == ()
    assert rendered(ENFORCED, choosing("probes", effect=Choice.WARN)).warnings == ()
