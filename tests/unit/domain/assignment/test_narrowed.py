# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A list of namespaces that shrinks by what nobody named is told."""

import pytest

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.level import Level
from tests.unit.bodies import rendered, updated

THERE = updated(None, Change(Level.WARNING, None, ("ns1", "ns2")))


@pytest.mark.parametrize(
    ("given", "lost"),
    [
        (("ns3",), "ns1,ns2 are"),
        (("ns1",), "ns2 is"),
        (("kube-system",), "ns1,ns2 are"),
        (("ns2", "kube-system"), "ns1 is"),
    ],
)
def test_what_is_left_out_is_told_with_the_list_that_was_there(given, lost):
    (said,) = rendered(THERE, Change(excluded_namespaces=given)).warnings
    assert said.startswith(f"The list of excluded namespaces was ns1,ns2 and is replaced: {lost} no longer excluded.")
    assert ("always excluded" in said) is (given == ("kube-system",))


@pytest.mark.parametrize("given", [("ns1", "ns2"), ("ns2", "ns1", "ns3"), (), None])
def test_nothing_left_out_or_cleared_by_name_is_not_told(given):
    assert rendered(THERE, Change(excluded_namespaces=given)).warnings == ()


def test_a_first_list_leaves_nothing_out():
    assert rendered(None, Change(Level.WARNING, None, ("ns1",))).warnings == ()
