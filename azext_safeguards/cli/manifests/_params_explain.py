# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of `az aks safeguards explain`."""

from __future__ import annotations

from typing import Any


def load_explain_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    with loader.argument_context("aks safeguards explain") as context:
        context.positional(
            "message",
            nargs="*",
            completer=_complete_policy,
            help="A message that kubectl printed, or names of policies: short names, reference ids, or constraints, "
            "such as azurepolicy-k8sazurev2containerenforceprob-0e8a839bcd103e7b96a8. "
            "Without it, or with -, standard input is read.",
        )


def _complete_policy(prefix: str = "", **_: Any) -> list[str]:
    """The short names; offline, so that pressing Tab never waits."""
    from azext_safeguards.domain.initiative.names import SHORT_NAMES

    return sorted(name for name in SHORT_NAMES.values() if name.startswith(prefix))
