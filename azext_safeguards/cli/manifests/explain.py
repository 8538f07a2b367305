# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards explain`: what a denial or a warning means, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from knack.log import get_logger

if TYPE_CHECKING:
    from azext_safeguards.check.explain.explanation import Explanation
    from azext_safeguards.check.explain.patches import Patch
    from azext_safeguards.check.explain.stages import Ended

logger = get_logger(__name__)

# What kubectl prints about a folder of manifests is far below this; a log file of gigabytes is a mistake.
_MOST_BYTES = 5_000_000
_FROM_KUBECTL = "kubectl apply -f deploy.yaml 2>&1 | az aks safeguards explain"
_LIST = "az aks safeguards policy list --version v3.0.0 -o table"
_OWNER = (
    "kubectl get constraints -o custom-columns="
    "'NAME:.metadata.name,ASSIGNMENT:.metadata.annotations.azure-policy-assignment-id'"
)
_CHECK = "az aks safeguards check -f deploy.yaml"
_RESPONSES = {
    "namespace": "kubectl create namespace {name}",
    "security": "kubectl get namespaces -L pod-security.kubernetes.io/enforce",
    "quota": "kubectl describe resourcequota {name}",
}
_STANDARD_INPUT = ["-"]
# A log has more lines that say nothing about policies than anybody reads.
_MOST_LINES = 20


def explain(
    cmd: Any, message: list[str] | None = None, output_format: str | None = None, write: str | None = None
) -> Any:
    """What each policy wants that a text names: why, the fix as a patch, and how to let it pass.

    :returns: an object for each policy; with `output_format` the patches as one YAML text; with `write` an object for
        each file that was written.
    """
    from azext_safeguards.check.explain.cleaning import clean
    from azext_safeguards.check.explain.explanation import explain as explain_text
    from azext_safeguards.check.explain.stages import ended_before
    from azext_safeguards.cli.az.output import as_it_stands, refuse_query, say_files

    if output_format and write is None:
        refuse_query(cmd.cli_ctx, f"--format {output_format}")
    given = message not in (None, [], _STANDARD_INPUT)
    text = " ".join(message or []) if given else _standard_input()
    explained = explain_text(text)
    plain = clean(text).text
    ended = ended_before(plain)
    _refuse_unknown(explained, ended, text)
    for one in ended:
        logger.warning("%s: %s.", one.lead, one.sentence)
    for constraint in explained.strangers:
        logger.warning("%s is no member of deployment safeguards; whoever put it on the cluster knows it.", constraint)
    told = "\n".join(plain[one.start : one.end] for one in ended)
    unrecognised = [line for line in explained.unrecognised if not told or not _is_told(line, told)]
    for line in unrecognised[:_MOST_LINES]:
        logger.warning("Not recognised: %s", line)
    if len(unrecognised) > _MOST_LINES:
        logger.warning("Not recognised: %d more lines.", len(unrecognised) - _MOST_LINES)
    if not output_format and write is None:
        return explained.policies
    patches = [patch for patch in explained.patches if patch.part]
    _tell_missing(explained)
    if write is not None:
        written = _write(write, patches)
        count = f"{len(written)} patch{'es' if len(written) != 1 else ''} for {len(explained.policies)} of the policies"
        say_files(cmd.cli_ctx, [one["file"] for one in written], count)
        return written
    # A name alone has no object, but an example.
    shown = "".join(patch.text for patch in patches) or "".join(
        item["patch"] for item in explained.policies if not item["messages"]
    )
    return as_it_stands(cmd.cli_ctx, shown) if shown else None


def _is_told(line: str, told: str) -> bool:
    """Whether a line is part of a text of which something was said."""
    return any(part in line or line.strip() in part for part in told.split("\n") if part.strip())


