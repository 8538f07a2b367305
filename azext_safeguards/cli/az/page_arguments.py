# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of commands that can write a page."""

from __future__ import annotations

from typing import Any


def load_page_arguments(context: Any) -> None:
    """Registers --format and --report-file with az."""
    from azure.cli.core.commands.parameters import get_enum_type

    from azext_safeguards.cli.az.arguments import REPORT_FILE

    context.argument(
        "report_format",
        options_list=["--format"],
        arg_type=get_enum_type(["html"]),
        help="Write a page to look at in a browser, in place of the usual output; see --report-file.",
    )
    context.argument(
        "report_file", options_list=REPORT_FILE, help="The file for the page; one that is there is replaced."
    )
