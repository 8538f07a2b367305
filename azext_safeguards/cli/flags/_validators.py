# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Syntax of the flags' values, checked when the command line is read and before any request is sent."""

from __future__ import annotations

from typing import Any


def validate_level(namespace: Any) -> None:
    """Refuses what is no level, with the one that was probably meant; stores it as it is spelled."""
    if namespace.safeguards_level is not None:
        from azext_safeguards.cli.az.errors import cli_errors
        from azext_safeguards.domain.level import parse_level

        with cli_errors():
            namespace.safeguards_level = parse_level(namespace.safeguards_level).value


def validate_version(namespace: Any) -> None:
    """Refuses a version that does not exist; stores it as `vX.Y.Z`."""
    if namespace.safeguards_version is not None:
        from azext_safeguards.cli.az.errors import cli_errors
        from azext_safeguards.domain.initiative.catalog import parse_version

        with cli_errors():
            namespace.safeguards_version = parse_version(namespace.safeguards_version)


def validate_excluded_namespaces(namespace: Any) -> None:
    """Refuses a list with an item that is no namespace, or whose items blanks separate; stores it as one text."""
    given = namespace.safeguards_excluded_ns
    if given is not None:
        from azext_safeguards.cli.az.errors import cli_errors
        from azext_safeguards.domain.namespaces import one_list, parse_namespaces

        with cli_errors():
            namespace.safeguards_excluded_ns = one_list([given] if isinstance(given, str) else given)
            parse_namespaces(namespace.safeguards_excluded_ns)
