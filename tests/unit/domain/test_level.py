# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.level import SETTINGS, Level, parse_level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Off", Level.OFF),
        ("off", Level.OFF),
        ("OFF", Level.OFF),
        ("Warning", Level.WARNING),
        ("wARNING", Level.WARNING),
        ("Enforcement", Level.ENFORCEMENT),
        ("enforcement", Level.ENFORCEMENT),
        (" Warning ", Level.WARNING),
        ("Warning\r", Level.WARNING),
        ("\tOff\r\n", Level.OFF),
    ],
)
def test_a_level_is_read_in_any_case(text, level):
    assert parse_level(text) is level


@pytest.mark.parametrize("text", ["", " ", "0", "High", "v2.0.0"])
def test_what_is_no_level_is_refused_with_the_levels_that_there_are(text):
    with pytest.raises(InvalidValueError) as refused:
        parse_level(text)
    assert f"'{text.strip()}'" in refused.value.message
    assert "Off, Warning, Enforcement" in refused.value.message
    assert commands(refused.value.remedies) == ("--safeguards-level Warning",)


# Warn and Enforce are the levels of the managed resource, Audit and Deny effects of Azure Policy.
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Warn", "Warning"),
        ("warn\r", "Warning"),
        ("warnings", "Warning"),
        ("audit", "Warning"),
        ("Enforce", "Enforcement"),
        ("enforced", "Enforcement"),
        ("Deny", "Enforcement"),
        ("Offf", "Off"),
        ("None", "Off"),
        ("Disabled", "Off"),
        ("DoNotEnforce", "Off"),
        ("Warning,Off", "Warning"),
    ],
)
def test_what_is_almost_a_level_is_answered_with_the_one_that_is_meant(text, meant):
    with pytest.raises(InvalidValueError, match=f"did you mean {meant}\\?") as refused:
        parse_level(text)
    assert commands(refused.value.remedies) == (f"--safeguards-level {meant}",)


def test_levels_are_spelled_as_aks_preview_spelled_them():
    assert [level.value for level in Level] == ["Off", "Warning", "Enforcement"]


@pytest.mark.parametrize(
    ("level", "effect", "warn", "mutation", "mode"),
    [
        (Level.OFF, "Disabled", False, "Disabled", "DoNotEnforce"),
        (Level.WARNING, "Audit", True, "Disabled", "Default"),
        (Level.ENFORCEMENT, "Audit", True, "Mutate", "Default"),
    ],
)
def test_a_level_means_these_values(level, effect, warn, mutation, mode):
    settings = SETTINGS[level]
    assert (settings.effect, settings.warn, settings.mutation_effect, settings.enforcement_mode) == (
        effect,
        warn,
        mutation,
        mode,
    )


def test_only_off_does_not_act():
    assert [level.is_on for level in (Level.OFF, Level.WARNING, Level.ENFORCEMENT)] == [False, True, True]
