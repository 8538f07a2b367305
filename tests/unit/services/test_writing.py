# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.

import pytest
import requests
from azure.core.exceptions import HttpResponseError

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.errors import PinUnavailableError, TooManyOverridesError
from azext_safeguards.domain.level import Level
from azext_safeguards.services import lookup
from azext_safeguards.services.apply import apply_plan
from tests.published_lists import FIRST_LIST
from tests.unit.bodies import INITIATIVE, effect_override, updated
from tests.unit.recorded_definitions import arm_body
from tests.unit.services.ready import ASSIGNMENT, CLUSTER, ENFORCEMENT, VERSIONS, WARNING, Service, plan
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error


class TestWriting:
    """A write that meets another one, and a write whose answer is lost."""

    def apply(self, service, planned):
        return apply_plan(client(service, retry_total=0), CLUSTER, planned)

    @pytest.mark.parametrize("status", [409, 412])
    def test_a_conflict_is_planned_anew_on_what_the_other_one_left(self, status):
        planned = plan(Service(updated(None, WARNING)), ENFORCEMENT)
        theirs = updated(None, WARNING)
        theirs["properties"]["overrides"] = [effect_override("Audit", "uniqueServiceSelectors")]
        theirs["properties"]["notScopes"] = ["/theirs"]
        service = ResourceManager().on("GET", ASSIGNMENT, Answer(200, theirs))
        service.on("PUT", ASSIGNMENT, error(status, "Conflict"), Answer(201, updated(theirs, ENFORCEMENT)))
        profile = self.apply(service, planned)
        assert [call.method for call in service.calls] == ["PUT", "GET", "PUT"]
        sent = service.calls[2].json["properties"]
        assert sent["notScopes"] == ["/theirs"]
        assert sent["overrides"][1] == effect_override("Audit", "uniqueServiceSelectors")
        assert profile.level is Level.ENFORCEMENT
        assert profile.effects["unique-selectors"] == "Audit"

    def test_a_conflict_after_which_nothing_is_left_to_do_writes_no_more(self):
        planned = plan(Service(updated(None, WARNING)), ENFORCEMENT)
        service = ResourceManager().on("GET", ASSIGNMENT, Answer(200, updated(None, ENFORCEMENT)))
        service.on("PUT", ASSIGNMENT, error(409, "Conflict"))
        assert self.apply(service, planned).level is Level.ENFORCEMENT
        assert [call.method for call in service.calls] == ["PUT", "GET"]

    @pytest.mark.parametrize("status", [409, 412])
    def test_a_conflict_that_does_not_end_is_raised(self, status):
        planned = plan(Service(updated(None, WARNING)), ENFORCEMENT)
        service = ResourceManager().on("GET", ASSIGNMENT, Answer(200, updated(None, WARNING)))
        service.on("PUT", ASSIGNMENT, error(status, "Conflict"))
        with pytest.raises(HttpResponseError) as failed:
            self.apply(service, planned)
        assert failed.value.status_code == status
        assert [call.method for call in service.calls].count("PUT") <= 3

    def test_what_the_other_one_left_may_refuse_the_change(self):
        planned = plan(Service(updated(None, WARNING)), ENFORCEMENT)
        crowded = updated(None, WARNING)
        crowded["properties"]["overrides"] = [effect_override("Audit", name) for name in FIRST_LIST[:10]]
        service = ResourceManager().on("GET", ASSIGNMENT, Answer(200, crowded))
        service.on("PUT", ASSIGNMENT, error(412, "PreconditionFailed"))
        with pytest.raises(TooManyOverridesError):
            self.apply(service, planned)
        assert [call.method for call in service.calls] == ["PUT", "GET"]

    @pytest.mark.parametrize("is_there", [True, False])
    def test_a_pin_that_the_other_one_left_is_read_before_anything_is_planned_on_it(self, is_there):
        planned = plan(Service(updated(None, ENFORCEMENT), ["3.1.0", *VERSIONS]), Change(excluded_namespaces=("a",)))
        theirs = updated(None, Change(Level.ENFORCEMENT, "v3.0.0"))
        theirs["properties"]["definitionVersion"] = "3.1.*"
        del theirs["properties"]["metadata"]["safeguardsVersion"]
        newer = arm_body("3.0.0")
        newer["properties"]["version"] = "3.1.0"
        service = ResourceManager().on("GET", ASSIGNMENT, Answer(200, theirs))
        service.on("GET", f"{INITIATIVE}/versions/3.1.0", Answer(200, newer) if is_there else error(404, "NotThere"))
        service.on("PUT", ASSIGNMENT, error(409, "Conflict"), Answer(201, theirs))
        if not is_there:
            with pytest.raises(PinUnavailableError, match=r"3\.1\.0"):
                self.apply(service, planned)
            return
        self.apply(service, planned)
        sent = service.calls[-1].json["properties"]
        assert sent["definitionVersion"] == "3.1.*"
        assert "a" in sent["parameters"]["excludedNamespaces"]["value"]

    @pytest.mark.parametrize("failure", [error(500, "Broken"), requests.exceptions.ConnectionError("dropped")])
    def test_a_write_whose_answer_was_lost_is_found(self, failure):
        planned = plan(Service(), ENFORCEMENT)
        service = ResourceManager().on("GET", ASSIGNMENT, Answer(200, updated(None, ENFORCEMENT)))
        service.on("PUT", ASSIGNMENT, failure)
        assert self.apply(service, planned).level is Level.ENFORCEMENT

    @pytest.mark.parametrize("there", [None, updated(None, WARNING)])
    @pytest.mark.parametrize("failure", [error(500, "Broken"), requests.exceptions.ConnectionError("dropped")])
    def test_a_write_that_was_not_taken_is_looked_up_twice_and_raised(self, failure, there, monkeypatch):
        monkeypatch.setattr(lookup, "_PAUSE_SECONDS", 0)
        planned = plan(Service(), ENFORCEMENT)
        service = ResourceManager().on("PUT", ASSIGNMENT, failure)
        if there:
            service.on("GET", ASSIGNMENT, Answer(200, there))
        with pytest.raises(lookup.NotDoneError):
            self.apply(service, planned)
        assert [call.method for call in service.calls] == ["PUT", "GET", "GET"]
