# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The arguments of `az aks safeguards check` and `explain`."""

from __future__ import annotations

from typing import Any

FORMATS = ("text", "sarif", "junit", "github", "azuredevops", "markdown", "html")


def load_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    with loader.argument_context("aks safeguards check") as context:
        _input(context)
        _against(context)
        _report(context)
    _load_explain_arguments(loader)


def _input(context: Any) -> None:
    context.argument(
        "filename",
        options_list=["--filename", "-f"],
        nargs="+",
        action="extend",
        help="Manifests: files, folders, globs, Kustomize folders, Helm charts, or - for standard input. Separated by "
        "spaces.",
    )
    context.argument(
        "values",
        options_list=["--values"],
        nargs="+",
        action="extend",
        help="Files for `helm template --values`, for the Helm charts among the manifests.",
    )


def _against(context: Any) -> None:
    from azure.cli.core.commands.parameters import get_resource_name_completion_list

    from azext_safeguards.cli.az.arguments import (
        EXCLUDED_NS,
        LEVEL,
        MEANT_LEVELS,
        MEANT_MANAGED,
        VERSION,
        complete_version,
        one_word,
    )

    group = "Checked against"
    context.argument(
        "level",
        options_list=LEVEL,
        arg_group=group,
        arg_type=one_word(["Off", "Warning", "Enforcement"], MEANT_LEVELS),
        help="The level to check against. Default: that of the cluster named by --name, else Enforcement.",
    )
    context.argument(
        "version",
        options_list=VERSION,
        arg_group=group,
        completer=complete_version,
        help="The version of safeguards to check against. Default: that of the cluster named by --name, else v2.0.0.",
    )
    context.argument(
        "excluded_ns",
        options_list=EXCLUDED_NS,
        arg_group=group,
        help="Comma-separated namespaces that are left alone, beside the system's; a name may start or end with *.",
    )
    context.argument(
        "param",
        options_list=["--param"],
        nargs="+",
        action="extend",
        arg_group=group,
        help="Parameters of the assignment as NAME=VALUE, separated by spaces; a list as JSON.",
    )
    context.argument(
        "allowed_registry",
        options_list=["--allowed-registry"],
        nargs="+",
        action="extend",
        arg_group=group,
        help="Allow images from these registries only: hosts with or without a path, or names of Azure container "
        "registries.",
    )
    context.argument(
        "pod_security",
        options_list=["--pod-security"],
        arg_group=group,
        arg_type=one_word(["Baseline", "Restricted"]),
        help="Judge by Pod Security, too, which no level turns on: the policies of v3.0.0, or AKS's own admission "
        "policies with --managed. AKS Automatic has Baseline at least.",
    )
    context.argument(
        "skip",
        options_list=["--skip"],
        nargs="+",
        action="extend",
        arg_group=group,
        help="Short names of policies to leave out, separated by spaces.",
    )
    context.argument(
        "managed",
        options_list=["--managed"],
        arg_group=group,
        arg_type=one_word(["Warn", "Enforce"], MEANT_MANAGED),
        help="Judge as AKS's own deployment safeguards at this level do, which `az aks safeguards create` sets.",
    )
    context.argument(
        "automatic",
        options_list=["--automatic"],
        action="store_true",
        arg_group=group,
        help="Judge as every AKS Automatic cluster does: AKS's own safeguards at Enforce, with Baseline. The report "
        "ends with what would become of each object, by namespace, and the kinds of fixes.",
    )
    context.argument("resource_group_name", arg_group=group, help="Resource group of --name.")
    context.argument(
        "name",
        options_list=["--name", "-n"],
        arg_group=group,
        completer=get_resource_name_completion_list("Microsoft.ContainerService/managedClusters"),
        help="A managed cluster whose safeguards say what to check against: its assignment, or else those that AKS "
        "manages. Other options here change that.",
    )


def _report(context: Any) -> None:
    from azext_safeguards.cli.az.arguments import REPORT_FILE, fail_on

    group = "Report"
    context.argument(
        "show_mutations",
        options_list=["--show-mutations"],
        action="store_true",
        arg_group=group,
        help="Show what the cluster would change in each object, as a unified diff.",
    )
    context.argument(
        "report_format",
        options_list=["--format"],
        nargs="+",
        action="extend",
        type=str.lower,
        choices=FORMATS,
        arg_group=group,
        help="Write reports in these formats, separated by spaces, in place of the usual output. html is a page to "
        "look at in a browser, and needs a --report-file.",
    )
    context.argument(
        "report_file",
        options_list=REPORT_FILE,
        nargs="+",
        action="extend",
        arg_group=group,
        help="Files for the reports, one for each --format in the same order; one more format is printed.",
    )
    context.argument(
        "docs_url",
        options_list=["--docs-url"],
        metavar="URL",
        arg_group=group,
        help="The address at which you publish docs/policies.md of this extension; SARIF, Markdown and JUnit then link "
        "each policy to its anchor there. Default: the value of `az config set safeguards.docs_url=URL`, else pages of "
        "Kubernetes and Microsoft about the subject of the policy.",
    )
    fail_on(
        context,
        {"error": "deny", "warning": "warn", "never": "never"},
        default="error",
        arg_group=group,
        help="End with exit code 1 on error when something would be denied, on warning also when it would only be "
        "warned of.",
    )
    context.argument(
        "baseline",
        options_list=["--baseline"],
        arg_group=group,
        help="A file of known findings, which are not reported.",
    )
    context.argument(
        "write_baseline",
        options_list=["--write-baseline"],
        action="store_true",
        arg_group=group,
        help="Write all findings to the --baseline file.",
    )


def _load_explain_arguments(loader: Any) -> None:
    """Registers the arguments with az."""
    from azext_safeguards.cli.az.arguments import complete_policy

    with loader.argument_context("aks safeguards explain") as context:
        context.positional(
            "message",
            nargs="*",
            completer=complete_policy,
            help="A message that kubectl printed, or names of policies: short names, reference ids, or constraints, "
            "such as azurepolicy-k8sazurev2containerenforceprob-0e8a839bcd103e7b96a8. "
            "Without it, or with -, standard input is read.",
        )
        context.argument(
            "output_format",
            options_list=["--format"],
            choices=("patch",),
            type=str.lower,
            help="Print patches in place of the usual output: a YAML document for each object, with all its changes.",
        )
        context.argument(
            "write",
            options_list=["--write"],
            metavar="DIR",
            help="Write each object's patch to a file in this folder, and print which.",
        )
