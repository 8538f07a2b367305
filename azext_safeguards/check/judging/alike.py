# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Files that are alike but for the names in them, as those of many applications are: judged twice, and then no more.

What is said of an object does not depend on what it is called, as long as the other name has letters and digits at the
same places, stands at the same places, and means nothing to anybody (see `names`): what was found for one file is then
found for the next one, under its own names. Where more might matter (a refusal, which quotes half a name; a pattern
that tells names apart; a name that is part of a longer word) nothing is taken over, and the second file of a form is
judged as the first was: only where both results are the same but for the names is the third one not. A test holds this
against judging each file.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable
from typing import Any

from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import NOTHING_SAID, FileResult, check_file, plain
from azext_safeguards.check.judging.names import MARKS, MOST_NAMES, NAMES, Looks
from azext_safeguards.check.rego.patterns import search
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

_MOST_BYTES = 16 * 1024
# The patterns look at each name in a line with all that follows it.
_LONG_LINE = 1000
_MOST_KNOWN_BYTES = 2 * 1024 * 1024
# So many files tell whether looking for likenesses is worth its while.
_TRIAL, _FEW = 500, 25

# Where a file may not be like another though it looks so. Of lines with a name in them: a name in a key, which orders
# what is told; one that is part of a longer word, half of which may mean something.
_DOUBTFUL_LINE = re.compile(
    rb"(?:(?!:[ \t\r]|[{\[]).)*[\xf8-\xff].*:(?:[ \t\r]|\Z)"
    rb"|.*(?:[\xf8-\xff][^,{\[]*:(?:[ \t\r]|\Z)|[\xf8-\xff][^\"']*[\"'][ \t]*:"
    rb"|[A-Za-z0-9][\xf8-\xff]|[\xf8-\xff][A-Za-z0-9\xf8-\xff])"
)
# Of all lines: escapes, tags and keys by other names, which make words anew.
_DOUBTFUL = re.compile(rb"(?:^|[\s\[{,])(?:!|\*\S+[ \t]*:)|(?:^|[\s\[{,-])\?[ \t\r\n]", re.MULTILINE)
_HINTS = (b"\\", b"!", b"*", b"?")
# A namespace in so many words, which is a name or has none in it.
_NAMESPACE = re.compile(rb"namespace: +(?:[\xf8-\xff]|[\"']?[A-Za-z0-9.-]+[\"']?)\r?$", re.MULTILINE)
_IMAGE = re.compile(rb"^[ -]*image: +[\"']?([^\s\"',{}]+)[\"']?\r?$", re.MULTILINE)
_ANY_IMAGE = re.compile(rb"image[\"']?\s*:")


_NOTHING_SAID = marshal.dumps(plain(NOTHING_SAID))

_Names = tuple[bytes, ...]
_Key = tuple[Any, ...]
_Pieces = tuple[bytes | int, ...]
"""A packed result with the number of a name in the place of each."""


