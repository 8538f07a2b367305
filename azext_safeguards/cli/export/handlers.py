# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards export`: the assignment of a cluster as code."""

from __future__ import annotations

from functools import partial
from typing import Any

from knack.log import get_logger

logger = get_logger(__name__)


def export(
    cmd: Any, resource_group_name: str, name: str, export_format: str, output_file: str | None = None
) -> str | None:
    """The assignment of a cluster as code that recreates it, printed as it stands or written to a file."""
    from azext_safeguards.cli.az.clients import arm_client, cluster_ref
    from azext_safeguards.cli.az.errors import cli_errors, nobody
    from azext_safeguards.cli.az.output import as_it_stands, refuse_query, say_files, tell
    from azext_safeguards.cli.az.remedies import tell_others
    from azext_safeguards.domain.export import FORMATS, content_of
    from azext_safeguards.domain.export.content import cautions, unnormalized
    from azext_safeguards.domain.initiative.catalog import Definitions
    from azext_safeguards.services.beside import with_beside
    from azext_safeguards.services.planning import read_profile
    from azext_safeguards.services.resources import policy_api

    refuse_query(cmd.cli_ctx, f"--format {export_format}")
    with cli_errors():
        cluster = cluster_ref(cmd.cli_ctx, resource_group_name, name)
    command = f"az aks safeguards export {cluster.arguments} --format {export_format}"
    with cli_errors(repeat=command):
        arm = arm_client(cmd.cli_ctx)
        read = with_beside(arm, cluster, lambda: read_profile(arm, cluster))
        if read.assigned is None:
            raise nobody(read.beside.aks, cluster, "so there is nothing to export") from read.absence
    profile, body = read.assigned
    cluster, beside = cluster.spelled(body.get("id")), read.beside.spelled(body.get("id"))
    content = content_of(cluster, profile, body, policy_api(body))
    for caution in cautions(content):
        logger.warning(caution)
    if profile.suspension:
        logger.warning("The safeguards are %s. What the code makes is suspended, too.", profile.suspension)
    for found in profile.others:
        logger.warning("%s The code holds that, too.", found.seen)
    # What stands beside the assignment is no part of the code, and acts on what the code makes as well.
    tell_others(beside.that_matters(profile.level, Definitions()), cluster, partial(tell, cmd.cli_ctx))
    if export_format == "terraform" and unnormalized(content):
        logger.warning(
            "Terraform turns every string into Unicode normal form C, so this text will not come back as it is: %s",
            ", ".join(ascii(text) for text in unnormalized(content)),
        )
    text = FORMATS[export_format](content)
    if output_file is not None:
        _write(output_file, text, command)
        say_files(cmd.cli_ctx, [output_file], content.title)
        return None
    return as_it_stands(cmd.cli_ctx, text)


def _write(path: str, text: str, command: str) -> None:
    """Writes a file anew.

    :raises azure.cli.core.azclierror.FileOperationError: when it can't be written.
    """
    from azure.cli.core.azclierror import FileOperationError

    from azext_safeguards.output.whole_file import write_whole

    try:
        write_whole(path, text, encoding="ascii")
    except OSError as error:
        raise FileOperationError(
            f"The file '{path}' could not be written: {error.strerror or error}.",
            recommendation=["Name a file in a folder that exists and that you may write to, or print it:", command],
        ) from error
