# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The pattern of allowed images: the right one for some registries, and what is wrong with others."""

from __future__ import annotations

import re
from collections.abc import Iterable

from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.remedies import remedy

# Azure's rule for the name of a container registry, which is then a host below the cloud's suffix.
_ACR_NAME = re.compile(r"[a-zA-Z0-9]{5,50}", re.ASCII)
_REGISTRY = re.compile(
    r"(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*", re.ASCII
)
_ANCHORS = ("^", r"\A")
_LOOSE_DOT = re.compile(r"(?<![\\])[a-z0-9]\.[a-z]", re.IGNORECASE)
# Where a '.' is nothing but a '.': quoted text and brackets.
_LITERAL = re.compile(r"\\Q.*?(\\E|$)|\[\^?\]?(\\.|[^\]])*\]", re.DOTALL)
# Images that nobody means: a pattern that allows them all allows about everything.
_STRANGERS = ("qx.zz/w", "5.vv/8")


def registries_pattern(names: Iterable[str], suffix: str = ".azurecr.io") -> str:
    """The pattern that allows the images of some registries and nothing else.

    An image is matched as it is written, so `nginx` is not `docker.io/library/nginx`.

    :param names: hosts with or without a path, such as `myregistry.azurecr.io` or `mcr.microsoft.com/oss`; the bare
        name of an Azure container registry gets the suffix.
    :param suffix: what the cloud puts behind the names of its registries.
    :raises InvalidValueError: for a name that is none.
    """
    from azext_safeguards.domain import re2

    return f"^(?:{'|'.join(re2.quote(item) for item in dict.fromkeys(_registry(name, suffix) for name in names))})/.+$"


def image_pattern_cautions(pattern: str) -> list[str]:
    """What a user has to be told about a pattern that RE2 takes but that allows more than it seems to."""
    if not pattern:
        return ["An empty pattern allows every image."]
    advice = "--allowed-registry REGISTRY writes a pattern that allows a registry and nothing else."
    allowed = _allows_all(pattern)
    if allowed:
        return [f"The pattern '{pattern}' allows {allowed}. {advice}"]
    cautions = []
    if not is_anchored(pattern):
        cautions.append(
            f"The pattern '{pattern}' is not anchored with '^': it also allows images that hold it anywhere, such as "
            f"evil.example.com/<match>. {advice}"
        )
    elif "/" not in pattern:
        cautions.append(
            f"The pattern '{pattern}' has no '/' that ends the name of a registry: it also allows those that only "
            f"begin like it, such as <match>.evil.example.com/app. {advice}"
        )
    if _LOOSE_DOT.search(_LITERAL.sub(" ", pattern)):
        cautions.append(f"In the pattern '{pattern}' a '.' that is not written '\\.' matches any character. {advice}")
    return cautions


def _allows_all(pattern: str) -> str:
    """What a pattern allows that keeps out nothing, in words; empty for one that keeps something out."""
    from azext_safeguards.domain import re2

    try:
        allows = re2.compiled(pattern).search
    except re2.PatternError:
        return ""
    if not all(allows(image) for image in _STRANGERS):
        return ""
    return "every image" if all(allows(image.partition("/")[2]) for image in _STRANGERS) else "images of every registry"


def is_anchored(pattern: str) -> bool:
    """Whether each alternative of a pattern begins at the start of the image, going by how it is written."""
    return all(_branch_is_anchored(branch) for branch in _alternatives(pattern))


def _branch_is_anchored(branch: str) -> bool:
    flags = re.match(r"\(\?[isU]+\)", branch)
    branch = branch[flags.end() :] if flags else branch
    if branch.startswith(_ANCHORS):
        return True
    group = re.match(r"\((\?[imsU]*(-[imsU]+)?:|\?P?<\w+>)?", branch)
    if group is None or (branch.startswith("(?") and not group[1]):
        return False
    inside, end = _until_closed(branch, group.end())
    # A group that may be left out anchors nothing.
    return branch[end : end + 1] not in ("*", "?", "{") and is_anchored(inside)


def _alternatives(pattern: str) -> list[str]:
    branches, start = [], 0
    for at in _tops(pattern):
        if pattern[at] == "|":
            branches.append(pattern[start:at])
            start = at + 1
    return [*branches, pattern[start:]]


def _until_closed(text: str, start: int) -> tuple[str, int]:
    """What a group holds, and where the text goes on behind its ')'."""
    for at in _tops(text[start:]):
        if text[start + at] == ")":
            return text[start : start + at], start + at + 1
    return text[start:], len(text)


def _tops(text: str) -> list[int]:
    """The places of a valid pattern that are in no group, no brackets, no escape; up to a ')' that closes nothing."""
    places: list[int] = []
    depth = at = 0
    while at < len(text):
        quoted = re.match(r"\\Q.*?(\\E|$)|\\.|\[\^?\]?(\[:\^?\w+:\]|\\.|[^\]])*\]", text[at:], re.DOTALL)
        if quoted:
            at += quoted.end()
            continue
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            if depth == 0:
                return [*places, at]
            depth -= 1
        elif depth == 0:
            places.append(at)
        at += 1
    return places


def _registry(name: str, suffix: str) -> str:
    text = name.strip().removeprefix("https://").rstrip("/").lower()
    if _ACR_NAME.fullmatch(text) and text != "localhost":
        return f"{text}.{suffix.lstrip('.')}"
    if not _REGISTRY.fullmatch(text):
        raise InvalidValueError(
            f"'{name}' is not the name of a registry.",
            [remedy("allowed-registry")],
        )
    return text
