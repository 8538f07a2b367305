# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The table of our own commands, which stand beside the six that core has in `aks safeguards`."""

from __future__ import annotations

from typing import Any


def load_command_table(loader: Any, _args: Any) -> None:
    """Registers our commands with az."""
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.many._format import many_table
    from azext_safeguards.cli.profile.delete import confirm_delete
    from azext_safeguards.cli.setup._format import diagnosis_table, profile_table, registration_table, version_table

    with loader.command_group("aks safeguards profile") as group:
        group.custom_show_command("show", "profile_show", table_transformer=profile_table)
    deletion = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.delete#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=deletion) as group:
        group.custom_command("delete", "profile_delete", confirmation=confirm_delete, table_transformer=many_table)
    _load_fleet_commands(loader)
    with loader.command_group("aks safeguards") as group:
        group.custom_command("register", "register", table_transformer=registration_table)
        group.custom_command("diagnose", "diagnose", table_transformer=diagnosis_table)
    _load_compliance_commands(loader)
    _load_manifest_commands(loader)
    _load_policy_commands(loader)
    exports = CliCommandType(operations_tmpl="azext_safeguards.cli.export.handlers#{}")
    with loader.command_group("aks safeguards", custom_command_type=exports) as group:
        group.custom_command("export", "export")
    with loader.command_group("aks safeguards version") as group:
        group.custom_command("list", "version_list", table_transformer=version_table)


def _load_fleet_commands(loader: Any) -> None:
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.many._format import many_table, one_or_many
    from azext_safeguards.cli.profile._format import fleet_table, move_table

    handlers = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.handlers#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=handlers) as group:
        group.custom_command("list", "profile_list", table_transformer=fleet_table)
        group.custom_command("copy", "profile_copy", table_transformer=many_table)
    moves = CliCommandType(operations_tmpl="azext_safeguards.cli.profile.migrate#{}")
    with loader.command_group("aks safeguards profile", custom_command_type=moves) as group:
        group.custom_command("migrate", "profile_migrate", table_transformer=one_or_many(move_table))


def _load_manifest_commands(loader: Any) -> None:
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.manifests._format import check_table
    from azext_safeguards.cli.manifests._format_explain import explanation_table

    checks = CliCommandType(operations_tmpl="azext_safeguards.cli.manifests.check#{}")
    with loader.command_group("aks safeguards", custom_command_type=checks) as group:
        group.custom_command("check", "check", table_transformer=check_table)
    explanations = CliCommandType(operations_tmpl="azext_safeguards.cli.manifests.explain#{}")
    with loader.command_group("aks safeguards", custom_command_type=explanations) as group:
        group.custom_command("explain", "explain", table_transformer=explanation_table)


def _load_policy_commands(loader: Any) -> None:
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.many._format import one_or_many
    from azext_safeguards.cli.policies._format import policy_table
    from azext_safeguards.cli.setup._format import profile_table

    policies = CliCommandType(operations_tmpl="azext_safeguards.cli.policies.handlers#{}")
    with loader.command_group("aks safeguards policy", custom_command_type=policies) as group:
        group.custom_command("list", "policy_list", table_transformer=policy_table)
        group.custom_command("set", "policy_set", table_transformer=one_or_many(policy_table))
        group.custom_command("reset", "policy_reset", table_transformer=one_or_many(policy_table))
    suspension = CliCommandType(operations_tmpl="azext_safeguards.cli.policies.suspend#{}")
    with loader.command_group("aks safeguards", custom_command_type=suspension) as group:
        group.custom_command("suspend", "suspend", table_transformer=one_or_many(profile_table))
        group.custom_command("resume", "resume", table_transformer=one_or_many(profile_table))


def _load_compliance_commands(loader: Any) -> None:
    from azure.cli.core.commands import CliCommandType

    from azext_safeguards.cli.compliance._format import compliance_table

    handlers = CliCommandType(operations_tmpl="azext_safeguards.cli.compliance.handlers#{}")
    with loader.command_group("aks safeguards compliance", custom_command_type=handlers) as group:
        group.custom_show_command("show", "compliance_show", table_transformer=compliance_table)
