# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards explain`: what a denial or a warning means, and what to do about it."""

from __future__ import annotations

import sys
from typing import Any

from knack.log import get_logger

logger = get_logger(__name__)

# What kubectl prints about a folder of manifests is far below this; a log file of gigabytes is a mistake.
_MOST_BYTES = 5_000_000
_FROM_KUBECTL = "kubectl apply -f deploy.yaml 2>&1 | az aks safeguards explain"
_LIST = "az aks safeguards policy list --version v3.0.0 -o table"
_STANDARD_INPUT = ["-"]


def explain(cmd: Any, message: list[str] | None = None) -> list[dict[str, Any]]:
    """What each policy wants that a text names: why, the fix as a patch, and how to let it pass."""
    from azure.cli.core.azclierror import InvalidArgumentValueError

    from azext_safeguards.check.explain.explanation import explain as explain_text

    del cmd
    given = message not in (None, [], _STANDARD_INPUT)
    explained = explain_text(" ".join(message or []) if given else _standard_input())
    if not explained.policies:
        recommendation = [_LIST]
        text = "No policy of deployment safeguards is recognised in this text."
        if explained.strangers:
            text = f"No member of deployment safeguards: {', '.join(explained.strangers)}. Somebody else's policy."
            recommendation = [
                "kubectl get constraints -o custom-columns="
                "'NAME:.metadata.name,ASSIGNMENT:.metadata.annotations.azure-policy-assignment-id'"
            ]
        raise InvalidArgumentValueError(text, recommendation=recommendation)
    for constraint in explained.strangers:
        logger.warning("%s is no member of deployment safeguards; whoever put it on the cluster knows it.", constraint)
    for line in explained.unrecognised:
        logger.warning("Not recognised: %s", line)
    return explained.policies


def _standard_input() -> str:
    """The whole standard input, as far as it can be what a person pastes."""
    from azure.cli.core.azclierror import InvalidArgumentValueError, RequiredArgumentMissingError

    if sys.stdin is None or sys.stdin.isatty():
        raise RequiredArgumentMissingError(
            "There is nothing to explain: give the name of a policy or a message, or pipe what kubectl printed.",
            recommendation=["az aks safeguards explain probes", _FROM_KUBECTL],
        )
    data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise InvalidArgumentValueError(
            f"Standard input has more than {_MOST_BYTES} bytes; give only the messages.", recommendation=[_FROM_KUBECTL]
        )
    # kubectl writes UTF-8 everywhere, whatever the terminal's own encoding.
    return data.decode("utf-8", errors="replace")
