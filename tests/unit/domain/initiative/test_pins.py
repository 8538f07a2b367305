# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.domain.initiative.pins import matches, newest_match, same_pin

# properties.versions of the initiative (Azure/azure-policy, AKS_Safeguards.json, 2026-04-29).
OFFERED = [
    "3.0.0",
    "2.1.1",
    "2.1.0",
    "2.0.1",
    "2.0.0-PREVIEW",
    "1.9.0-PREVIEW",
    "1.8.0-PREVIEW",
    "1.7.0-PREVIEW",
    "1.6.0-PREVIEW",
    "1.5.0-PREVIEW",
    "1.4.1-PREVIEW",
    "1.4.0-PREVIEW",
    "1.3.3-PREVIEW",
    "1.3.2-PREVIEW",
]


@pytest.mark.parametrize(
    ("pin", "version"),
    [
        ("2.1.*", "2.1.1"),
        ("3.0.*", "3.0.0"),
        ("2.*.*", "2.1.1"),
        ("2.0.*", "2.0.1"),
        ("2.1.0", "2.1.0"),
        ("2.0.*-preview", "2.0.0-preview"),
        ("2.0.*-PREVIEW", "2.0.0-preview"),
        ("1.7.*-Preview", "1.7.0-preview"),
        ("1.4.*-preview", "1.4.1-preview"),
        ("1.*.*-preview", "1.9.0-preview"),
        (" 2.1.* ", "2.1.1"),
        ("2.2.*", None),
        ("4.*.*", None),
        ("1.*.*", None),
        ("3.0.*-preview", None),
        ("2.1.2", None),
        ("", None),
        ("2.1", None),
        ("*", None),
        ("*.*.*", None),
        ("v2.1.*", None),
        ("2.1.*-beta", None),
        ("2.1.x", None),
        ("2.1.*\n3.0.*", None),
    ],
)
def test_a_pin_selects_the_newest_version_that_it_matches(pin, version):
    assert newest_match(pin, OFFERED) == version


def test_newest_is_by_number_and_not_by_text_or_order():
    assert newest_match("2.1.*", ["2.1.9", "2.1.10", "2.1.2"]) == "2.1.10"
    assert newest_match("2.*.*", ["2.9.0", "2.10.0"]) == "2.10.0"


def test_nothing_offered_selects_nothing():
    assert newest_match("2.1.*", []) is None


@pytest.mark.parametrize(
    ("pin", "version", "expected"),
    [
        ("2.1.*", "2.1.7", True),
        ("2.*.*", "2.99.0", True),
        ("2.1.*", "2.1.7-preview", False),
        ("2.1.*-preview", "2.1.7", False),
        ("2.1.*-preview", "2.1.7-PREVIEW", True),
        ("2.1.*", "2.11.0", False),
        ("2.1.*", "12.1.0", False),
        ("2.1.*", "junk", False),
        ("2.1.*", "2.1.*", False),
    ],
)
def test_a_pin_matches_one_version(pin, version, expected):
    assert matches(pin, version) is expected


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("2.1.*", "2.1.*", True),
        ("1.7.*-preview", " 1.7.*-PREVIEW ", True),
        ("2.1.*", "2.1.1", False),
        (None, "", True),
        (None, "2.1.*", False),
    ],
)
def test_pins_are_compared_without_case_and_blanks(left, right, same):
    assert same_pin(left, right) is same
