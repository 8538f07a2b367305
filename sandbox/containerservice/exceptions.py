# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the AKS resource provider refuses."""

from __future__ import annotations

from sandbox.core.errors import ArmError


class OperationNotAllowed(ArmError):
    """Another operation is under way. Text: AKS documentation; the status is not in it, 409 is expected."""

    status = 409
    code = "OperationNotAllowed"

    def __init__(self, state: str) -> None:
        super().__init__(
            f"Operation is not allowed: Another operation ({state}) is in progress, please wait for it to finish "
            "before starting a new operation."
        )


class InvalidParameter(ArmError):
    """A cluster body that AKS cannot take. Wording: plain, not recorded."""

    code = "InvalidParameter"


class PreviewFeatureNotRegistered(ArmError):
    """A preview member without its feature. Text quoted in hashicorp/terraform-provider-azurerm#13684."""

    code = "PreviewFeatureNotRegistered"

    def __init__(self, feature: str) -> None:
        super().__init__(f"Preview feature Microsoft.ContainerService/{feature} not registered.")


class PreconditionFailed(ArmError):
    """An If-Match or If-None-Match that does not hold. Wording: plain, not recorded."""

    status = 412
    code = "PreconditionFailed"

    def __init__(self) -> None:
        super().__init__("The precondition given in the If-Match or If-None-Match header does not hold.")


class OperationNotFound(ArmError):
    """A status URL of an operation that never was. Wording: plain, not recorded."""

    status = 404
    code = "NotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The operation '{name}' could not be found.")


class LocalAccountsDisabled(ArmError):
    """The credentials of the local administrator where there is none. Text: AKS documentation of local accounts."""

    def __init__(self) -> None:
        super().__init__(
            "Getting static credential is not allowed because this cluster is set to disable local accounts."
        )


class SafeguardsNotFound(ArmError):
    """No deployment safeguards on the cluster.

    Clients only look at the 404 (read in azure-cli's aks safeguards create); code and text are plain.
    """

    status = 404
    code = "NotFound"

    def __init__(self, cluster: str) -> None:
        super().__init__(f"Deployment safeguards were not found on '{cluster}'.")


class AutomaticClusterKeeps(ArmError):
    """Another level than Enforce, or no Baseline, for an AKS Automatic cluster. The code is known (Azure/AKS#5798).

    Its status and wording: NOT FOUND; 400 and a plain sentence.
    """

    code = "RequestNotAllowedBecauseAssociatedClusterIsAutomaticCluster"

    def __init__(self) -> None:
        super().__init__(
            "The request is not allowed because the associated cluster is an Automatic cluster: its deployment "
            "safeguards are at level Enforce and Pod Security level Baseline or Restricted."
        )


class SafeguardsRequired(ArmError):
    """Deleting the safeguards of an AKS Automatic cluster.

    That Automatic always has them is documented (AKS changelog); how the refusal reads is not recorded.
    """

    code = "BadRequest"

    def __init__(self) -> None:
        super().__init__("Deployment safeguards cannot be deleted from an AKS Automatic cluster.")
