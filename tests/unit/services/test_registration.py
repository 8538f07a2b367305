# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest
from azure.core.exceptions import HttpResponseError

from azext_safeguards.services import registration
from azext_safeguards.services.registration import Registration, RegistrationTimeout, Step, as_output, register
from tests.unit.bodies import SUBSCRIPTION
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error

ROOT = f"/subscriptions/{SUBSCRIPTION}/providers"
FEATURE = f"{ROOT}/Microsoft.Features/providers/Microsoft.ContainerService/features/SafeguardsPreview"
AKS, INSIGHTS = f"{ROOT}/Microsoft.ContainerService", f"{ROOT}/Microsoft.PolicyInsights"
NAME = "Microsoft.ContainerService/SafeguardsPreview"


def feature(state):
    return Answer(200, {"properties": {"state": state}})


def provider(state):
    return Answer(200, {"registrationState": state})


@pytest.fixture
def service():
    """A subscription in which all is registered."""
    manager = ResourceManager().on("GET", FEATURE, feature("Registered"))
    for path in (AKS, INSIGHTS):
        manager.on("GET", path, provider("Registered"))
        manager.on("POST", f"{path}/register", provider("Registered"))
    return manager


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(registration.time, "monotonic", lambda: self.now)

    def sleep(self, seconds):
        self.now += seconds


def run(service, **options):
    return register(client(service, retry_total=0), **options)


def test_all_registered_already_costs_three_requests(service):
    done = run(service)
    assert [(call.method, call.path) for call in service.calls] == [
        ("GET", FEATURE),
        ("POST", f"{AKS}/register"),
        ("GET", INSIGHTS),
    ]
    assert [step.action for step in done.steps] == ["skipped", "refreshed", "skipped"]
    assert done.is_complete


def test_it_waits_longer_and_longer_but_never_more_than_15_seconds_at_a_time(service, monkeypatch):
    clock, pauses, said = Clock(monkeypatch), [], []
    service.on("GET", FEATURE, feature("NotRegistered"), *[feature("Registering")] * 9, feature("Registered"))
    service.on("POST", f"{FEATURE}/register", feature("Registering"))

    def sleep(seconds):
        pauses.append(seconds)
        clock.sleep(seconds)

    done = run(service, sleep=sleep, say=said.append)
    assert done.steps[0] == Step(NAME, "Registered", "registered")
    assert pauses[:3] == [1.0, 1.5, 2.25]
    assert max(pauses) == pauses[-1] == 15.0
    assert said == [f"Waiting for {NAME}: Registering"] * len(pauses)


def test_the_time_to_wait_is_for_all_steps_together(service, monkeypatch):
    clock = Clock(monkeypatch)
    service.on("GET", FEATURE, feature("Registering"), feature("Registering"), feature("Registered"))
    service.on("POST", f"{AKS}/register", provider("Registering"))
    service.on("GET", AKS, provider("Registering"))
    with pytest.raises(RegistrationTimeout) as late:
        run(service, sleep=clock.sleep, timeout=20)
    assert (late.value.name, late.value.state) == ("Microsoft.ContainerService", "Registering")
    assert str(late.value) == "Microsoft.ContainerService is still Registering"
    assert clock.now == 20
    assert [call for call in service.calls if "PolicyInsights" in call.path] == []


def test_a_state_in_other_letters_is_the_same_state(service):
    service.on("GET", FEATURE, feature("registered"))
    assert run(service).steps[0].action == "skipped"


@pytest.mark.parametrize("state", ["Pending", "Registering"])
def test_what_is_under_way_is_not_asked_for_again(service, state):
    service.on("GET", FEATURE, feature(state))
    done = run(service, wait=False)
    assert [call.path for call in service.calls if call.method == "POST"] == []
    assert [(step.state, step.action) for step in done.steps] == [
        (state, "requested"),
        ("Registered", "skipped"),
        ("Registered", "skipped"),
    ]
    assert not done.is_complete


def test_a_retired_feature_counts_as_complete(service):
    service.on("GET", FEATURE, error(404, "FeatureNotFound"))
    done = run(service)
    assert (done.steps[0].state, done.steps[0].action) == ("Retired", "skipped")
    assert done.is_complete


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_feature_that_cannot_be_read_is_an_error_and_nothing_is_registered(service, status):
    service.on("GET", FEATURE, error(status, "Broken"))
    with pytest.raises(HttpResponseError):
        run(service)
    assert {call.method for call in service.calls} == {"GET"}


def test_the_output_is_plain():
    steps = [Step("a", "Registered", "skipped", "why"), Step("b", "Registering", "requested")]
    assert as_output(Registration(steps)) == [
        {"name": "a", "state": "Registered", "action": "skipped", "note": "why"},
        {"name": "b", "state": "Registering", "action": "requested", "note": ""},
    ]
