# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.

import pytest
from azure.core.exceptions import ResourceNotFoundError

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.choices.changing import PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.domain.errors import (
    ForeignDefinitionError,
)
from azext_safeguards.domain.level import Level
from azext_safeguards.services.planning import read_profile
from tests.unit.bodies import (
    INITIATIVE,
    NAME,
    effect_parameters,
    foreign_assignment,
    stored,
    updated,
)
from tests.unit.recorded_definitions import arm_body
from tests.unit.services.ready import ASSIGNMENT, CLUSTER, ENFORCEMENT, Service, change
from tests.unit.services.resource_manager import Answer, client, error


class TestReading:
    def test_a_bundled_pin_is_one_request(self):
        body = updated(None, Change(Level.ENFORCEMENT, "v1.0.0", ("a",)))
        service = Service(body)
        profile, found = read_profile(client(service), CLUSTER)
        assert service.requested() == [("GET", f"policyAssignments/{NAME}")]
        assert found == body
        assert (profile.level, profile.version, profile.excluded_namespaces) == (Level.ENFORCEMENT, "v1.0.0", ("a",))

    def test_a_version_that_is_newer_than_the_bundled_one_is_no_drift(self):
        newer = arm_body("2.1.1")
        newer["properties"]["version"] = "2.1.2"
        newer["properties"]["policyDefinitions"].append(
            {
                "policyDefinitionReferenceId": "brandNew",
                "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/x",
                "parameters": {"effect": {"value": "[parameters('effect')]"}},
            }
        )
        service = Service(versions=["3.0.0", "2.1.2", "2.1.1"])
        service.on("GET", f"{INITIATIVE}/versions/2.1.2", Answer(200, newer))
        for wanted in (ENFORCEMENT, Change(policies=PolicySet(("brandNew",), Choice.WARN))):
            change(service, wanted)
            service.on("GET", ASSIGNMENT, Answer(200, stored(service.writes[-1].json)))
        service.calls.clear()
        profile, _ = read_profile(client(service), CLUSTER)
        assert len(service.calls) == 3
        assert (profile.level, profile.drift, profile.effects["brandNew"]) == (Level.ENFORCEMENT, (), "Audit")

    def test_drift_of_what_the_bundled_version_has_is_one_request(self):
        body = updated(None, ENFORCEMENT)
        body["properties"]["parameters"]["warn"]["value"] = False
        service = Service(body)
        profile, _ = read_profile(client(service), CLUSTER)
        assert len(service.calls) == 1
        assert [item.field for item in profile.drift] == ["parameters.warn"]

    def test_an_unknown_pin_is_three_requests(self):
        old = arm_body("1.6.0-preview")
        old["properties"]["version"] = "1.5.0-preview"
        service = Service(foreign_assignment(pin="1.5.*-preview", parameters=effect_parameters("Audit", True)))
        service.on("GET", f"{INITIATIVE}/versions/1.5.0-preview", Answer(200, old))
        profile, _ = read_profile(client(service), CLUSTER)
        assert len(service.calls) == 3
        assert (profile.level, profile.version) == (Level.WARNING, "1.5.*-preview")

    @pytest.mark.parametrize("status", [403, 404, 500])
    def test_an_unknown_pin_is_shown_as_far_as_it_is_known_where_the_initiative_cannot_be_read(self, status):
        service = Service(foreign_assignment(pin="9.9.*", parameters=effect_parameters("Audit", True)))
        service.on("GET", INITIATIVE, error(status, "Broken"))
        profile, _ = read_profile(client(service, retry_total=0), CLUSTER)
        assert (profile.level, profile.version) == (None, "9.9.*")
        assert service.writes == []

    def test_no_assignment_is_not_found(self):
        with pytest.raises(ResourceNotFoundError):
            read_profile(client(Service()), CLUSTER)

    def test_an_assignment_on_another_definition_is_refused(self):
        body = foreign_assignment()
        body["properties"]["policyDefinitionId"] = "/providers/Microsoft.Authorization/policyDefinitions/x"
        with pytest.raises(ForeignDefinitionError):
            read_profile(client(Service(body)), CLUSTER)
