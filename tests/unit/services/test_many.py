# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Work for many clusters: some at a time, all outcomes kept, in order."""

from __future__ import annotations

import threading
import time

import pytest
from azure.core.exceptions import HttpResponseError

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import SafeguardsError
from azext_safeguards.services.many import NotAwaitedError, NotBegunError, Stopped, for_each
from tests.unit.bodies import SUBSCRIPTION

CLUSTERS = [ClusterRef(SUBSCRIPTION, "rg", f"c{number}") for number in range(30)]


def test_all_outcomes_in_order():
    def work(cluster):
        # The later ones end first.
        time.sleep(0.002 * (30 - int(cluster.name[1:])))
        if cluster.name == "c3":
            raise SafeguardsError("no")
        if cluster.name == "c4":
            raise HttpResponseError("gone")
        return cluster.name.upper()

    told = []
    outcomes = for_each(CLUSTERS, work, told=lambda done, total: told.append((done, total)))
    assert [outcome.cluster for outcome in outcomes] == CLUSTERS
    assert [outcome.result for outcome in outcomes[:6]] == ["C0", "C1", "C2", None, None, "C5"]
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == ["no", "gone"]
    assert told == [(number, 30) for number in range(1, 31)]


def test_no_more_than_the_limit_at_a_time():
    lock, now, most = threading.Lock(), [0], [0]

    def work(_):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.005)
        with lock:
            now[0] -= 1

    for_each(CLUSTERS, work, at_a_time=4)
    assert most == [4]


def test_a_bug_is_not_an_outcome_and_ends_the_rest():
    begun = []

    def work(cluster):
        begun.append(cluster)
        if cluster.name == "c0":
            raise ZeroDivisionError
        time.sleep(0.01)

    with pytest.raises(ZeroDivisionError):
        for_each(CLUSTERS, work, at_a_time=2)
    assert len(begun) < len(CLUSTERS)


def test_further_errors_are_kept_when_asked_for():
    def work(_):
        raise ZeroDivisionError

    assert isinstance(for_each(CLUSTERS[:1], work, keeps=(ZeroDivisionError,))[0].error, ZeroDivisionError)


def _interrupt(*_):
    raise KeyboardInterrupt


def test_ctrl_c_lets_what_has_begun_end_and_begins_nothing_more():
    begun, waited, go = [], [], threading.Event()

    def work(cluster):
        begun.append(cluster.name)
        if cluster.name != "c0":
            assert go.wait(10)
        if cluster.name == "c2":
            raise SafeguardsError("no")
        return cluster.name

    def told(*_):
        while len(begun) < 4:
            time.sleep(0.001)
        raise KeyboardInterrupt

    def stopping(running):
        waited.append(running)
        go.set()

    with pytest.raises(Stopped) as raised:
        for_each(CLUSTERS, work, at_a_time=3, told=told, stopping=stopping)
    outcomes = raised.value.outcomes
    assert waited == [3]
    assert begun == ["c0", "c1", "c2", "c3"]
    assert [outcome.cluster for outcome in outcomes] == CLUSTERS
    assert [outcome.result for outcome in outcomes[:4]] == ["c0", "c1", None, "c3"]
    assert str(outcomes[2].error) == "no"
    assert {type(outcome.error) for outcome in outcomes[4:]} == {NotBegunError}


def test_a_second_ctrl_c_waits_for_nothing():
    second, go = threading.Event(), threading.Event()

    def work(cluster):
        if cluster.name == "c0":
            assert second.wait(10)
            return
        second.set()
        assert go.wait(10)

    with pytest.raises(Stopped) as raised:
        for_each(CLUSTERS[:4], work, at_a_time=2, told=_interrupt, stopping=_interrupt)
    go.set()
    kinds = [type(outcome.error) for outcome in raised.value.outcomes]
    assert kinds[:2] == [type(None), NotAwaitedError]
    assert kinds[3] is NotBegunError


def test_nobody():
    assert for_each([], lambda _: None) == []
