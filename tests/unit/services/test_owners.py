# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's part is read beside something else: one request, and the cluster's where AKS enforces safeguards."""

from __future__ import annotations

import pytest

from azext_safeguards.domain.managed import Managed
from azext_safeguards.domain.owners import AksSide
from azext_safeguards.services.owners import AksSideReading, read_aks_side
from tests.unit.bodies import CLUSTER_ID
from tests.unit.services.ready import CLUSTER, MANAGED, RAW_CLUSTER
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error

ENFORCED = Answer(200, {"properties": {"level": "Enforce"}})
ABSENT = error(404, "ResourceNotFound")


def reading(managed, cluster=None, **options):
    service = ResourceManager().on("GET", MANAGED, managed)
    service.on("GET", CLUSTER_ID, cluster or Answer(200, RAW_CLUSTER))
    side = AksSideReading(client(service, retry_total=0), CLUSTER, **options).result(10)
    return side, [call.path.rpartition("/")[2] for call in service.calls]


def test_where_aks_manages_none_one_request_says_so():
    assert reading(ABSENT) == (AksSide(), ["default"])


@pytest.mark.parametrize("sku", ["Base", "Automatic"])
def test_where_it_does_the_kind_of_the_cluster_is_read(sku):
    side, asked = reading(ENFORCED, Answer(200, {**RAW_CLUSTER, "sku": {"name": sku}}))
    assert side == AksSide(sku == "Automatic", Managed("Enforce"))
    assert asked == ["default", "c1"]


def test_a_kind_that_cannot_be_read_is_none_of_the_two():
    side, _ = reading(ENFORCED, error(403, "AuthorizationFailed"))
    assert (side.managed, side.unread) == (Managed("Enforce"), "the cluster could not be read")


def test_whoever_has_the_cluster_does_not_ask_for_it():
    assert reading(ENFORCED, has_cluster=True)[1] == ["default"]


def test_a_cluster_at_hand_says_its_kind():
    service = ResourceManager().on("GET", MANAGED, ENFORCED)
    side = read_aks_side(client(service, retry_total=0), CLUSTER, {**RAW_CLUSTER, "sku": {"name": "Automatic"}})
    assert side == AksSide(True, Managed("Enforce"))
    assert len(service.calls) == 1
