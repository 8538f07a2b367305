# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pod Security as one switch: what it sets, what goes before it, and what becomes of it."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.assignment.rows import policy_rows, version_rows
from azext_safeguards.domain.choices.changing import PodSecuritySet, PolicyReplace, PolicyReset, PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.choices.pod_security import PodSecurity, pod_security, recorded_pod_security
from azext_safeguards.domain.choices.recorded import Choices, is_choice_key, recorded_choices
from azext_safeguards.domain.errors import InvalidValueError, NoPodSecurityError
from azext_safeguards.domain.fleet.rows import safeguards_of
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions, bundled
from azext_safeguards.domain.initiative.names import POD_SECURITY, SHORT_NAMES
from azext_safeguards.domain.initiative.pod_security import members_of, parameters_for
from azext_safeguards.domain.level import Level
from tests import published_lists
from tests.unit.bodies import effect_override, profile, rendered, stored, updated
from tests.unit.recorded_definitions import effects_of

# Kubernetes' Pod Security Standards by the names of the initiative's members; windowsBlockContainerAdmin is no part of
# them and belongs to the stricter level.
RESTRICTED = set(published_lists.POD_SECURITY)
BASELINE = RESTRICTED - {
    "allowedUsersGroups",
    "windowsBlockContainerAdmin",
    "containerNoPrivilegeEscalation",
    "allowedVolumeTypes",
}
GROUP = {None: set(), "Baseline": BASELINE, "Restricted": RESTRICTED}
BY_LEVEL = {Level.WARNING: "Audit", Level.ENFORCEMENT: "Deny"}
EFFECT = {Choice.WARN: "Audit", Choice.DENY: "Deny"}


def switch(level, effect=None):
    return Change(policies=PodSecuritySet(pod_security(level, effect)))


def started(level=Level.ENFORCEMENT, version="v3.0.0"):
    return updated(None, Change(level, version))


def of_group(body):
    return {name: effect for name, effect in effects_of(body, "3.0.0").items() if name in POD_SECURITY}


def value(body, name):
    return body["properties"]["parameters"].get(name, {}).get("value")


def test_the_levels_are_those_of_kubernetes():
    assert (members_of("Baseline"), members_of("Restricted")) == (BASELINE, RESTRICTED)
    assert set(POD_SECURITY) == RESTRICTED


@pytest.mark.parametrize("level", [Level.WARNING, Level.ENFORCEMENT])
@pytest.mark.parametrize("wanted", ["Baseline", "Restricted"])
@pytest.mark.parametrize("effect", [None, Choice.WARN, Choice.DENY])
def test_its_policies_act_as_a_group_and_the_others_as_before(level, wanted, effect):
    before = started(level)
    body = updated(before, switch(wanted, effect))
    acts = EFFECT[effect] if effect else BY_LEVEL[level]
    assert of_group(body) == {name: acts if name in GROUP[wanted] else "Disabled" for name in POD_SECURITY}
    others = {name: found for name, found in effects_of(body, "3.0.0").items() if name not in POD_SECURITY}
    assert others == {name: found for name, found in effects_of(before, "3.0.0").items() if name not in POD_SECURITY}
    for name, wanted_value in parameters_for(wanted).items():
        assert value(body, name) == wanted_value
    assert len(body["properties"].get("overrides", [])) <= 3
    found = profile(body)
    assert (found.level, found.version, found.drift) == (level, "v3.0.0", ())
    assert rendered(body, switch(wanted, effect)).changes is False
    assert rendered(body, Change(level)).changes is False


@pytest.mark.parametrize("wanted", ["Baseline", "Restricted"])
def test_it_leaves_no_trace_once_it_is_off(wanted):
    before = started()
    after = updated(before, switch(wanted), switch("Off"))
    assert after["properties"] == before["properties"]
    assert updated(before, switch(wanted), Change(policies=PolicyReset()))["properties"] == before["properties"]


def test_from_one_level_to_the_other():
    body = updated(started(), switch("Restricted", Choice.WARN), switch("Baseline"))
    assert body["properties"] == updated(started(), switch("Baseline"))["properties"]


def test_one_policy_goes_its_own_way():
    alone = Change(policies=PolicySet(("privileged",), Choice.WARN, {}))
    told = rendered(updated(started(), alone), switch("Baseline"))
    assert told.warnings == ("What you chose for single policies goes before Pod Security: privileged (Warn).",)
    for body in (stored(told.body), updated(started(), switch("Baseline"), alone)):
        assert of_group(body)["privilegedContainers"] == "Audit"
        assert of_group(body)["allowedHostPaths"] == "Deny"
        assert profile(body).drift == ()
        rows = {row.name: row for row in policy_rows(read_assignment(body, Definitions()))}
        assert (rows["privileged"].does, rows["privileged"].origin) == ("warn", "choice")
        assert (rows["host-paths"].does, rows["host-paths"].origin) == ("deny", "pod security")
        assert (rows["users-groups"].does, rows["users-groups"].origin) == ("off", "level")
        assert {row.pod_security for row in rows.values()} == {None, "Baseline"}
        # What is chosen alone stays when the group goes, and the other way round.
        off = updated(body, switch("Off"))
        assert (of_group(off)["privilegedContainers"], of_group(off)["allowedHostPaths"]) == ("Audit", "Disabled")
        reset = rendered(body, Change(policies=PolicyReset(("privileged", "probes"))))
        assert effects_of(reset.body, "3.0.0")["privilegedContainers"] == "Deny"
        assert reset.warnings == ("Pod Security Baseline decides what privileged does.",)


