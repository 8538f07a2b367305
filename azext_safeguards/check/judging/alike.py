# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Files that are alike but for the names in them, as those of many applications are: judged once.

What is said of an object does not depend on what it is called, as long as the other name has letters and digits at the
same places, stands at the same places, and means nothing to anybody: what was found for one file is then found for the
next one, under its own names. Where more might matter (a refusal, which quotes half a name; a pattern that tells names
apart; what a Secret holds) nothing is taken over. A test holds this against judging each file.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import FileResult, check_file, plain
from azext_safeguards.check.rego.patterns import search
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

# The names and namespaces of a file's objects; words with a number behind a hyphen, which no constant of Kubernetes is.
_NAMES = re.compile(rb"^  name(?:space)?: ([a-z]{2}[a-z0-9]*(?:-[a-z0-9]+)*-[0-9]+(?:-[a-z0-9]+)*)\r?$", re.MULTILINE)
_MOST_NAMES = 8
_IN_KEY = re.compile(rb"[\xf8-\xff][^\n:,{}\[\]]*[\"']?:(?:[ \r]|$)", re.MULTILINE)
_PATTERN = bytes.maketrans(b"bcdefghijklmnopqrstuvwxyz123456789", b"a" * 25 + b"0" * 9)

_MOST_BYTES = 16 * 1024
_MOST_KNOWN = 4_000
# So many files tell whether looking for likenesses is worth its while.
_TRIAL, _FEW = 500, 25

# What constants begin with, end with or consist of, that something in a manifest is compared with.
_MEANINGFUL = frozenset(
    b"aks azure azurecr com default docker hugepages ignore io istio k8s kube kubernetes latest linux localhost "
    b"managed microsoft mcr node pod proxy requests safeguards sha256 system tz windows".split()
)


class _Known(NamedTuple):
    """What was found for a file."""

    images: tuple[bool, ...]
    """What patterns say of its images, where they say different things."""

    pieces: tuple[bytes | int, ...]
    """The packed result, with the number of a name in the place of each."""


