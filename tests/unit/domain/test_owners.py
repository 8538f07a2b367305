# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.cli.az.remedies import commands, told
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.managed import Managed, read_managed
from azext_safeguards.domain.owners import AksSide, beside, not_turned_off, nothing_of_ours

REF = ClusterRef("00000000-0000-0000-0000-000000000001", "rg", "c1")
STANDARD = AksSide(False, Managed("Enforce", ("a", "team-*")))
AUTOMATIC = AksSide(True, Managed("Enforce", ("a", "team-*"), "Baseline"))


def test_the_managed_resource_is_read_without_the_namespaces_of_the_system():
    body = {
        "properties": {"level": "Warn", "excludedNamespaces": ["kube-system", "a"], "podSecurityStandardsLevel": "B"}
    }
    assert read_managed(body) == Managed("Warn", ("a",), "B")


@pytest.mark.parametrize(
    "body", [{}, {"properties": None}, {"properties": []}, {"properties": {"excludedNamespaces": 1}}]
)
def test_what_is_no_managed_resource_is_read_as_empty(body):
    assert read_managed(body) == Managed("")


def test_aks_acts_where_it_manages_and_on_every_automatic_cluster():
    assert [side.acts for side in (STANDARD, AUTOMATIC, AksSide(True), AksSide(), AksSide(unread="403"))] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert AksSide(True).level == "Enforce"


def test_off_names_the_way_that_azure_takes():
    assert commands(not_turned_off(STANDARD, REF).remedies) == ("az aks safeguards delete -g rg -n c1",)
    refused = not_turned_off(AUTOMATIC, REF)
    assert "can't be turned off" in refused.message
    # The list is replaced by core's command, so what is excluded already is in it.
    assert commands(refused.remedies)[0] == (
        "az aks safeguards update -g rg -n c1 --level Enforce --excluded-ns a 'team-*' NAMESPACE"
    )


def test_nothing_of_ours_says_what_is_there_and_what_can_be_done():
    refused = nothing_of_ours(STANDARD, REF, "so there is nothing to suspend")
    assert refused.message == (
        "AKS itself manages the deployment safeguards of the cluster 'c1' at level Enforce, and there is no "
        "safeguards assignment beside them, so there is nothing to suspend."
    )
    assert commands(refused.remedies) == (
        "az aks safeguards show -g rg -n c1",
        "az aks safeguards profile migrate -g rg -n c1 --to assignment",
    )
    # On Automatic neither a level nor a move is a way.
    assert not any(
        "migrate" in command or "--level Warn" in command
        for command in commands(nothing_of_ours(AUTOMATIC, REF).remedies)
    )


def test_what_goes_on_beside_the_assignment_is_told_and_what_is_not_known_too():
    assert told(beside(STANDARD, REF)).endswith("To turn them off: az aks safeguards delete -g rg -n c1")
    assert "can't be turned off" in told(beside(AUTOMATIC, REF))
    assert "could not be read (no right)" in told(beside(AksSide(unread="no right.\nmore"), REF))
    assert beside(AksSide(), REF) == ""


def test_where_it_is_not_known_whether_azure_takes_a_deletion_none_is_named():
    said = told(beside(AksSide(False, Managed("Enforce"), "the cluster could not be read"), REF), REF)
    assert said.endswith("go on beside the assignment, at level Enforce. See: az aks safeguards show -g rg -n c1")
