# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What names look like, and which of them mean nothing to anybody: neither to Kubernetes nor to the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from azext_safeguards.check.judging.constants import WITH_DIGITS_OR_HYPHENS
from azext_safeguards.check.judging.excluded import matcher
from azext_safeguards.check.settings import Settings

# The names and namespaces of a file's objects: words with a digit or a hyphen, since few constants of Kubernetes have
# one; those are known. Two letters at the beginning, so that none is a number, and nothing but texts ends with one.
# Begun with a text, which is looked for at once, and not with a ^, which is tried at each byte.
NAMES = re.compile(rb"\n  name(?:space)?: ((?=[a-z]+[0-9-])[a-z]{2}[a-z0-9]*(?:-[a-z0-9]+)*)\r?$", re.MULTILINE)
MOST_NAMES = 8
# Bytes that UTF-8 has nowhere.
MARKS = [bytes([0xF8 + number]) for number in range(MOST_NAMES)]
_PATTERN = bytes.maketrans(b"bcdefghijklmnopqrstuvwxyz123456789", b"a" * 25 + b"0" * 9)
_MOST_KNOWN = 4096

# Words that something in a manifest is compared with, and what such words begin with; those of schedules, which are
# ranges with a hyphen between them; and what is a number, or a part of an address, though it begins with letters.
_MEANINGFUL = re.compile(
    rb"(?:^|-)(?:(?:hugepages|localhost|requests)|(?:aks|azure|azurecr|com|default|docker|ignore|io|istio|k8s|kube"
    rb"|kubernetes|latest|linux|managed|microsoft|mcr|node|pod|proxy|safeguards|sha256|system|tz|windows"
    rb"|sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:-|$))|^[0-9a-f]+$"
)
IMAGES = frozenset(("allowedContainerImagesRegex", "excludedImages"))
"""The parameters that are compared with images."""


class Looks:
    """Says where names have letters and digits, and which of them mean something with some settings."""

    def __init__(self, settings: Settings) -> None:
        self._is_excluded = matcher(settings.excluded_namespaces)
        texts = [text.lower().encode() for text in _texts(settings)]
        self._said = b"\n".join([*texts, *(name.lower().encode() for name in settings.excluded_namespaces)])
        self._words = {word for text in texts for word in re.findall(rb"[a-z][a-z0-9]*", text)}
        self._known: dict[bytes, bytes] = {}
        self._meaningful_parts: dict[bytes, bool] = {}

    def __call__(self, names: tuple[bytes, ...]) -> list[bytes] | None:
        """What names have in common with others that are as good.

        :param names: the longest first.
        :returns: where each has letters and digits, whether it would be an excluded namespace, and how one is a part of
            another; None where one of them means something.
        """
        known = self._known
        looks = [known[name] if name in known else self._looked_at(name) for name in names]
        if b"" in looks:
            return None
        for number, name in enumerate(names[:-1], 1):
            for mark, other in zip(MARKS[number:], names[number:], strict=False):
                if other in name:
                    name = name.replace(other, mark)
            if name is not names[number - 1]:
                looks.append(MARKS[number - 1] + name.translate(_PATTERN))
        return looks

    def _looked_at(self, name: bytes) -> bytes:
        """Where a name has letters and digits, and whether it would be an excluded namespace; nothing for one that
        means something. Remembered, for many files have the same namespace."""
        is_constant = name in WITH_DIGITS_OR_HYPHENS or _MEANINGFUL.search(name) is not None
        if is_constant or name in self._said or any(map(self._says, name.split(b"-"))):
            looks = b""
        else:
            looks = (b"+" if self._is_excluded(name.decode()) else b"-") + name.translate(_PATTERN)
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[name] = looks
        return looks

    def _says(self, part: bytes) -> bool:
        """Whether a word of the settings, which has no hyphen, is in a part of a name; remembered as names are."""
        if part.isdigit():
            return False
        known = self._meaningful_parts.get(part)
        if known is None:
            if len(self._meaningful_parts) >= _MOST_KNOWN:
                self._meaningful_parts.clear()
            known = self._meaningful_parts[part] = any(word in part for word in self._words)
        return known


def _texts(settings: Settings) -> Iterator[str]:
    """The texts of the settings with which parts of a name may be compared."""
    ahead: list[Any] = [settings.default_namespace]
    ahead += [value for name, value in settings.parameters.items() if name not in IMAGES]
    while ahead:
        one = ahead.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            ahead += one.values()
        elif isinstance(one, list | tuple):
            ahead += one