class Alike:
    """Checks files, and remembers what was found for those that others may be like.

    :param engine: judges what is not known yet.
    :param settings: those of the engine.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._known: dict[tuple[bytes, ...], _Known] = {}
        self._tried = self._found = 0
        self._image_patterns = _image_patterns(settings)
        texts = [text.lower().encode() for text in _texts(settings)]
        self._said = b"\n".join(texts)
        self._ends = tuple({word for text in texts for word in re.findall(rb"[a-z0-9]{2,}", text)})
        shows_objects = settings.want_diffs or settings.want_objects
        # AKS's own mutators and admission policies quote parts of objects in ways of their own.
        asks_aks = bool(settings.mutators or settings.admission)
        self._is_on = not shows_objects and not asks_aks and _tells_no_names_apart(settings)

    def check(self, source: Source) -> bytes:
        """What `check_file` finds, as plain values that marshal has packed."""
        content = None
        is_whole = source.has_lines and not source.lines_before and not source.is_continued
        if self._is_on and is_whole and source.size < _MOST_BYTES:
            try:
                content = source.read_small()
            except OSError:
                content = None
        key, names = self._key(content) if content else (None, ())
        if key is None or content is None:
            return marshal.dumps(plain(check_file(self._engine, source, content)))
        images = self._images(content) if self._image_patterns else ()
        known = self._known.get(key)
        self._tried += 1
        if known is not None and known.images == images:
            self._found += 1
            return b"".join([names[piece] if piece.__class__ is int else piece for piece in known.pieces])  # type: ignore
        result = check_file(self._engine, source, content)
        packed = marshal.dumps(plain(result))
        is_about_file = any(source.name in note for note in result.notes)
        if images is not None and not is_about_file and _can_be_taken_over(result) and not _IN_KEY.search(key[0]):
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = _Known(images, _pieces(packed, names))
        if self._tried == _TRIAL and self._found < _FEW:
            self._is_on = False
            self._known.clear()
        return packed

    def _key(self, content: bytes) -> tuple[tuple[bytes, ...] | None, tuple[bytes, ...]]:
        """What a file has in common with those that are like it, and its names; None for one that is like no other."""
        names = tuple(dict.fromkeys(_NAMES.findall(content)))
        if not names or len(names) > _MOST_NAMES or b"kind: Secret" in content:
            return None, ()
        for name in names:
            if name in self._said or name.startswith(self._ends) or name.endswith(self._ends):
                return None, ()
            if not _MEANINGFUL.isdisjoint(name.split(b"-")):
                return None, ()
        for number in _longest_first(names):
            if _MARKS[number] in content:
                return None, ()
            content = content.replace(names[number], _MARKS[number])
        return (content, *[name.translate(_PATTERN) for name in names]), names

    def _images(self, content: bytes) -> tuple[bool, ...] | None:
        """What the patterns say of each image; None where the text does not show at once what all of them are."""
        if b'image"' in content or b"image'" in content or b"&" in content or b"*" in content:
            return None
        images = [image.decode("utf-8", "replace") for image in _IMAGE.findall(content)]
        if len(images) != content.count(b"image:"):
            return None
        return tuple([says(image) for says in self._image_patterns for image in images])


_IMAGE = re.compile(rb"^[ -]*image:[ ]+[\"']?([^\s\"',{}]+)[\"']?\r?$", re.MULTILINE)
# Bytes that UTF-8 has nowhere.
_MARKS = [bytes([0xF8 + number]) for number in range(_MOST_NAMES)]


def _longest_first(names: tuple[bytes, ...]) -> list[int]:
    """The numbers of names, in an order in which no name is replaced within a longer one."""
    return sorted(range(len(names)), key=lambda number: -len(names[number])) if len(names) > 1 else [0]


def _pieces(packed: bytes, names: tuple[bytes, ...]) -> tuple[bytes | int, ...]:
    """A packed result, cut at its names. Other names are as long, so that all lengths in it stay right."""
    pieces: list[bytes | int] = [packed]
    for number in _longest_first(names):
        cut: list[bytes | int] = []
        for piece in pieces:
            if isinstance(piece, int):
                cut.append(piece)
                continue
            for index, part in enumerate(piece.split(names[number])):
                cut += [number, part] if index else [part]
        pieces = cut
    return tuple(pieces)


def _can_be_taken_over(result: FileResult) -> bool:
    """Whether what was found quotes names whole, if at all."""
    return not (result.refused or result.problems or result.odd or result.diffs)


def _texts(settings: Settings) -> Iterator[str]:
    """All texts of the settings."""
    ahead: list[Any] = [settings.parameters, settings.excluded_namespaces, settings.default_namespace]
    while ahead:
        one = ahead.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            ahead += one.values()
        elif isinstance(one, list | tuple):
            ahead += one


_LITERAL = re.compile(r"\^?[A-Za-z./_-]+\$?")
_GLOB = re.compile(r"(?:\*-)?[a-z0-9]+(?:-[a-z0-9]+)*(?:-\*)?")


def _tells_no_names_apart(settings: Settings) -> bool:
    """Whether patterns other than those of images are literal, so that a name that shares no word with them is as good
    as any other."""
    patterns = [*_listed(settings.parameters.get("labels")), *_listed(settings.parameters.get("reservedTaints"))]
    return all(map(_LITERAL.fullmatch, patterns)) and all(map(_GLOB.fullmatch, settings.excluded_namespaces))


def _listed(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _image_patterns(settings: Settings) -> list[Callable[[str], bool]]:
    """What says something of images that depends on more than what stands around the names in them."""
    found: list[Callable[[str], bool]] = []
    allowed = settings.parameters.get("allowedContainerImagesRegex")
    if isinstance(allowed, str) and allowed not in ("", ".*", "^.*$"):
        found.append(search(allowed))
    for entry in _listed(settings.parameters.get("excludedImages")):
        found.append((lambda prefix: lambda image: image.startswith(prefix))(entry.rstrip("*")))
    return found
