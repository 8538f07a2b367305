# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Preview features and their registration.

Recorded: Azure/azure-powershell TestAzureProviderFeature, Azure/azure-cli test_feature_unregister.
"""

from __future__ import annotations

from typing import Any

from sandbox.features.exceptions import FeatureNotFound
from sandbox.resources.models import Countdown

#: States that a registration has, from the SDK's enum of the sibling type subscriptionFeatureRegistrations.
STATES = ("NotSpecified", "NotRegistered", "Pending", "Registering", "Registered", "Unregistering", "Unregistered")
AKS = "Microsoft.ContainerService"


class Features:
    """The features of one subscription."""

    def __init__(self, subscription_id: str) -> None:
        self._subscription_id = subscription_id
        self._states: dict[tuple[str, str], str] = {}
        self._names: dict[tuple[str, str], tuple[str, str]] = {}
        self.countdown = Countdown(reads=2)
        self.set_state("SafeguardsPreview", "NotRegistered")

    def set_state(self, name: str, state: str | None, namespace: str = AKS) -> None:
        """Set the state of a feature, which stays until somebody registers it; None retires it (404).

        Raises ValueError for a state that Azure does not have.
        """
        if state is not None and state not in STATES:
            raise ValueError(f"unknown feature state {state!r}; one of {', '.join(STATES)}")
        key = (namespace.lower(), name.lower())
        self.countdown.stop("/".join(key))
        if state is None:
            self._states.pop(key, None)
            return
        self._names.setdefault(key, (namespace, name))
        self._states[key] = state

    def read(self, namespace: str, name: str) -> dict[str, Any]:
        """Return a feature as its GET does, counting the read. Raises FeatureNotFound."""
        key = self._key(namespace, name)
        final = self.countdown.read("/".join(key))
        if final:
            self._states[key] = final
        return self._document(key)

    def register(self, namespace: str, name: str) -> dict[str, Any]:
        """Start a registration: Registering now and for the next reads. Raises FeatureNotFound."""
        return self._change(namespace, name, "Registering", "Registered")

    def unregister(self, namespace: str, name: str) -> dict[str, Any]:
        """Start taking a registration back. Raises FeatureNotFound."""
        return self._change(namespace, name, "Unregistering", "NotRegistered")

    def all(self, namespace: str | None = None) -> list[dict[str, Any]]:
        """Return all features, or those of one namespace."""
        wanted = namespace.lower() if namespace else None
        return [self._document(key) for key in sorted(self._states) if wanted in (None, key[0])]

    def _change(self, namespace: str, name: str, state: str, final: str) -> dict[str, Any]:
        key = self._key(namespace, name)
        if self._states[key] != final:
            self._states[key] = state
            self.countdown.start("/".join(key), final)
        return self._document(key)

    def _key(self, namespace: str, name: str) -> tuple[str, str]:
        key = (namespace.lower(), name.lower())
        if key not in self._states:
            raise FeatureNotFound(name)
        return key

    def _document(self, key: tuple[str, str]) -> dict[str, Any]:
        namespace, name = self._names[key]
        base = f"/subscriptions/{self._subscription_id}/providers/Microsoft.Features/providers"
        return {
            "properties": {"state": self._states[key]},
            "id": f"{base}/{namespace}/features/{name}",
            "type": "Microsoft.Features/providers/features",
            "name": f"{namespace}/{name}",
        }