def test_a_parameter_that_was_chosen_goes_before_the_groups():
    ports = Change(policies=PolicySet(("capabilities",), None, {"allowedCapabilities": '["NET_ADMIN"]'}))
    told = rendered(updated(started(), ports), switch("Restricted"))
    assert told.warnings == ("What you chose for single policies goes before Pod Security: allowedCapabilities.",)
    assert value(told.body, "allowedCapabilities") == ["NET_ADMIN"]
    assert value(told.body, "requiredDropCapabilities") == ["ALL"]
    back = updated(stored(told.body), Change(policies=PolicyReset(("capabilities",))))
    assert value(back, "allowedCapabilities") == ["NET_BIND_SERVICE"]
    rows = {row.name: row for row in policy_rows(read_assignment(stored(told.body), Definitions()))}
    origins = {item.name: item.origin for item in rows["capabilities"].parameters}
    assert origins["allowedCapabilities"] == "choice"
    assert origins["requiredDropCapabilities"] == "pod security"
    assert origins["excludedImages"] == "default"


def test_other_versions_do_not_have_it_and_nothing_is_lost_on_the_way():
    with pytest.raises(NoPodSecurityError, match=r"version v2\.0\.0 has no Pod Security"):
        rendered(started(version="v2.0.0"), switch("Baseline"))
    # Turning it off is always possible.
    assert rendered(started(version="v2.0.0"), switch("Off")).changes is False
    moved = rendered(updated(started(), switch("Restricted", Choice.WARN)), Change(version="v2.0.0"))
    assert any("v2.0.0 has no Pod Security (Restricted:Warn)" in text for text in moved.warnings)
    body = stored(moved.body)
    assert not set(parameters_for("Restricted")) & set(body["properties"]["parameters"])
    assert profile(body).drift == ()
    assert safeguards_of(body, Definitions(), None).choices == ()
    back = updated(body, Change(version="v3.0.0"))
    assert {name for name, effect in of_group(back).items() if effect == "Audit"} == RESTRICTED
    assert value(back, "forcePrivilegeEscalationToBeFalse") is True


def test_off_keeps_it_for_the_next_level():
    told = rendered(started(Level.OFF), switch("Baseline"))
    assert any("nothing acts" in text for text in told.warnings)
    assert set(effects_of(told.body, "3.0.0").values()) == {"Disabled"}
    assert {row.origin for row in policy_rows(read_assignment(stored(told.body), Definitions()))} == {"level"}
    on = updated(stored(told.body), Change(Level.WARNING))
    assert {name for name, effect in of_group(on).items() if effect == "Audit"} == BASELINE


def test_it_takes_over_what_somebody_else_had_set_for_its_policies():
    body = started()
    body["properties"]["overrides"].append(effect_override("Audit", "privilegedContainers", "imagesDoNotUseLatest"))
    for override in body["properties"]["overrides"][:-1]:
        (selector,) = override["selectors"]
        selector["in"] = [item for item in selector["in"] if item not in ("privilegedContainers",)]
    body["properties"]["parameters"]["allowedCapabilities"] = {"value": ["SYS_TIME"]}
    told = rendered(body, switch("Baseline"))
    assert "Somebody else's override no longer decides: privileged (Audit)." in told.warnings
    assert any("allowedCapabilities is replaced: ['SYS_TIME']" in text for text in told.warnings)
    assert of_group(told.body)["privilegedContainers"] == "Deny"
    assert effects_of(told.body, "3.0.0")["imagesDoNotUseLatest"] == "Audit"


def test_it_is_one_short_record_that_is_copied_with_the_rest():
    choices = Choices({"probes": Choice.OFF}, {}, PodSecurity("Restricted", Choice.WARN))
    assert choices.metadata["safeguardsPodSecurity"] == "Restricted:Warn"
    assert recorded_choices(choices.metadata) == choices
    assert all(is_choice_key(key) and len(text) < 1024 for key, text in choices.metadata.items())
    body = updated(started(), Change(policies=PolicyReplace(choices)))
    assert of_group(body)["allowedUsersGroups"] == "Audit"
    assert safeguards_of(body, Definitions(), None).choices == ("pod-security=Restricted:Warn", "probes=Disabled")


def test_what_changes_is_told_policy_by_policy():
    from azext_safeguards.domain.assignment.differences import differences

    before = read_assignment(started(), Definitions())
    told = [str(item) for item in differences(before, rendered(started(), switch("Baseline")).body, Definitions())]
    assert told[0] == "pod security: - -> Baseline"
    assert "policy privileged: off -> deny" in told
    assert len([text for text in told if text.startswith("policy ")]) == len(BASELINE)


@pytest.mark.parametrize("text", ["", "Privileged", "Baseline:", "Baseline:Off", "Baseline:Deny:", ":Deny", None, 5])
def test_a_record_that_somebody_edited_counts_as_off(text):
    assert recorded_pod_security({"safeguardsPodSecurity": text}) is None


@pytest.mark.parametrize(
    ("level", "effect"),
    [("Privileged", None), ("Off", Choice.DENY), ("Baseline", Choice.OFF), ("Baseline", Choice.MUTATE)],
)
def test_what_the_switch_does_not_have_is_refused(level, effect):
    with pytest.raises(InvalidValueError) as refused:
        pod_security(level, effect)
    assert refused.value.remedies


def test_the_policies_of_a_version_say_which_level_turns_them_on():
    rows = version_rows(PROFILE_VERSIONS["v3.0.0"], bundled()["3.0.0"])
    lowest = {row["referenceId"]: row["podSecurityFrom"] for row in rows}
    assert {name for name, level in lowest.items() if level == "Baseline"} == BASELINE
    assert {name for name, level in lowest.items() if level} == RESTRICTED
    assert set(SHORT_NAMES) >= RESTRICTED
