# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.domain.assignment.intent import Intent, recorded_intent
from azext_safeguards.domain.level import Level


def test_the_intent_is_recorded_in_metadata_as_text():
    assert Intent(Level.ENFORCEMENT, "v2.0.0").metadata == {
        "safeguardsLevel": "Enforcement",
        "safeguardsVersion": "v2.0.0",
    }
    assert Intent(Level.OFF).metadata == {"safeguardsLevel": "Off"}
    assert Intent().metadata == {}


def test_the_longest_metadata_value_is_far_under_the_limit_of_1024_characters():
    values = [value for level in Level for value in Intent(level, "v2.0.0").metadata.values()]
    assert max(len(value) for value in values) < 20


@pytest.mark.parametrize(
    ("metadata", "intent"),
    [
        ({}, None),
        ({"assignedBy": "somebody"}, None),
        ({"safeguardsVersion": "v2.0.0"}, None),
        ({"safeguardsLevel": "Bogus", "safeguardsVersion": "v2.0.0"}, None),
        ({"safeguardsLevel": "warning"}, None),
        ({"safeguardsLevel": 5}, None),
        ({"safeguardsLevel": None}, None),
        ({"safeguardsLevel": ["Warning"]}, None),
        ({"safeguardsLevel": {"a": "b"}}, None),
        ({"safeguardsLevel": "Warning"}, Intent(Level.WARNING)),
        ({"safeguardsLevel": "Warning", "safeguardsVersion": "v9.9.9"}, Intent(Level.WARNING)),
        ({"safeguardsLevel": "Warning", "safeguardsVersion": 2}, Intent(Level.WARNING)),
        ({"safeguardsLevel": "Warning", "safeguardsVersion": ["v2.0.0"]}, Intent(Level.WARNING)),
        ({"safeguardsLevel": "Off", "safeguardsVersion": "v1.0.0"}, Intent(Level.OFF, "v1.0.0")),
        (
            {"safeguardsLevel": "Enforcement", "safeguardsVersion": "v3.0.0", "x": 1},
            Intent(Level.ENFORCEMENT, "v3.0.0"),
        ),
    ],
)
def test_what_metadata_records_is_read_and_junk_is_not(metadata, intent):
    assert recorded_intent(metadata) == intent


@pytest.mark.parametrize(("version", "pin"), [("v1.0.0", "2.1.*"), ("v2.0.0", "2.1.*"), ("v3.0.0", "3.0.*")])
def test_an_intent_knows_its_pin(version, pin):
    assert Intent(Level.WARNING, version).profile_version.pin == pin


def test_an_intent_without_a_version_belongs_to_no_profile_version():
    assert Intent(Level.WARNING).profile_version is None
