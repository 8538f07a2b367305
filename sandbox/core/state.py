# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a request handler sees of the sandbox's state, without knowing the providers that keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from sandbox.core.ids import Scope

Kind = TypeVar("Kind")


class State(Protocol):
    """The state of every provider, as one subscription sees it."""

    @property
    def subscription_id(self) -> str:
        """The subscription whose view this is."""

    @property
    def subscriptions(self) -> Mapping[str, State]:
        """The view of each subscription, by its id; the first is the one that az defaults to."""

    @property
    def subscription_names(self) -> Mapping[str, str]:
        """The display name of each subscription."""

    def the(self, kind: type[Kind]) -> Kind:
        """Return the part of the state that is a ``kind``. Raises LookupError when there is none."""

    def at(self, path: str) -> State:
        """Return what the subscription of a path sees; the first one's view for paths of no subscription."""

    def check_scope(self, scope: Scope) -> None:
        """Check that a scope exists. Raises the ArmError that says which part of it does not."""

    def resources_below(self, scope: str) -> list[dict[str, Any]]:
        """Return the resources in a group or a subscription."""

    def remove_below(self, group_id: str) -> None:
        """Remove everything in a resource group."""
