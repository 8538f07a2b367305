# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Bodies that more than one level could have given: the mildest holds, and no effect changes."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.reading import read_assignment
from azext_safeguards.domain.assignment.render import render
from azext_safeguards.domain.errors import PinUnavailableError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import InitiativeVersion, Parameter
from azext_safeguards.domain.level import Level
from tests.published_lists import MUTATORS, V2_VALIDATORS
from tests.unit.bodies import effect_override, effect_parameters, foreign_assignment

EVERYTHING = (*V2_VALIDATORS, *MUTATORS, "printMutationsAnnotations")


def westus(override):
    return {**override, "selectors": [*override["selectors"], {"kind": "resourceLocation", "in": ["westus"]}]}


@pytest.mark.parametrize(
    "override",
    [
        effect_override("Audit", *V2_VALIDATORS),
        effect_override("Disabled", *EVERYTHING),
        westus(effect_override("Disabled", *V2_VALIDATORS)),
        westus(effect_override("Disabled", *EVERYTHING)),
        {"kind": "policyEffect", "value": "Disabled", "selectors": [{"kind": "resourceLocation", "in": ["westus"]}]},
        {"kind": "policyEffect", "value": "Disabled"},
    ],
)
def test_a_namespace_edit_of_an_adopted_warning_stays_warning_and_changes_no_effect(override):
    body = foreign_assignment(parameters=effect_parameters("Audit", True), overrides=[override])
    before = read_assignment(body, Definitions(), "eastus")
    edited = render(before, Change(excluded_namespaces=("n1",)), Definitions())
    assert edited.intent.level is Level.WARNING
    assert edited.body["properties"]["parameters"]["effectForMutationPolicies"] == {"value": "Disabled"}
    assert edited.body["properties"]["overrides"] == [override]
    assert read_assignment(edited.body, Definitions(), "eastus").effects == before.effects


def test_a_required_parameter_without_a_known_value_is_refused_before_anything_is_written():
    known = Definitions().get("2.1.*")
    newer = InitiativeVersion(
        "2.1.2", {**known.parameters, "mustHave": Parameter("mustHave", "String", (), True, None)}, known.members
    )
    cloud = Definitions(("2.1.2", "2.1.1"), {"2.1.2": newer})
    with pytest.raises(PinUnavailableError, match="requires mustHave"):
        render(None, Change(Level.WARNING), cloud)
