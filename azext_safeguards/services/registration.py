# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The one-time registration of a subscription: the feature flag, then the resource providers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.domain.preflight import FEATURE, NAMESPACE, POLICY_INSIGHTS, REGISTERED
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.snapshot import outcome

# Registration takes minutes; the first looks are close together so that what is quick is not waited for.
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One thing that is registered."""

    name: str
    state: str
    """The state in which it was seen last, or `Retired` for a feature that Azure no longer has."""
    action: str
    """What was done: `registered`, `requested`, `refreshed`, `skipped`."""
    note: str = ""


@dataclass
class Registration:
    """The outcome of all steps, in order."""

    steps: list[Step] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to wait for."""
        return all(step.state.lower() in (REGISTERED.lower(), "retired") for step in self.steps)


class RegistrationTimeout(Exception):
    """The time to wait ran out; what was asked for goes on in Azure.

    :param name: what was waited for.
    :param state: the state in which it was seen last.
    """

    def __init__(self, name: str, state: str) -> None:
        super().__init__(f"{name} is still {state}")
        self.name, self.state = name, state


def register(
    arm: ArmClient,
    *,
    wait: bool = True,
    timeout: float = 1800,
    say: Progress = lambda _text: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Registration:
    """Registers everything that a level needs, and leaves alone what is registered already.

    Safe to repeat and to interrupt: each run looks at what is there. The registration of Microsoft.ContainerService
    is refreshed in every run that finds the feature registered, because whether an earlier run came that far is not
    recorded anywhere.

    :param wait: whether to wait for each step; without, the feature and the policy provider are asked for, and the
        refresh, which only makes sense once the feature is registered, is left to a later run.
    :param timeout: seconds to wait in all.
    :param say: told what is being waited for.
    :raises RegistrationTimeout: when the time ran out.
    :raises azure.core.exceptions.AzureError: when a request failed.
    """
    waiter = _Waiter(time.monotonic() + timeout, say, sleep)
    result = Registration()
    feature = _register_feature(arm, waiter if wait else None)
    result.steps.append(feature)
    if feature.state.lower() in (REGISTERED.lower(), "retired"):
        result.steps.append(_refresh_provider(arm, feature, waiter if wait else None))
    else:
        note = "Run this command again when the feature is registered."
        result.steps.append(Step(NAMESPACE, resources.get_provider_state(arm, NAMESPACE), "skipped", note))
    result.steps.append(_register_provider(arm, POLICY_INSIGHTS, waiter if wait else None))
    return result


@dataclass
class _Waiter:
    """Looks at a state until it is Registered or the time is up."""

    deadline: float
    say: Progress
    sleep: Callable[[float], None]

    def wait(self, name: str, look: Callable[[], str], state: str) -> str:
        pause = _FIRST_PAUSE_SECONDS
        while state.lower() != REGISTERED.lower():
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise RegistrationTimeout(name, state)
            self.say(f"Waiting for {name}: {state}")
            self.sleep(min(pause, left))
            pause = min(1.5 * pause, _LONGEST_PAUSE_SECONDS)
            state = look()
        return state


def _register_feature(arm: ArmClient, waiter: _Waiter | None) -> Step:
    name = f"{NAMESPACE}/{FEATURE}"
    read = outcome(lambda: resources.get_feature_state(arm))
    if read.failed and read.raised:
        raise read.raised
    if read.value is None:
        return Step(name, "Retired", "skipped", "Azure no longer has this feature flag, and needs none.")
    if read.value.lower() == REGISTERED.lower():
        return Step(name, read.value, "skipped", "It was registered already.")
    state = read.value
    # Pending waits for an approval and Registering for time; asking again would change neither.
    if state.lower() not in ("registering", "pending"):
        state = resources.register_feature(arm)
    if waiter is None:
        return Step(name, state, "requested")
    return Step(name, waiter.wait(name, lambda: resources.get_feature_state(arm), state), "registered")


def _refresh_provider(arm: ArmClient, feature: Step, waiter: _Waiter | None) -> Step:
    state = resources.register_provider(arm, NAMESPACE, is_refresh=True)
    if waiter is not None:
        state = waiter.wait(NAMESPACE, lambda: resources.get_provider_state(arm, NAMESPACE), state)
    note = "" if feature.state == "Retired" else "So that the provider learns of the feature."
    return Step(NAMESPACE, state, "refreshed", note)


def _register_provider(arm: ArmClient, namespace: str, waiter: _Waiter | None) -> Step:
    state = resources.get_provider_state(arm, namespace)
    if state.lower() == REGISTERED.lower():
        return Step(namespace, state, "skipped", "It was registered already.")
    if state.lower() != "registering":
        state = resources.register_provider(arm, namespace)
    if waiter is None:
        return Step(namespace, state, "requested")
    return Step(
        namespace, waiter.wait(namespace, lambda: resources.get_provider_state(arm, namespace), state), "registered"
    )


def as_output(registration: Registration) -> list[dict[str, Any]]:
    """The steps as plain objects, in order."""
    return [
        {"name": step.name, "state": step.state, "action": step.action, "note": step.note}
        for step in registration.steps
    ]
