# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What several features' arguments share: types, completers, the name of a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def whole_seconds(text: str) -> int:
    """A number of seconds that can be waited.

    :raises argparse.ArgumentTypeError: for what is none; for a ValueError argparse would print this function's name.
    """
    from argparse import ArgumentTypeError

    if not text.isdecimal():
        raise ArgumentTypeError(f"'{text}' is not a whole number of seconds; for example: --timeout 600")
    return int(text)


def whole_number(text: str) -> int:
    """A number that is not negative.

    :raises argparse.ArgumentTypeError: for what is none; for a ValueError argparse would print this function's name.
    """
    from argparse import ArgumentTypeError

    if not text.isdecimal():
        raise ArgumentTypeError(f"'{text}' is not a whole number, such as 35")
    return int(text)


class ShownChoices(list[str]):
    """Choices that help and completion show, and that argparse takes for complete whatever is given.

    What is none of them is refused by a validator, which can say what was probably meant.
    """

    def __contains__(self, other: object) -> bool:
        return True


# What AKS's own safeguards, Azure Policy and the flags call what an option calls otherwise.
MEANT_LEVELS = {
    "warn": "Warning", "audit": "Warning", "enforce": "Enforcement", "deny": "Enforcement",
    "none": "Off", "disabled": "Off", "donotenforce": "Off",
}  # fmt: skip
MEANT_MANAGED = {"warning": "Warn", "audit": "Warn", "enforcement": "Enforce", "deny": "Enforce"}
MEANT_EFFECTS = {
    "warning": "Warn", "audit": "Warn", "enforce": "Deny", "enforcement": "Deny", "disabled": "Off", "none": "Off",
}  # fmt: skip


def one_word(names: Sequence[str], meant: Mapping[str, str] | None = None) -> Any:
    """An argument type that takes one of some words in any case, and answers another one with what is probably meant.

    :param names: the words as help shows them.
    :param meant: other words in lower case, each with the one that it stands for elsewhere.
    """
    from argparse import ArgumentTypeError

    from knack.arguments import CLIArgumentType

    from azext_safeguards.domain.nearest import nearest

    def word(text: str) -> str:
        given = text.strip()
        for name in names:
            if name.lower() == given.lower():
                return name
        near = (meant or {}).get(given.lower()) or nearest(given, names)
        raise ArgumentTypeError(f"'{given}' is none of {', '.join(names)}{f'; did you mean {near}?' if near else ''}")

    return CLIArgumentType(type=word, choices=ShownChoices(names))


# What the flags of `aks create` and `aks update` call by a long name, and reports by two, has both everywhere below
# `aks safeguards`; the first is the one that messages name. az has an --output of its own, and exact names go first.
LEVEL = ["--level", "--safeguards-level"]
VERSION = ["--version", "--safeguards-version"]
EXCLUDED_NS = ["--excluded-ns", "--safeguards-excluded-ns"]
REPORT_FILE = ["--report-file", "--output-file"]
OUTPUT_FILE = ["--output-file", "--report-file"]


def fail_on(context: Any, words: Mapping[str, str], default: str, help: str, **settings: Any) -> None:
    """Registers --fail-on, which has the same words everywhere: `error`, `warning` and `never`.

    :param context: az's argument context.
    :param words: each of these to the command's own word, which is taken, too.
    """
    from argparse import ArgumentTypeError

    taken = {**{own: own for own in words.values()}, **words}

    def word(text: str) -> str:
        if text.lower() not in taken:
            raise ArgumentTypeError(f"'{text}' is none of {', '.join(words)}")
        return taken[text.lower()]

    context.argument(
        "fail_on",
        options_list=["--fail-on"],
        type=word,
        choices=ShownChoices(words),
        default=default,
        help=help,
        **settings,
    )


def complete_version(prefix: str = "", **_: Any) -> list[str]:
    """The known versions; offline, so that pressing Tab never waits."""
    from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS

    return [name for name in PROFILE_VERSIONS if name.startswith(prefix)]


def complete_policy(prefix: str = "", **_: Any) -> list[str]:
    """The short names of policies; offline, so that pressing Tab never waits."""
    from azext_safeguards.domain.initiative.names import SHORT_NAMES

    return sorted(name for name in SHORT_NAMES.values() if name.startswith(prefix))


def cluster_name(context: Any, id_part: str | None = "name", **settings: Any) -> None:
    """Registers `--name` as the name of a managed cluster.

    :param context: az's argument context.
    :param id_part: `name` where az's own `--ids` makes sense; None where it would print several results in one.
    """
    from azure.cli.core.commands.parameters import get_resource_name_completion_list

    context.argument(
        "name",
        options_list=["--name", "-n"],
        id_part=id_part,
        completer=get_resource_name_completion_list("Microsoft.ContainerService/managedClusters"),
        help="Name of the managed cluster.",
        **settings,
    )
