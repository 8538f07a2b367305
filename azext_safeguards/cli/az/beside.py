# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's own safeguards beside an assignment: every command about the assignment tells that they act, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from azext_safeguards.cli.az.remedies import told
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.owners import beside
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.owners import AksSideReading
from azext_safeguards.services.waves import PATIENCE_SECONDS


@contextmanager
def aks_side_told(arm: ArmClient, cluster: ClusterRef, warn: Callable[[str], None]) -> Iterator[None]:
    """Reads AKS's part beside a read of the assignment, and warns where both act; an error of the latter stands alone.

    Where it can't be read nothing is said: what is shown is the assignment, and that is true.
    """
    reading = AksSideReading(arm, cluster)
    yield
    side = reading.result(PATIENCE_SECONDS)
    if side.acts:
        warn(told(beside(side, cluster), cluster))
