# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import threading

import pytest

from azext_safeguards.services.waves import at_once


def test_all_run_at_the_same_time_and_are_returned_by_name():
    barrier = threading.Barrier(3, timeout=5)
    tasks = {name: (lambda name=name: (barrier.wait(), name)[1]) for name in "abc"}
    assert at_once(tasks) == {"a": "a", "b": "b", "c": "c"}


def test_what_fails_is_raised_and_the_others_are_not_waited_for():
    never = threading.Event()

    def fail():
        raise LookupError("x")

    with pytest.raises(LookupError):
        at_once({"slow": never.wait, "fails": fail})
    never.set()


def test_nothing_to_do():
    assert at_once({}) == {}
