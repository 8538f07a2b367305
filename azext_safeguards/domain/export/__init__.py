# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The assignment of a cluster as code that recreates it, in the languages that people deploy with."""

from __future__ import annotations

from azext_safeguards.domain.export import arm_template, azure_cli, bicep, terraform
from azext_safeguards.domain.export.content import Content, content_of

# What --format takes, in the order in which help lists it.
FORMATS = {
    "arm": arm_template.render,
    "azcli": azure_cli.render,
    "bicep": bicep.render,
    "terraform": terraform.render,
}

__all__ = ["FORMATS", "Content", "content_of"]
