# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards register`, request by request."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from .azcli import AZ
from .test_ways_on import commands, paste

FEATURE = "Microsoft.ContainerService/SafeguardsPreview"
AKS, INSIGHTS = "Microsoft.ContainerService", "Microsoft.PolicyInsights"
ASK_FEATURE, ASK_AKS, ASK_INSIGHTS = "POST feature", f"POST {AKS}", f"POST {INSIGHTS}"


@pytest.fixture
def fresh(box):
    """A subscription in which nobody has registered anything."""
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    box.providers.set_state(INSIGHTS, "NotRegistered")
    return box


def sent(done):
    """The requests in order: `GET feature`, `POST Microsoft.ContainerService` and so on."""
    names = []
    for record in done.requests:
        parts = [part for part in record.path.split("/") if part != "register"]
        names.append(f"{record.method} {'feature' if parts[-1] == 'SafeguardsPreview' else parts[-1]}")
    return names


def steps(done):
    return [(step["name"], step["state"], step["action"]) for step in done.json]


def test_a_fresh_subscription_step_by_step(warm, fresh):
    done = warm("aks safeguards register")
    assert sent(done) == [
        "GET feature", ASK_FEATURE, "GET feature", "GET feature", "GET feature",
        ASK_AKS,
        f"GET {INSIGHTS}", ASK_INSIGHTS, f"GET {INSIGHTS}", f"GET {INSIGHTS}", f"GET {INSIGHTS}",
    ]  # fmt: skip
    assert steps(done) == [
        (FEATURE, "Registered", "registered"),
        (AKS, "Registered", "refreshed"),
        (INSIGHTS, "Registered", "registered"),
    ]
    assert fresh.providers.state(INSIGHTS) == "Registered"
    fresh.add_cluster("rg", "c1")
    assert warm("aks update -g rg -n c1 --safeguards-level Warning").profile["level"] == "Warning"


def test_the_second_run_only_refreshes(warm, fresh):
    warm("aks safeguards register")
    again = warm("aks safeguards register")
    assert sent(again) == ["GET feature", ASK_AKS, f"GET {INSIGHTS}"]
    assert steps(again) == [
        (FEATURE, "Registered", "skipped"),
        (AKS, "Registered", "refreshed"),
        (INSIGHTS, "Registered", "skipped"),
    ]
    assert again.json[0]["note"] == "It was registered already."
    assert again.slept == 0


@pytest.mark.parametrize("state", ["Unregistered", "NotSpecified", "Unregistering"])
def test_other_states_are_asked_for(warm, fresh, state):
    fresh.features.set_state("SafeguardsPreview", state)
    assert steps(warm("aks safeguards register"))[0] == (FEATURE, "Registered", "registered")


def test_what_is_under_way_is_waited_for_and_not_asked_for_again(warm, fresh):
    fresh.features.register(AKS, "SafeguardsPreview")
    fresh.providers.register(INSIGHTS)
    done = warm("aks safeguards register")
    assert [name for name in sent(done) if name.startswith("POST")] == [ASK_AKS]
    assert {step["state"] for step in done.json} == {"Registered"}


def test_what_waits_for_an_approval_runs_out_of_time(warm, fresh):
    fresh.features.set_state("SafeguardsPreview", "Pending")
    late = warm("aks safeguards register --timeout 60", code=None)
    assert (late.out, len(late.errors)) == ("", 1)
    assert FEATURE in late.errors[0]
    assert "Pending" in late.errors[0]
    assert "az aks safeguards register" in late.err.splitlines()
    assert {name for name in sent(late) if name.startswith("POST")} == set()
    assert 59 <= late.slept <= 61


def test_a_feature_that_was_retired_is_no_error(warm, fresh):
    fresh.features.set_state("SafeguardsPreview", None)
    done = warm("aks safeguards register")
    assert steps(done) == [
        (FEATURE, "Retired", "skipped"),
        (AKS, "Registered", "refreshed"),
        (INSIGHTS, "Registered", "registered"),
    ]
    assert ASK_FEATURE not in sent(done)


def test_without_waiting_the_refresh_is_left_to_a_later_run(warm, fresh):
    first = warm("aks safeguards register --no-wait")
    assert steps(first) == [
        (FEATURE, "Registering", "requested"),
        (AKS, "Registered", "skipped"),
        (INSIGHTS, "Registering", "requested"),
    ]
    assert ASK_AKS not in sent(first)
    assert "again" in first.json[1]["note"]
    assert first.slept == 0
    done = warm("aks safeguards register")
    assert [name for name in sent(done) if name.startswith("POST")] == [ASK_AKS]
    assert {step["state"] for step in done.json} == {"Registered"}


