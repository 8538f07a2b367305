# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which namespaces are left alone: the user's list and the system's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.remedies import remedy

# What AKS itself always excluded: `systemExcludedNamespaces` in every recorded answer
# (Azure/azure-cli-extensions, aks-preview recordings test_aks_create_with_safeguards.yaml).
SYSTEM_NAMESPACES: tuple[str, ...] = ("kube-system", "calico-system", "tigera-system", "gatekeeper-system")

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_PART = re.compile(r"[-a-z0-9]*[a-z0-9][-a-z0-9]*")
_LABEL_LENGTH = 63


@dataclass(frozen=True)
class NamespaceEdit:
    """Single namespaces to be excluded, or no longer; the rest of the list stays, whoever wrote it when."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def applied(self, current: Iterable[str]) -> tuple[str, ...]:
        """The users' list with the change: what is added comes last."""
        kept = [name for name in user_part(current) if name not in self.removed]
        return user_part((*kept, *self.added))

    def remarks(self, current: Iterable[str]) -> list[str]:
        """What there is to say about names that change nothing, or not what they seem to."""
        now = user_part(current)
        said = [f"{name} is excluded already." for name in self.added if name in now]
        said += [f"{name} is always excluded: it is the system's." for name in self.added if name in SYSTEM_NAMESPACES]
        for name in self.removed:
            if name in SYSTEM_NAMESPACES:
                said.append(f"{name} stays excluded: it is the system's.")
                continue
            if name not in now:
                said.append(f"{name} is not on the list.")
            others = [pattern for pattern in now if pattern not in self.removed and _covers(pattern, name)]
            if others:
                said.append(f"{name} stays excluded by {', '.join(others)}.")
        return said


def _covers(pattern: str, name: str) -> bool:
    """Whether a glob excludes a namespace."""
    core = pattern.strip("*")
    if pattern.startswith("*") and pattern.endswith("*"):
        return core in name
    if pattern.startswith("*"):
        return name.endswith(core)
    return pattern.endswith("*") and name.startswith(core)


def named_namespaces(given: Iterable[str]) -> tuple[str, ...]:
    """The namespaces that a command line names, separated by blanks or commas, each once.

    :raises InvalidValueError: for what is no name and no glob, and for none at all.
    """
    names = tuple(dict.fromkeys(name for word in given for name in word.replace(",", " ").split()))
    if not names:
        raise InvalidValueError("No namespace is named.", [remedy("paste", text="team-a 'team-*'")])
    for name in names:
        if not is_namespace_pattern(name):
            raise InvalidValueError(
                f"'{name}' is not a namespace name: lower-case letters, digits and '-', at most {_LABEL_LENGTH} "
                "characters, with '*' only as the first or last character.",
                [remedy("paste", text="team-a 'team-*' '*-dev'")],
            )
    return names


def one_list(given: Sequence[str]) -> str:
    """The comma-separated list that a command line holds.

    :param given: the words behind the option; one where the list is written as it should be.
    :raises InvalidValueError: for several words, or one with blanks between names, with the list that is meant.
    """
    words = [word.strip() for text in given for word in text.split(",")]
    names = [name for word in words for name in word.split()]
    if len(given) > 1 or any(len(word.split()) > 1 for word in words):
        raise InvalidValueError(
            "Excluded namespaces are separated by commas, not by blanks.", [remedy("namespaces", names=",".join(names))]
        )
    return given[0] if given else ""


def parse_namespaces(text: str) -> tuple[str, ...]:
    """The namespaces of a comma-separated list: blanks stripped, order kept, duplicates dropped.

    :param text: `ns1,ns2`; an empty or blank text means none.
    :returns: names and Gatekeeper globs (`team-*`, `*-dev`); system namespaces are kept as the user wrote them.
    :raises InvalidValueError: for an empty item, or an item that is neither a DNS-1123 label nor such a glob.
    """
    if not text.strip():
        return ()
    names: list[str] = []
    for item in text.split(","):
        name = item.strip()
        if not name:
            raise InvalidValueError(
                f"The list of excluded namespaces '{text}' has an empty item.",
                [remedy("namespaces", names="ns1,ns2"), remedy("clear-namespaces")],
            )
        if not is_namespace_pattern(name):
            raise InvalidValueError(
                f"'{name}' is not a namespace name: lower-case letters, digits and '-', at most {_LABEL_LENGTH} "
                "characters, with '*' only as the first or last character.",
                [remedy("namespaces", names="ns1,team-*,*-dev")],
            )
        if name not in names:
            names.append(name)
    return tuple(names)


def is_namespace_pattern(name: str) -> bool:
    """Whether a text is a DNS-1123 label or a glob that Gatekeeper understands.

    Gatekeeper reads `*` only at the start and the end of an entry (open-policy-agent/gatekeeper pkg/wildcard);
    a lone `*` would exclude the whole cluster and is no namespace.
    """
    core = name.removeprefix("*").removesuffix("*")
    if len(core) > _LABEL_LENGTH:
        return False
    if core == name:
        return bool(_LABEL.fullmatch(name))
    starts, ends = name.startswith("*"), name.endswith("*")
    return bool(_LABEL_PART.fullmatch(core)) and (starts or core[0] != "-") and (ends or core[-1] != "-")


def user_part(names: Iterable[str]) -> tuple[str, ...]:
    """What is left of an assignment's exclusions without the system namespaces and repetitions, in order."""
    return tuple(dict.fromkeys(name for name in names if name not in SYSTEM_NAMESPACES))


def all_excluded(user: Iterable[str]) -> list[str]:
    """The list that the assignment holds: the system's namespaces, then the user's, none twice."""
    return [*SYSTEM_NAMESPACES, *user_part(user)]
