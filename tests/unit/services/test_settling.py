# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Two writers at once: the one whose change was undone notices it, makes it again on top, or says so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from azure.core.exceptions import AzureError

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.choices.changing import PolicySet
from azext_safeguards.domain.choices.choice import Choice
from azext_safeguards.services import apply
from azext_safeguards.services.apply import write
from azext_safeguards.services.settling import UndoneError, settle
from tests.unit.bodies import stored, updated
from tests.unit.services.ready import ASSIGNMENT, CLUSTER, WARNING, Service, plan
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error

PROBES = Change(policies=PolicySet(("probes",), Choice.OFF))
IMAGES = Change(policies=PolicySet(("no-latest-tag",), Choice.DENY))


class Storing(ResourceManager):
    """Keeps what is put; `others` are written by somebody else after each of our writes, one after the other."""

    def __init__(self, body, *others):
        super().__init__()
        self.body, self.others = body, list(others)
        self.on("GET", ASSIGNMENT, Answer(200, body))

    def send(self, request, **options):
        if request.method == "PUT":
            self.body = stored(json.loads(request.body))
            self.on("PUT", ASSIGNMENT, Answer(201, self.body))
            if self.others:
                self.body = self.others.pop(0)(self.body)
            self.on("GET", ASSIGNMENT, Answer(200, self.body))
        return super().send(request, **options)


def written(service, change=PROBES):
    planned = plan(Service(service.body), change)
    arm = client(service, retry_total=0)
    return settle(arm, CLUSTER, planned, write(arm, CLUSTER, planned), sleep=service.sleeps.append)


def choices(done):
    return {name: choice.value for name, choice in done.assignment.intent.choices.effects.items()}


def test_what_is_still_there_costs_one_read():
    service = Storing(updated(None, WARNING))
    done = written(service)
    assert (choices(done), done.repeated) == ({"probes": "Off"}, False)
    assert [call.method for call in service.calls] == ["PUT", "GET"]
    assert len(service.sleeps) == 1


def test_nothing_written_is_nothing_to_read_back():
    service = Storing(updated(None, WARNING, PROBES))
    assert choices(written(service)) == {"probes": "Off"}
    assert service.calls == []


def test_a_change_that_was_overwritten_is_made_again_on_top():
    there = updated(None, WARNING)
    service = Storing(there, lambda _: updated(there, IMAGES))
    done = written(service)
    assert (choices(done), done.repeated) == ({"probes": "Off", "no-latest-tag": "Deny"}, True)
    assert [call.method for call in service.calls] == ["PUT", "GET", "PUT", "GET"]


def test_a_change_of_somebody_who_knew_of_ours_is_left_alone():
    service = Storing(updated(None, WARNING), lambda body: updated(body, IMAGES))
    done = written(service)
    assert (choices(done), done.repeated) == ({"probes": "Off", "no-latest-tag": "Deny"}, False)
    assert [call.method for call in service.calls] == ["PUT", "GET"]


def test_somebody_who_keeps_undoing_it_is_told():
    there = updated(None, WARNING)
    service = Storing(there, *[lambda _: there] * 9)
    with pytest.raises(UndoneError, match="written 3 times"):
        written(service)


def test_an_assignment_that_is_removed_at_the_same_time_is_told():
    service = Storing(updated(None, WARNING))
    service.others = [lambda body: service.on("DELETE", ASSIGNMENT) and body]
    planned = plan(Service(service.body), PROBES)
    arm = client(service, retry_total=0)
    done = write(arm, CLUSTER, planned)
    service.on("GET", ASSIGNMENT, error(404, "PolicyAssignmentNotFound"))
    with pytest.raises(UndoneError, match="removed"):
        settle(arm, CLUSTER, planned, done, sleep=lambda _: None)


def test_a_reading_back_that_fails_is_raised():
    service = Storing(updated(None, WARNING))
    planned = plan(Service(service.body), PROBES)
    arm = client(service, retry_total=0)
    done = write(arm, CLUSTER, planned)
    service.on("GET", ASSIGNMENT, error(403, "AuthorizationFailed"))
    with pytest.raises(AzureError):
        settle(arm, CLUSTER, replace(planned), done, sleep=lambda _: None)


@pytest.mark.parametrize(
    ("read", "sent", "answered", "quiet"),
    [(10.0, 10.2, 10.35, 0.15), (10.0, 10.2, 12.0, 0.0), (10.0, 20.0, 20.1, 3.0), (0.0, 10.2, 10.3, 0.0)],
)
def test_how_long_others_may_still_write(read, sent, answered, quiet):
    assert apply._quiet(read, sent, answered) == pytest.approx(quiet)