class Alike:
    """Checks files, and remembers what was found for those that others may be like.

    :param engine: judges what is not known yet.
    :param settings: those of the engine.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._seen_once: dict[_Key, tuple[bytes, _Names]] = {}
        self._seen_once_bytes = 0
        self._forms: dict[_Key, _Pieces | None] = {}
        self._forms_bytes = 0
        self.looked_at = self.taken_over = 0
        self._looks = Looks(settings)
        self._image_patterns = _image_patterns(settings)
        shows_objects = settings.want_diffs or settings.want_objects
        # AKS's own mutators and admission policies quote parts of objects in ways of their own.
        asks_aks = bool(settings.mutators or settings.admission)
        self._is_on = not shows_objects and not asks_aks and _tells_no_names_apart(settings)

    def check(self, source: Source) -> bytes:
        """What `check_file` finds, as plain values that marshal has packed."""
        content = self._content(source) if self._is_on else None
        key, names = self._key(content) if content else (None, ())
        if content:
            self.looked_at += 1
            if self.looked_at == _TRIAL and self.taken_over < _FEW:
                self._is_on = False
                self._seen_once.clear()
                self._forms.clear()
        if key is None:
            alone = check_file(self._engine, source, content)
            return _NOTHING_SAID if alone is NOTHING_SAID else marshal.dumps(plain(alone))
        form = self._forms.get(key)
        if form:
            self.taken_over += 1
            return _named(form, names)
        result = plain(check_file(self._engine, source, content))
        packed = marshal.dumps(result)
        if form is None and key not in self._forms:
            self._remember(key, names, packed, result, source)
        return packed

    def _content(self, source: Source) -> bytes | None:
        """All of a file that may be like another; None for any other, and for one that cannot be read so."""
        is_whole = source.has_lines and not source.lines_before and not source.is_continued
        if is_whole and source.size < _MOST_BYTES:
            try:
                return source.read_small()
            except OSError:
                pass
        return None

    def _key(self, content: bytes) -> tuple[_Key | None, _Names]:
        """What a file has in common with those that are like it, and its names, the longest first; None for one that is
        like no other."""
        names = tuple(dict.fromkeys(NAMES.findall(content)))
        if not names or len(names) > MOST_NAMES or (not content.isascii() and any(mark in content for mark in MARKS)):
            return None, ()
        if len(names) > 1:
            # One may be a part of another.
            names = tuple(sorted(names, key=len, reverse=True))
        looks = self._looks(names)
        images = self._told(content) if self._image_patterns else []
        if looks is None or images is None:
            return None, ()
        for name, mark in zip(names, MARKS, strict=False):
            content = content.replace(name, mark)
        return (content, *looks, *images), names

    def _told(self, content: bytes) -> list[bool] | None:
        """How the settings may tell names apart in images: which patterns match them; None where the images cannot be
        seen in the text."""
        images = _IMAGE.findall(content)
        if len(images) != len(_ANY_IMAGE.findall(content)) or b"&" in content or b"*" in content:
            return None
        texts = [image.decode("utf-8", "replace") for image in images]
        return [says(image) for says in self._image_patterns for image in texts]

    def _remember(self, key: _Key, names: _Names, packed: bytes, result: tuple[Any, ...], source: Source) -> None:
        """Keeps the result of the first file of a form as it is, for most forms never come again; with the second one
        it shows whether more of them may take it over."""
        first = self._seen_once.pop(key, None)
        size = len(key[0]) * 2
        if first is None:
            self._seen_once_bytes += size
            if self._seen_once_bytes > _MOST_KNOWN_BYTES:
                self._seen_once.clear()
                self._seen_once_bytes = size
            self._seen_once[key] = packed, names
            return
        self._forms_bytes += size
        if self._forms_bytes > _MOST_KNOWN_BYTES:
            self._forms.clear()
            self._forms_bytes = size
        pieces = _pieces(*first)
        is_same = pieces is not None and marshal.loads(_named(pieces, names)) == result  # noqa: S302 - packed above
        may_be_taken_over = is_same and _can_be_taken_over(key[0], FileResult._make(result), source)
        self._forms[key] = pieces if may_be_taken_over else None


def _pieces(packed: bytes, names: _Names) -> _Pieces | None:
    """A packed result, cut at its names. Other names are as long, so that all lengths in it stay right; None where what
    looks like a name is something else, such as a length and a half of a text."""
    pieces: list[bytes | int] = [packed]
    for number, name in enumerate(names):
        cut: list[bytes | int] = []
        for piece in pieces:
            if isinstance(piece, int):
                cut.append(piece)
                continue
            for index, part in enumerate(piece.split(name)):
                cut += [number, part] if index else [part]
        pieces = cut
    in_texts = _count(marshal.loads(packed), names, set())  # noqa: S302 - packed above
    return tuple(pieces) if sum(piece.__class__ is int for piece in pieces) == in_texts else None


def _count(value: Any, names: _Names, counted: set[int]) -> int:
    """How often names are in the texts of a result, each of which is packed once."""
    if id(value) in counted:
        return 0
    counted.add(id(value))
    if isinstance(value, str):
        text, found = value.encode(), 0
        for name, mark in zip(names, MARKS, strict=False):
            found += text.count(name)
            text = text.replace(name, mark)
        return found
    if isinstance(value, dict):
        value = [*value, *value.values()]
    return sum(_count(one, names, counted) for one in value) if isinstance(value, tuple | list) else 0


def _named(pieces: _Pieces, names: _Names) -> bytes:
    """A packed result under other names."""
    return b"".join([names[piece] if piece.__class__ is int else piece for piece in pieces])  # type: ignore[misc, index]


def _can_be_taken_over(content: bytes, result: FileResult, source: Source) -> bool:
    """Whether what was found quotes names whole, if at all, and says nothing of the file itself.

    :param content: the file, with marks in the place of names.
    """
    if result.refused or result.problems or result.odd or result.diffs:
        return False
    if any(one[0] == "apiserver" for one in result.apart):
        # The API server's own warnings quote what they like.
        return False
    is_about_file = any(source.name in note for note in result.notes)
    has_other_namespaces = content.count(b"namespace") != len(_NAMESPACE.findall(content))
    return not is_about_file and not has_other_namespaces and not _is_doubtful(content)


def _is_doubtful(content: bytes) -> bool:
    """Whether another file may be different in more than names though it looks the same."""
    if any(hint in content for hint in _HINTS) and (b"\\" in content or _DOUBTFUL.search(content)):
        return True
    with_names = [line for line in content.split(b"\n") if not line.isascii()]
    return any(len(line) > _LONG_LINE or _DOUBTFUL_LINE.match(line) for line in with_names)


_LITERAL = re.compile(r"\^?[A-Za-z./_-]+\$?")


def _tells_no_names_apart(settings: Settings) -> bool:
    """Whether patterns other than those of images are literal, so that a name without a word of theirs is as good as
    any other."""
    patterns = [*_listed(settings.parameters.get("labels")), *_listed(settings.parameters.get("reservedTaints"))]
    return all(map(_LITERAL.fullmatch, patterns))


def _listed(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _image_patterns(settings: Settings) -> list[Callable[[str], bool]]:
    """What says something of images that depends on more than what stands around the names in them."""
    found: list[Callable[[str], bool]] = []
    allowed = settings.parameters.get("allowedContainerImagesRegex")
    if isinstance(allowed, str) and allowed not in ("", ".*", "^.*$"):
        found.append(search(allowed))
    for entry in _listed(settings.parameters.get("excludedImages")):
        found.append(_begins_with(entry[:-1]) if entry.endswith("*") else entry.__eq__)
    return found


def _begins_with(prefix: str) -> Callable[[str], bool]:
    return lambda image: image.startswith(prefix)
