# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The forms that a report can take."""

from __future__ import annotations

import enum
from typing import NoReturn

from azext_safeguards.check.report.azuredevops import AzureDevOpsFormat
from azext_safeguards.check.report.github import GitHubFormat
from azext_safeguards.check.report.interface import Format, summary
from azext_safeguards.check.report.junit import JUnitFormat
from azext_safeguards.check.report.markdown import MarkdownFormat
from azext_safeguards.check.report.sarif import SarifFormat
from azext_safeguards.check.report.text import TextFormat

__all__ = ["Format", "FormatName", "summary"]


class FormatName(str, enum.Enum):
    """The names of the forms, as the command line takes them."""

    TEXT = "text"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    AZURE_DEVOPS = "azuredevops"
    MARKDOWN = "markdown"

    def to_format(self, *, colour: bool = False) -> Format:
        """What writes this form; `colour` is for the text that a terminal shows."""
        if self is FormatName.TEXT:
            return TextFormat(colour=colour)
        if self is FormatName.SARIF:
            return SarifFormat()
        if self is FormatName.JUNIT:
            return JUnitFormat()
        if self is FormatName.GITHUB:
            return GitHubFormat()
        if self is FormatName.AZURE_DEVOPS:
            return AzureDevOpsFormat()
        if self is FormatName.MARKDOWN:
            return MarkdownFormat()
        _never(self)


def _never(name: NoReturn) -> NoReturn:
    """Reached when a name has no form; mypy reports that before."""
    raise AssertionError(name)
