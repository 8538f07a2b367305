# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The forms that a report can take."""

from __future__ import annotations

import enum
from typing import NoReturn

from azext_safeguards.check.report.interface import Format, summary

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
        # Each is loaded when it is asked for: most runs want none of them.
        if self is FormatName.TEXT:
            from azext_safeguards.check.report.text import TextFormat

            return TextFormat(colour=colour)
        if self is FormatName.SARIF:
            from azext_safeguards.check.report.sarif import SarifFormat

            return SarifFormat()
        if self is FormatName.JUNIT:
            from azext_safeguards.check.report.junit import JUnitFormat

            return JUnitFormat()
        if self is FormatName.GITHUB:
            from azext_safeguards.check.report.github import GitHubFormat

            return GitHubFormat()
        if self is FormatName.AZURE_DEVOPS:
            from azext_safeguards.check.report.azuredevops import AzureDevOpsFormat

            return AzureDevOpsFormat()
        if self is FormatName.MARKDOWN:
            from azext_safeguards.check.report.markdown import MarkdownFormat

            return MarkdownFormat()
        _never(self)


def _never(name: NoReturn) -> NoReturn:
    """Reached when a name has no form; mypy reports that before."""
    raise AssertionError(name)
