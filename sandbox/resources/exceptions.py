# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Resource Manager says about subscriptions, groups, providers and resources that are not there."""

from __future__ import annotations

from sandbox.core.errors import ArmError, GatewayError


class SubscriptionNotFound(GatewayError):
    """Another subscription than the sandbox's. Not recorded, plain wording."""

    status = 404
    code = "SubscriptionNotFound"

    def __init__(self, subscription: str) -> None:
        super().__init__(f"The subscription '{subscription}' could not be found.")


class ResourceGroupNotFound(GatewayError):
    """A resource group that does not exist. Code and text: not recorded, plain wording."""

    status = 404
    code = "ResourceGroupNotFound"

    def __init__(self, group: str) -> None:
        super().__init__(f"Resource group '{group}' could not be found.")


class ResourceNotFound(GatewayError):
    """A resource that does not exist (recorded: Azure/azure-cli-extensions test_aks_create_with_safeguards)."""

    status = 404
    code = "ResourceNotFound"

    def __init__(self, resource_type: str, name: str, group: str) -> None:
        super().__init__(
            f"The Resource '{resource_type}/{name}' under resource group '{group}' was not found. "
            "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
        )


class InvalidResourceNamespace(GatewayError):
    """A provider that the sandbox does not know. Not recorded, plain wording."""

    status = 404
    code = "InvalidResourceNamespace"

    def __init__(self, namespace: str) -> None:
        super().__init__(f"The resource namespace '{namespace}' is invalid.")


class MissingSubscriptionRegistration(GatewayError):
    """The provider is not registered.

    Text quoted in Azure/azure-sdk-for-java TestResourceProviderRegistration, details as in public files.
    """

    status = 409
    code = "MissingSubscriptionRegistration"

    def __init__(self, namespace: str) -> None:
        message = (
            f"The subscription is not registered to use namespace '{namespace}'. "
            "See https://aka.ms/rps-not-found for how to register subscriptions."
        )
        super().__init__(message, details=[{"code": self.code, "target": namespace, "message": message}])


class LocationRequired(ArmError):
    """A resource group or cluster without a location. Not recorded, plain wording."""

    code = "LocationRequired"

    def __init__(self) -> None:
        super().__init__("The location property is required for this definition.")


class InvalidResourceGroupLocation(ArmError):
    """A resource group that is elsewhere already. Not recorded, plain wording."""

    status = 409
    code = "InvalidResourceGroupLocation"

    def __init__(self, group: str, location: str) -> None:
        super().__init__(f"The Resource group already exists in location '{location}': '{group}'.")
