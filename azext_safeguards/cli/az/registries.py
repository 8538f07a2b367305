# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""--allowed-registry: the pattern of images from some registries, in the cloud that az is signed in to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def images_pattern(cli_ctx: Any, registries: Sequence[str], parameters: Iterable[str]) -> str:
    """The value of the parameter that says which images are allowed.

    :param registries: hosts with or without a path, or names of Azure container registries.
    :param parameters: the names of the parameters that are given beside.
    :raises azure.cli.core.azclierror.MutuallyExclusiveArgumentError: when the same is given as a parameter.
    :raises azext_safeguards.domain.errors.InvalidValueError: for what is no registry.
    """
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError

    from azext_safeguards.domain.choices.images import registries_pattern
    from azext_safeguards.domain.choices.values import IMAGES

    if any(given.strip().lower() == IMAGES.lower() for given in parameters):
        raise MutuallyExclusiveArgumentError(
            f"--allowed-registry and --param {IMAGES} both say which images are allowed.",
            recommendation=["Leave one of them out."],
        )
    suffix = getattr(cli_ctx.cloud.suffixes, "acr_login_server_endpoint", None) or ".azurecr.io"
    return registries_pattern(registries, suffix)
