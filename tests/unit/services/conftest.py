# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The cluster `c1` of a sandbox, called `box` in each module, and a client for it."""

from __future__ import annotations

import time

import pytest

from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.services.arm import ArmClient
from sandbox import Sandbox
from tests.unit.services.sandboxed import sandboxed


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def ref(box: Sandbox) -> ClusterRef:
    return ClusterRef(box.subscription_id, "rg", "c1")


@pytest.fixture
def arm(box: Sandbox) -> ArmClient:
    return sandboxed(box)