def _refuse_unknown(explained: Explanation, ended: Sequence[Ended], text: str) -> None:
    """Raises az's error when the text names no policy."""
    from azure.cli.core.azclierror import InvalidArgumentValueError

    from azext_safeguards.check.policies.registry import NAMES
    from azext_safeguards.domain.nearest import nearest

    if explained.policies:
        return
    if ended:
        one = next((each for each in ended if each.stage != "warned"), ended[0])
        lead = f"This was {one.lead[0].lower()}{one.lead[1:]}"
        raise InvalidArgumentValueError(
            f"{lead}: {one.sentence}" + (f": {one.text}" if one.text else "."),
            recommendation=_RESPONSES.get(one.stage, _CHECK).format(name=one.name),
        )
    if explained.strangers:
        raise InvalidArgumentValueError(
            f"No member of deployment safeguards: {', '.join(explained.strangers)}. Somebody else's policy.",
            recommendation=[_OWNER],
        )
    word = text.strip()
    meant = nearest(word, NAMES) if len(word.split()) == 1 else ""
    if meant:
        raise InvalidArgumentValueError(
            f"There is no policy '{word}'; did you mean {meant}?",
            recommendation=[f"az aks safeguards explain {meant}", _LIST],
        )
    raise InvalidArgumentValueError(
        "No policy of deployment safeguards is recognised in this text.", recommendation=[_LIST]
    )


def _tell_missing(explained: Explanation) -> None:
    """Says what is to be done that no patch does."""
    for patch in explained.patches:
        for line in patch.missing:
            logger.warning("Not in a patch: %s.", line)
    for item in explained.policies:
        if (
            item["messages"]
            and not item["patch"]
            and not any(item["policy"] in one.policies for one in explained.patches)
        ):
            logger.warning("Not in a patch: %s: %s", item["policy"], item["fix"])


def _write(folder: str, patches: Sequence[Patch]) -> list[dict[str, Any]]:
    """Writes a file for each object into a folder, which is made when it is not there.

    :raises azure.cli.core.azclierror.FileOperationError: when one cannot be written, or is somebody else's.
    """
    import os

    from azure.cli.core.azclierror import FileOperationError

    from azext_safeguards.check.explain.files import files_of, is_ours
    from azext_safeguards.output.whole_file import write_whole

    files = [(os.path.join(folder, name), patch) for name, patch in files_of(patches)]
    try:
        for path, _ in files:
            if os.path.lexists(path) and not is_ours(path):
                raise FileOperationError(
                    f"The file '{path}' was not written by explain, and stays as it is.",
                    recommendation=["Name another folder: --write patches"],
                )
        os.makedirs(folder, exist_ok=True)
        for path, patch in files:
            write_whole(path, patch.file_text)
    except OSError as error:
        raise FileOperationError(
            f"The patches could not be written to '{folder}': {error.strerror or error}.",
            recommendation=["Name a folder that you may write to: --write patches"],
        ) from error
    return [
        {
            "file": path,
            "kind": patch.workload.kind or None,
            "name": patch.workload.name or None,
            "namespace": patch.workload.namespace or None,
            "policies": list(patch.policies),
            "policyNames": list(patch.policies),
            "isGuess": bool(patch.workload.guess),
        }
        for path, patch in files
    ]


def _standard_input() -> str:
    """The whole standard input, as far as it can be what a person pastes."""
    from azure.cli.core.azclierror import FileOperationError, InvalidArgumentValueError, RequiredArgumentMissingError

    from azext_safeguards.check.explain.decoding import text_of
    from azext_safeguards.check.streams import TooLong, read_whole, standard_input

    stdin = standard_input()
    if stdin is None or sys.stdin.isatty():
        raise RequiredArgumentMissingError(
            "There is nothing to explain: give the name of a policy or a message, or pipe what kubectl printed.",
            recommendation=["az aks safeguards explain probes", _FROM_KUBECTL],
        )
    try:
        return text_of(read_whole(stdin, _MOST_BYTES))
    except TooLong:
        raise InvalidArgumentValueError(
            f"Standard input has more than {_MOST_BYTES} bytes; give only the messages.", recommendation=[_FROM_KUBECTL]
        ) from None
    except OSError as error:
        raise FileOperationError(
            f"Standard input cannot be read: {error.strerror or error}.", recommendation=[_FROM_KUBECTL]
        ) from error
