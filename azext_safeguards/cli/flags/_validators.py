# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Syntax of the flags' values, checked when the command line is read and before any request is sent."""

from __future__ import annotations

from typing import Any


def validate_version(namespace: Any) -> None:
    """Refuses a version that does not exist; stores it as `vX.Y.Z`."""
    if namespace.safeguards_version is not None:
        from azext_safeguards.cli.az.errors import cli_errors
        from azext_safeguards.domain.initiative.catalog import parse_version

        with cli_errors():
            namespace.safeguards_version = parse_version(namespace.safeguards_version)


def validate_excluded_namespaces(namespace: Any) -> None:
    """Refuses a list with an item that is no namespace."""
    if namespace.safeguards_excluded_ns is not None:
        from azext_safeguards.cli.az.errors import cli_errors
        from azext_safeguards.domain.namespaces import parse_namespaces

        with cli_errors():
            parse_namespaces(namespace.safeguards_excluded_ns)
