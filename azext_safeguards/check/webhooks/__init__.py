# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's own mutating webhooks: what they change in an object on its way in, before it is validated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from azext_safeguards.check.mutations.mutation import Change
from azext_safeguards.check.policies.policy import Object
from azext_safeguards.check.webhooks import requests, spread
from azext_safeguards.domain.acting.records import REQUESTS, SPREAD

Kind = tuple[str, str]


@dataclass(frozen=True)
class Webhook:
    """A mutator of AKS: its name, the kinds that it is asked about, and what it changes."""

    name: str
    kinds: frozenset[Kind]
    changes: Callable[[Object, Kind], Iterable[Change]]
    """The changes for one object, as the API server has read it; none when there is nothing to change."""


REGISTRY: dict[str, Webhook] = {
    REQUESTS: Webhook(REQUESTS, requests.KINDS, requests.changes),
    SPREAD: Webhook(SPREAD, spread.KINDS, spread.changes),
}
"""AKS's mutators by name."""
