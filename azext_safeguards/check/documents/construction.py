# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Nodes to plain data, as JSON carries it to the API server."""

from __future__ import annotations

from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.scalars import WrongTag, key, key_text, plain, tagged

# Aliases may be repeated inside aliases, so that a few lines stand for billions of values. Go's parser refuses that
# ("excessive aliasing"); nothing here walks more than this many values of one document.
MOST_EXPANDED = 1_000_000
MOST_ODD = 100

_CORE_TAGS = frozenset(
    ("bool", "binary", "float", "int", "map", "merge", "null", "omap", "pairs", "seq", "set", "str", "timestamp")
)
_CORE = "tag:yaml.org,2002:"
MERGE = _CORE + "merge"


class Unreadable(Exception):
    """A document that cannot be read at all; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def problem_at(mark: Any, offset: int, reason: str) -> Problem:
    """A problem at a mark of the parser, in a segment that begins after `offset` lines of its file."""
    return Problem(mark.line + 1 + offset, mark.column + 1, reason)


def is_merge(node: Node) -> bool:
    """Whether a key brings in what another mapping has."""
    return node.value == "<<" and node.tag in ("p", MERGE)


class Construction:
    """Builds the data of one document from its root node; `problems` collects what is odd but did not stop it, and
    `refused` is the first that can be read, though not by kubectl.

    With `aliased` False the nodes must be a tree: twice as fast, and most manifests have no alias.
    """

    def __init__(self, offset: int, aliased: bool) -> None:
        self.problems: list[Problem] = []
        self.refused: Problem | None = None
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
            text = key(key_node.value) if key_node.tag == "p" else self._key(key_node)
            # Most values are scalars without a tag; the call of `build` would take longer than the rest.
            if value_node.__class__ is ScalarNode and value_node.tag == "p":
                data[text] = plain(value_node.value)
            elif value_node.__class__ is ScalarNode and value_node.tag == "s":
                data[text] = value_node.value
            else:
                data[text] = build(value_node)
        if len(data) != len(pairs) or "<<" in data or "null" in data:
            return self._in_order(node, data)
        return data

    def _key(self, node: ScalarNode) -> str:
        """The text of a key that is quoted or has a tag."""
        return node.value if node.tag == "s" or node.tag == MERGE else key_text(self._tagged(node))

    def _in_order(self, node: MappingNode, data: dict[str, Any]) -> dict[str, Any]:
        """Brings in what `<<` names, as kubectl does: one after the other, so that it overrules the keys above it and
        is overruled by those below. Reports keys given twice."""
        seen: dict[str, int] = {}
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if is_merge(key_node):
                data.pop("<<", None)
                for source in reversed(self._sources(key_node, value_node)):
                    for name in source.keys() & seen.keys():
                        reason = (
                            f"'<<' overrules the key '{name}' in line {seen[name]}; kubectl reads '<<' where it stands"
                        )
                        self._odd(key_node, reason)
                    found.update(source)
                continue
            text = key(key_node.value) if key_node.tag == "p" else self._key(key_node)
            if text == "null" and key_node.tag == "p" and plain(key_node.value) is None:
                told = "error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>"
                self._refuse(key_node, "a mapping key is null; quote it if a text is meant", told)
            if text in seen:
                reason = f"the key '{text}' is given twice, first in line {seen[text]}; the last one counts"
                self._odd(key_node, reason)
            seen.setdefault(text, key_node.start_mark.line + 1 + self._offset)
            found[text] = data.get(text)
        return found

    def _sources(self, key_node: Node, node: Node) -> list[dict[str, Any]]:
        """The mappings that the value of a `<<` key brings in, the one that wins first."""
        value = self.build(node)
        is_alias = node.start_mark.index < key_node.start_mark.index
        sources = value if isinstance(node, SequenceNode) and not is_alias else [value]
        if not all(isinstance(source, dict) for source in sources):
            reason = "'<<' takes a mapping, or a list of mappings"
            raise Unreadable(problem_at(node.start_mark, self._offset, reason))
        return sources

    def _tagged(self, node: ScalarNode) -> Any:
        """A scalar with an explicit tag."""
        self._check_tag(node)
        try:
            return tagged(node.tag, node.value)
        except WrongTag as error:
            reason = f"the tag is wrong: {error}"
            self._refuse(node, reason, f"error converting YAML to JSON: yaml: {error}")
            return node.value

    def _check_tag(self, node: Node) -> None:
        """Reports a tag that YAML itself does not have; it is not obeyed, here or by kubectl."""
        tag = node.tag
        if tag == "!" or (tag.startswith(_CORE) and tag[len(_CORE) :] in _CORE_TAGS):
            return
        shown = "!!" + tag[len(_CORE) :] if tag.startswith(_CORE) else tag
        reason = f"the tag {shown} means nothing to Kubernetes; it is ignored"
        self._odd(node, reason)

    def _refuse(self, node: Node, reason: str, told: str) -> None:
        """Notes what kubectl refuses, and what it says; of several the first, as it reads no further."""
        if self.refused is None:
            self.refused = problem_at(node.start_mark, self._offset, reason)._replace(cluster=told)

    def _odd(self, node: Node, reason: str) -> None:
        """Notes something odd; of a hundred thousand such places in one document the first will do."""
        if len(self.problems) < MOST_ODD:
            self.problems.append(problem_at(node.start_mark, self._offset, reason))
