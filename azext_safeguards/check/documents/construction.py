# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Nodes to plain data, as JSON carries it to the API server."""

from __future__ import annotations

from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from azext_safeguards.check.documents.scalars import key, plain, tagged

# Aliases may be repeated inside aliases, so that a few lines stand for billions of values. Go's parser refuses that
# ("excessive aliasing"); nothing here walks more than this many values of one document.
MOST_EXPANDED = 1_000_000
MOST_ODD = 100

_CORE_TAGS = frozenset(
    ("bool", "binary", "float", "int", "map", "merge", "null", "omap", "pairs", "seq", "set", "str", "timestamp")
)
_CORE = "tag:yaml.org,2002:"


class Problem(NamedTuple):
    """Something in a file that could not be read, or not as it was meant. Line and column count from 1."""

    line: int
    column: int
    reason: str
    cluster: str = ""
    """What kubectl says, where it refuses what could be read."""

    def without_lines(self) -> Problem:
        """The same problem in line 1, column 1."""
        return self._replace(line=1, column=1)


class Unreadable(Exception):
    """A document that cannot be read at all; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def problem_at(mark: Any, offset: int, reason: str) -> Problem:
    """A problem at a mark of the parser, in a segment that begins after `offset` lines of its file."""
    return Problem(mark.line + 1 + offset, mark.column + 1, reason)


class Construction:
    """Builds the data of one document from its root node; `problems` collects what is odd but did not stop it.

    With `aliased` False the nodes must be a tree: twice as fast, and most manifests have no alias.
    """

    def __init__(self, offset: int, aliased: bool) -> None:
        self.problems: list[Problem] = []
        self._offset = offset
        self._built: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()
        self.build = self._shared if aliased else self._tree
        self._size = 0

    def _tree(self, node: Any) -> Any:
        """The data of a node that is no alias."""
        kind = node.__class__
        if kind is ScalarNode:
            tag = node.tag
            if tag == "p":
                return plain(node.value)
            return node.value if tag == "s" else self._tagged(node)
        if node.tag != "s" and node.tag != "p":
            self._check_tag(node)
        if kind is MappingNode:
            return self._mapping(node)
        build = self.build
        return [build(item) for item in node.value]

    def _shared(self, node: Node) -> Any:
        """As `_tree`, where one node may stand in many places: it is built once and counted each time."""
        identity = id(node)
        known = self._built.get(identity)
        if known is not None:
            self._count(known[1], node)
            return known[0]
        if identity in self._open:
            raise Unreadable(problem_at(node.start_mark, self._offset, "an anchor contains an alias of itself"))
        self._open.add(identity)
        before = self._size
        self._count(1, node)
        value = self._tree(node)
        self._built[identity] = (value, self._size - before)
        self._open.discard(identity)
        return value

    def _count(self, size: int, node: Node) -> None:
        """Adds to the number of values that the document stands for with all its aliases."""
        self._size += size
        if self._size > MOST_EXPANDED:
            reason = f"the aliases of the document stand for more than {MOST_EXPANDED:,} values"
            raise Unreadable(problem_at(node.start_mark, self._offset, reason))

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        """A mapping; of a key given twice the last one holds, as with kubectl, and the line is reported."""
        pairs = node.value
        build = self.build
        data: dict[str, Any] = {}
        for key_node, value_node in pairs:
            if key_node.__class__ is not ScalarNode:
                raise Unreadable(problem_at(key_node.start_mark, self._offset, "a mapping key is not text"))
            text = key(key_node.value) if key_node.tag == "p" else key_node.value
            # Most values are scalars without a tag; the call of `build` would take longer than the rest.
            if value_node.__class__ is ScalarNode and value_node.tag == "p":
                data[text] = plain(value_node.value)
            elif value_node.__class__ is ScalarNode and value_node.tag == "s":
                data[text] = value_node.value
            else:
                data[text] = build(value_node)
        if len(data) != len(pairs) or "<<" in data:
            return self._with_merges(node, data)
        return data

    def _with_merges(self, node: MappingNode, data: dict[str, Any]) -> dict[str, Any]:
        """Brings in what `<<` names, which the mapping's own keys overrule, and reports keys given twice."""
        seen: dict[str, int] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            text = key(key_node.value) if key_node.tag == "p" else key_node.value
            if text == "<<" and key_node.tag == "p":
                data.pop("<<", None)
                for source in self._sources(value_node):
                    merged = {**source, **merged}
                continue
            if text in seen:
                reason = f"the key '{text}' is given twice, first in line {seen[text]}; the last one counts"
                self._odd(key_node, reason)
            seen.setdefault(text, key_node.start_mark.line + 1 + self._offset)
        return {**merged, **data}

    def _sources(self, node: Node) -> list[dict[str, Any]]:
        """The mappings that the value of a `<<` key brings in, the one that wins first."""
        value = self.build(node)
        sources = value if isinstance(node, SequenceNode) else [value]
        if not all(isinstance(source, dict) for source in sources):
            reason = "'<<' takes a mapping, or a list of mappings"
            raise Unreadable(problem_at(node.start_mark, self._offset, reason))
        return sources

    def _tagged(self, node: ScalarNode) -> Any:
        """A scalar with an explicit tag."""
        self._check_tag(node)
        return tagged(node.tag, node.value)

    def _check_tag(self, node: Node) -> None:
        """Reports a tag that YAML itself does not have; it is not obeyed, here or by kubectl."""
        tag = node.tag
        if tag == "!" or (tag.startswith(_CORE) and tag[len(_CORE) :] in _CORE_TAGS):
            return
        shown = "!!" + tag[len(_CORE) :] if tag.startswith(_CORE) else tag
        reason = f"the tag {shown} means nothing to Kubernetes; it is ignored"
        self._odd(node, reason)

    def _odd(self, node: Node, reason: str) -> None:
        """Notes something odd; of a hundred thousand such places in one document the first will do."""
        if len(self.problems) < MOST_ODD:
            self.problems.append(problem_at(node.start_mark, self._offset, reason))