def test_an_interrupted_run_is_finished_by_the_next(az, warm, fresh):
    fresh.features.countdown.reads = 1000
    process = subprocess.Popen(
        [AZ, "aks", "safeguards", "register"],
        env=az.environment,
        cwd=az.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background, a shell has them ignore interrupts, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 20
    while len(fresh.journal.matching("GET", "SafeguardsPreview")) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode not in (0, None)
    assert "Traceback" not in err
    assert out == ""
    fresh.features.set_state("SafeguardsPreview", "Registered")
    assert {step["state"] for step in warm("aks safeguards register").json} == {"Registered"}


@pytest.mark.parametrize("path", ["features/SafeguardsPreview$", "SafeguardsPreview/register$", "Insights/register$"])
def test_a_missing_permission_is_one_error_with_the_command_to_repeat(warm, fresh, path):
    fresh.faults.add("*", path, status=403, times=None)
    failed = warm("aks safeguards register", code=None)
    assert len(failed.errors) == 1
    assert "AuthorizationFailed" in failed.err
    assert "az aks safeguards register" in failed.err.splitlines()
    assert failed.out == ""


def test_stumbling_while_waiting_is_no_reason_to_give_up(warm, fresh):
    fresh.faults.add("GET", "SafeguardsPreview", status=503, after=2)
    fresh.faults.add("GET", "SafeguardsPreview", status=429, headers={"Retry-After": "7"}, after=3)
    done = warm("aks safeguards register")
    assert {step["state"] for step in done.json} == {"Registered"}
    assert done.slept >= 7


def test_a_table_has_a_row_for_each_step(warm, fresh):
    lines = warm("aks safeguards register -o table").out.splitlines()
    assert lines[0].split() == ["Name", "State", "Action", "Note"]
    assert [line.split()[:3] for line in lines[2:]] == [
        [FEATURE, "Registered", "registered"],
        [AKS, "Registered", "refreshed"],
        [INSIGHTS, "Registered", "registered"],
    ]


def test_a_command_to_repeat_names_another_subscription(warm, fresh):
    fresh.features.set_state("SafeguardsPreview", "Pending")
    late = warm(f"aks safeguards register --timeout 2 --subscription {fresh.subscription_id}", code=None)
    assert any(line.startswith("az aks safeguards register") for line in late.err.splitlines())


BY_HAND = [
    "az feature register --namespace Microsoft.ContainerService --name SafeguardsPreview",
    "az resource wait --ids {id} --api-version 2021-07-01 --custom \"properties.state=='Registered'\" --interval 10",
    "az provider register --namespace Microsoft.ContainerService",
    "az provider register --namespace Microsoft.PolicyInsights",
]


@pytest.mark.parametrize("first", [0, 1], ids=["everything", "by hand"])
def test_what_the_flags_print_is_pasted_as_a_block(warm, fresh, first):
    fresh.add_cluster("rg", "c1")
    refused = warm("aks update -g rg -n c1 --safeguards-level Enforcement", code=None)
    assert "Registering takes minutes and has to be waited for." in refused.errors[0]
    feature = f"/subscriptions/{fresh.subscription_id}/providers/Microsoft.Features/providers/{AKS}/features"
    said = commands(refused.err)
    assert said == ["az aks safeguards register", *(line.format(id=f"{feature}/SafeguardsPreview") for line in BY_HAND)]
    before = len(fresh.journal)
    paste(warm, *said[first:])
    # The provider learns of the feature only if it is refreshed when that is registered.
    states = {"SafeguardsPreview": "", AKS: ""}
    for record in list(fresh.journal)[before:]:
        name = record.path.removesuffix("/register").rpartition("/")[2]
        if name == AKS and record.method == "POST":
            assert states["SafeguardsPreview"] == "Registered"
            states[AKS] = "refreshed"
        elif name == "SafeguardsPreview":
            states[name] = record.response["properties"]["state"]
    assert states == {"SafeguardsPreview": "Registered", AKS: "refreshed"}
    assert warm("aks update -g rg -n c1 --safeguards-level Enforcement").profile["level"] == "Enforcement"
