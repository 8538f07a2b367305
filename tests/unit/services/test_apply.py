# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How a plan is written; conflicts and lost answers are in test_safeguards as well."""

import pytest
import requests
from azure.core.exceptions import HttpResponseError

from azext_safeguards.domain.level import Level
from azext_safeguards.services.apply import apply_plan
from azext_safeguards.services.lookup import NotDoneError
from tests.unit.bodies import foreign_assignment, stored, updated
from tests.unit.services.ready import ASSIGNMENT, CLUSTER, ENFORCEMENT, OFF, WARNING, Service, plan
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error

PAGE = Answer(200, b"<html>guest network</html>", {"Content-Type": "text/html"})


def apply(service, planned):
    return apply_plan(client(service, retry_total=0), CLUSTER, planned)


def methods(service):
    return [call.method for call in service.calls]


def test_what_is_there_already_is_not_written():
    there = updated(None, WARNING)
    planned = plan(Service(there), WARNING)
    service = ResourceManager()
    assert apply(service, planned).level is Level.WARNING
    assert service.calls == []


def test_off_where_there_is_nothing_is_no_profile():
    service = ResourceManager()
    assert apply(service, plan(Service(), OFF)) is None
    assert service.calls == []


def test_an_answer_that_is_no_json_is_verified_by_reading():
    planned = plan(Service(), ENFORCEMENT)
    service = (
        ResourceManager().on("PUT", ASSIGNMENT, PAGE).on("GET", ASSIGNMENT, Answer(200, updated(None, ENFORCEMENT)))
    )
    assert apply(service, planned).level is Level.ENFORCEMENT
    assert methods(service) == ["PUT", "GET"]


def test_an_answer_that_is_no_json_and_a_write_that_was_not_taken_is_raised():
    planned = plan(Service(), ENFORCEMENT)
    service = ResourceManager().on("PUT", ASSIGNMENT, PAGE)
    with pytest.raises(HttpResponseError):
        apply(service, planned)


def test_a_repeated_write_says_the_same_to_the_letter():
    planned = plan(Service(foreign_assignment()), ENFORCEMENT)
    body = planned.rendering.body
    service = ResourceManager().on(
        "PUT",
        ASSIGNMENT,
        error(503, "Busy"),
        error(429, "Slow", headers={"Retry-After": "1"}),
        Answer(201, stored(body)),
    )
    apply_plan(client(service), CLUSTER, planned)
    assert methods(service) == ["PUT", "PUT", "PUT"]
    assert len({call.body for call in service.calls}) == 1
    assert service.calls[0].json == body


def test_a_lost_answer_whose_write_somebody_has_changed_since_is_raised():
    planned = plan(Service(), ENFORCEMENT)
    other = updated(None, WARNING)
    service = ResourceManager().on("GET", ASSIGNMENT, Answer(200, other))
    service.on("PUT", ASSIGNMENT, requests.exceptions.ConnectionError("dropped"))
    with pytest.raises(NotDoneError, match="dropped"):
        apply(service, planned)


def test_a_conflict_after_which_the_assignment_is_gone_writes_it_whole():
    planned = plan(Service(updated(None, WARNING)), ENFORCEMENT)
    whole = plan(Service(), ENFORCEMENT).rendering.body
    service = ResourceManager().on("PUT", ASSIGNMENT, error(409, "Conflict"), Answer(201, updated(None, ENFORCEMENT)))
    assert apply(service, planned).level is Level.ENFORCEMENT
    assert service.calls[-1].json == whole


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_raised_at_once(status):
    planned = plan(Service(), ENFORCEMENT)
    service = ResourceManager().on("PUT", ASSIGNMENT, error(status, "No"))
    with pytest.raises(HttpResponseError) as failed:
        apply(service, planned)
    assert failed.value.status_code == status
    assert set(methods(service)) == {"PUT"}


def test_a_conflict_whose_reading_fails_is_that_failure():
    planned = plan(Service(updated(None, WARNING)), ENFORCEMENT)
    service = ResourceManager().on("PUT", ASSIGNMENT, error(412, "Stale")).on("GET", ASSIGNMENT, error(403, "No"))
    with pytest.raises(HttpResponseError) as failed:
        apply(service, planned)
    assert failed.value.status_code == 403
    assert methods(service) == ["PUT", "GET"]
