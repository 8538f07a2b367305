# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""YAML text to nodes: libyaml through PyYAML, stopped before anything is constructed, and bounded.

Nothing is ever constructed from a tag, and a document that is too deep or too large is given up early.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from yaml import MarkedYAMLError
from yaml.composer import Composer, ComposerError
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode

try:
    from yaml import CBaseLoader as _Parser
except ImportError:  # PyYAML was built without libyaml: the same composer in Python, several times slower
    from yaml import BaseLoader as _Parser  # type: ignore[assignment]

# Beyond these a document is not read, so that no file can take all memory or time; see also `reading.MOST_BYTES`.
MOST_NODES = 300_000
MOST_DEPTH = 200
_TOO_DEEP = f"the document is nested more than {MOST_DEPTH} levels deep"
# libyaml from 0.2.6 on (PyYAML 6.0.4) has a bound of its own, 1,000 levels, and its scanner is ahead of the nodes.
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"


class TooMuch(Exception):
    """A document is deeper than MOST_DEPTH or has more than MOST_NODES nodes; the argument says which."""


# Depth is bounded by what opens a level: each bracket of flow style, and in block style each further column, where a
# list may stand in the column of its key. Documents that stay below these need no counting, which takes a fifth of
# the time.
_FEW_BRACKETS = 400
_SHORT_LINE = 300
_SMALL = MOST_NODES  # a node takes at least a byte


class _Composer(_Parser):
    """A composer with cheap tags ("p" plain scalar, "s" any other node) in place of PyYAML's regular expressions.

    The C composer calls `descend_resolver` before each node. Without the bound on depth it recurses until the process
    dies.
    """

    left = 0

    def resolve(self, _kind: type, _value: Any, implicit: Any) -> str:
        """The tag of a node without an explicit one; `implicit` is (plain, quoted) for scalars."""
        return "p" if implicit.__class__ is tuple and implicit[0] else "s"

    # Called before each node with two arguments, and after each with none; these do nothing as fast as possible.
    descend_resolver = operator.is_  # type: ignore[assignment]
    ascend_resolver = tuple  # type: ignore[assignment]


class _CountingComposer(_Composer):
    """The composer for documents that may be too deep or too large."""

    def __init__(self, source: bytes) -> None:
        _Composer.__init__(self, source)
        self.depth = 0

    def descend_resolver(self, _parent: Any, _index: Any) -> None:  # type: ignore[override]
        """Called before each node."""
        self.depth += 1
        self.left -= 1
        if self.depth > MOST_DEPTH:
            raise TooMuch(_TOO_DEEP)
        if self.left < 0:
            raise TooMuch(f"the document has more than {MOST_NODES:,} fields and items; split it")

    def ascend_resolver(self) -> None:  # type: ignore[override]
        """Called after each node."""
        self.depth -= 1


_OF_EVENTS = ("check_event", "peek_event", "get_event", "resolve", "descend_resolver", "ascend_resolver", "dispose")


class _LastAnchorComposer(Composer):
    """The composer in Python for documents that use a name of an anchor again, which YAML and kubectl allow."""

    def __init__(self, source: bytes) -> None:
        Composer.__init__(self)
        self._events: Any = _CountingComposer(source)
        self._events.left = MOST_NODES
        for name in _OF_EVENTS:
            setattr(self, name, getattr(self._events, name))

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node; its anchor is forgotten where an earlier one has it."""
        event = self._events.peek_event()
        if not isinstance(event, AliasEvent):
            self.anchors.pop(event.anchor, None)
        return super().compose_node(parent, index)


def _is_harmless(source: bytes) -> bool:
    """Whether a text is too short to nest deep or to have many nodes."""
    return (
        len(source) < _SMALL
        and source.count(b"[") + source.count(b"{") < _FEW_BRACKETS
        and max(map(len, source.split(b"\n"))) < _SHORT_LINE
    )


def compose(source: bytes) -> Iterator[Node]:
    """The root node of each document of `source`. Raises `TooMuch`, and `yaml.YAMLError` for what is no YAML."""
    is_first = True
    try:
        for node in _composed((_Composer if _is_harmless(source) else _CountingComposer)(source)):
            is_first = False
            yield node
    except ComposerError as error:
        if not is_first or error.problem != "second occurrence":
            raise
        yield from _composed(_LastAnchorComposer(source))


_NO_TAG = re.compile(r"(?:&\S+\s+)?!(?:<!>)?(?=\s)")


def keep_as_text(root: Node, source: bytes) -> None:
    """Makes texts of the plain scalars with the tag `!`, as kubectl does: to libyaml they are as if they had none."""
    text = source.decode()
    left, seen = [root], set()
    while left:
        node = left.pop()
        if isinstance(node, ScalarNode):
            if node.tag == "p" and _NO_TAG.match(text, node.start_mark.index):
                node.tag = "s"
        elif id(node) not in seen:
            seen.add(id(node))
            left += chain.from_iterable(node.value) if isinstance(node, MappingNode) else node.value


def _composed(composer: Any) -> Iterator[Node]:
    try:
        while composer.check_node():
            composer.left = MOST_NODES
            node: Any = composer.get_node()
            yield node
    except MarkedYAMLError as error:
        if error.problem == _TOO_DEEP_FOR_LIBYAML:
            raise TooMuch(_TOO_DEEP) from error
        raise
    finally:
        composer.dispose()
