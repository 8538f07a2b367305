# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of `az aks safeguards export`."""

from __future__ import annotations

from typing import Any


def load_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    from azure.cli.core.commands.parameters import (
        file_type,
        get_enum_type,
    )

    from azext_safeguards.cli.az.arguments import OUTPUT_FILE, cluster_name

    with loader.argument_context("aks safeguards export") as context:
        # No id_part: --ids with several clusters would print several files in one.
        cluster_name(context, id_part=None)
        context.argument(
            "export_format",
            options_list=["--format"],
            arg_type=get_enum_type(["arm", "azcli", "bicep", "terraform"]),
            help="The language of the code: a template for Resource Manager, a shell script, Bicep or Terraform.",
        )
        context.argument(
            "output_file",
            options_list=OUTPUT_FILE,
            type=file_type,
            help="Write the code to this file, over what is in it, instead of printing it.",
        )
