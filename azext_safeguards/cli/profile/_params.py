# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of `profile list`, `copy` and `migrate`."""

from __future__ import annotations

from typing import Any


def load_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    from azext_safeguards.cli.az.arguments import one_word, whole_number
    from azext_safeguards.cli.az.page_arguments import load_page_arguments
    from azext_safeguards.cli.many._params import load_ids_arguments

    load_ids_arguments(loader, "profile show", "profile delete")
    with loader.argument_context("aks safeguards profile list") as context:
        context.argument(
            "all_subscriptions",
            options_list=["--all-subscriptions"],
            action="store_true",
            help="List the clusters of all subscriptions that `az account list` shows, not only of the current one.",
        )
        context.argument(
            "live",
            options_list=["--live"],
            action="store_true",
            help="Read every subscription's own lists. Azure Resource Graph is faster, and may be minutes behind.",
        )
        context.argument(
            "ask_aks",
            options_list=["--ask-aks"],
            action="store_true",
            help="Ask each cluster, by a request of its own, whether AKS manages safeguards there, alone or beside an "
            "assignment. Lists tell that of AKS Automatic only.",
        )
        load_page_arguments(context)
        context.argument(
            "report_dir",
            options_list=["--report-dir"],
            help="With --format html: a folder for a page of each cluster's compliance, which the page of the fleet "
            "links to. Without --report-file that page is index.html in it.",
        )
    with loader.argument_context("aks safeguards profile copy") as context:
        context.argument(
            "source_id", options_list=["--from"], help="Resource id of the cluster whose settings are copied."
        )
        context.argument(
            "target_ids",
            options_list=["--to"],
            nargs="+",
            help="Resource ids of the clusters that get them, space-separated, or the JSON of `az aks list`. "
            "Use @FILE to read them from a file, @- from standard input.",
        )
    load_ids_arguments(loader, "profile migrate")
    with loader.argument_context("aks safeguards profile migrate") as context:
        context.argument(
            "to",
            options_list=["--to"],
            arg_type=one_word(["assignment", "managed"], {"aks": "managed"}),
            help="Who is to own the safeguards: an assignment that this extension writes, or AKS.",
        )
        context.argument(
            "version",
            options_list=["--safeguards-version", "--version"],
            help="The version of the assignment. Default: v3.0.0 where AKS's safeguards have a Pod Security level, "
            "else the version that the cluster's assignment has, else v2.0.0.",
        )
        context.argument(
            "overlap",
            options_list=["--overlap"],
            type=whole_number,
            help="How many minutes to keep both in place before the old one is removed. Azure needs up to 35 minutes "
            "to bring new safeguards into a cluster. Default: none.",
        )
        context.argument(
            "timeout", options_list=["--timeout"], type=whole_number, help="How many seconds to wait for AKS."
        )
        context.argument(
            "yes", options_list=["--yes", "-y"], action="store_true", help="Do not ask before something is lost."
        )
    for command in ("copy", "migrate"):
        with loader.argument_context(f"aks safeguards profile {command}") as context:
            context.argument(
                "dry_run",
                options_list=["--dry-run"],
                action="store_true",
                help="Check everything and say what would be done; write nothing.",
            )
