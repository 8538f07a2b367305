# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the domain refuses, as values that any front end can show."""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.domain.remedies import Remedy


class SafeguardsError(Exception):
    """A refusal: one clear sentence and the ways that lead on.

    :param message: the sentence, without a trailing newline.
    :param remedies: what to do next, in this order; a front end words it.
    """

    def __init__(self, message: str, remedies: Iterable[Remedy] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.remedies = tuple(remedies)


class InvalidValueError(SafeguardsError):
    """A value given by the user is not one that the service would understand."""


class LevelRequiredError(SafeguardsError):
    """A version or namespaces were given where no level is known to apply them to."""


class NoPodSecurityError(InvalidValueError):
    """Pod Security was asked for where the version has none of its policies."""


class ForeignDefinitionError(SafeguardsError):
    """The assignment of our name is on a definition that is not the safeguards initiative."""


class UnreadableError(SafeguardsError):
    """What a service returned is not as it documents it, so nothing is made of it."""


class TooManyOverridesError(SafeguardsError):
    """Somebody else's overrides and ours together are more than an assignment takes."""


class PinUnavailableError(SafeguardsError):
    """The definition version that is asked for resolves to nothing in this cloud."""


class PreflightError(SafeguardsError):
    """The cluster or the subscription is not ready for safeguards; all problems at once."""
