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
    ],
)
def test_a_level_is_read_in_any_case(text, level):
    assert parse_level(text) is level


# Warn and Enforce are the levels of the managed resource, not of these flags.
@pytest.mark.parametrize("text", ["", " ", "Warn", "Enforce", "On", "Offf", "None", "Warning,Off", "Warning\nOff", "0"])
def test_what_is_no_level_is_refused_with_the_levels_that_there_are(text):
    with pytest.raises(InvalidValueError) as refused:
        parse_level(text)
    assert f"'{text}'" in refused.value.message
    assert "Off, Warning, Enforcement" in commands(refused.value.remedies)[0]


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
