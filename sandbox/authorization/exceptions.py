# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the policy service refuses.

Where a text is recorded, the docstring names the public source. The others have the code that public material
names, or else a plain one, and plain wording: clients must not depend on them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.core.errors import ArmError


class PolicyError(ArmError):
    """An error of the policy service itself: sent without a charset and with no-store (recorded)."""


class PolicyAssignmentNotFound(PolicyError):
    """No such assignment. The code is what Azure/azure-powershell tests for; the text is plain."""

    status = 404
    code = "PolicyAssignmentNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The policy assignment '{name}' is not found.")


class PolicyExemptionNotFound(PolicyError):
    """No such exemption. Code and text are plain."""

    status = 404
    code = "PolicyExemptionNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The policy exemption '{name}' is not found.")


class PolicyDefinitionNotFound(PolicyError):
    """No such definition, on GET (recorded: Azure/azure-sdk-for-net LivePolicyTests)."""

    status = 404
    code = "PolicyDefinitionNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The policy definition '{name}' could not be found.")


class PolicySetDefinitionNotFound(PolicyError):
    """No such initiative, on GET (recorded: Azure/azure-powershell PolicyAssignmentVersionCRUD)."""

    status = 404
    code = "PolicySetDefinitionNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"The policy set definition '{name}' could not be found.")


class UnknownDefinition(PolicyError):
    """An assignment of a definition that does not exist: 400, not 404.

    Recorded for a policy: Azure/azure-sdk-for-net ValidatePolicyAssignmentErrorHandling; an initiative alike.
    """

    def __init__(self, definition_id: str, is_set: bool) -> None:
        self.code = "PolicySetDefinitionNotFound" if is_set else "PolicyDefinitionNotFound"
        kind = "policy set definition" if is_set else "policy definition"
        super().__init__(
            f"The policy assignment create request is invalid. The {kind} '{definition_id}' could not be found."
        )


class UndefinedPolicyParameter(PolicyError):
    """Parameters that the definition does not have (recorded: Azure/azure-powershell
    TestNewPolicyAssignmentParameters; names joined by a comma, in the order of the request)."""

    code = "UndefinedPolicyParameter"

    def __init__(self, assignment: str, names: Iterable[str], definition: str) -> None:
        super().__init__(
            f"The policy assignment '{assignment}' has the parameter(s) '{','.join(names)}' which are not defined "
            f"in the policy definition '{definition}'."
        )


class MissingPolicyParameter(PolicyError):
    """Parameters without a default that were not given (text quoted in Azure/azure-sdk-for-net#39734)."""

    code = "MissingPolicyParameter"

    def __init__(self, assignment: str, names: Iterable[str], definition: str) -> None:
        super().__init__(
            f"The policy assignment '{assignment}' is missing the parameter(s) '{','.join(names)}' as defined in "
            f"the policy definition '{definition}'."
        )


class InvalidPolicyParameterValue(PolicyError):
    """A parameter value of the wrong shape or type. Code and text are plain."""

    code = "InvalidPolicyParameterValue"


class PolicyParameterValueNotAllowed(PolicyError):
    """A value outside allowedValues. The code is public, the text is plain."""

    code = "PolicyParameterValueNotAllowed"


class ResourceIdentityRequired(PolicyError):
    """DeployIfNotExists without an identity (text quoted in a public file; the status is not in it)."""

    code = "ResourceIdentityRequired"

    def __init__(self) -> None:
        super().__init__(
            "Policy assignments must include a 'managed identity' when assigning 'DeployIfNotExists' policy "
            "definitions or policy definitions that contain a deployment in the effect details."
        )


class InvalidPolicyAssignment(PolicyError):
    """Any other member of an assignment that does not hold. Code and text are plain."""

    code = "InvalidPolicyAssignment"


class InvalidPolicyExemption(PolicyError):
    """A member of an exemption that does not hold. Code and text are plain."""

    code = "InvalidPolicyExemption"


class InvalidDefinitionVersion(PolicyError):
    """A definitionVersion that is malformed or matches nothing. Code and text are plain."""

    code = "InvalidPolicyDefinitionVersion"


class InvalidOverride(PolicyError):
    """An override, or a selector of one, that does not hold. Code and text are plain."""

    code = "InvalidPolicyAssignmentOverride"


class InvalidSelector(PolicyError):
    """A resource selector that does not hold. Code and text are plain."""

    code = "InvalidPolicyAssignmentResourceSelector"


class InvalidFilter(PolicyError):
    """A $filter that lists do not take. Code and text are plain."""

    code = "InvalidFilterInQueryString"

    def __init__(self, text: str) -> None:
        super().__init__(f"The filter '{text}' in the query string is invalid.")
