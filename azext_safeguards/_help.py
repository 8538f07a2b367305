# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Gathers the help of our own commands; that of `aks create` and `aks update` stays their owner's."""

from __future__ import annotations

import azext_safeguards.cli.compliance._help
import azext_safeguards.cli.export._help
import azext_safeguards.cli.manifests._help
import azext_safeguards.cli.manifests._help_explain
import azext_safeguards.cli.policies._help
import azext_safeguards.cli.profile._help
import azext_safeguards.cli.setup._help  # noqa: F401
