# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Documents that are not read line by line, by PyYAML's composer; loaded when there is one."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from typing import Any

from yaml import YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from azext_safeguards.check.documents import scalars
from azext_safeguards.check.documents.block_places import Place
from azext_safeguards.check.documents.composer import TooMuch, compose, keep_as_text
from azext_safeguards.check.documents.construction import Construction, Unreadable, is_merge
from azext_safeguards.check.documents.go_yaml import refused_directive, refused_value
from azext_safeguards.check.documents.json_stream import begins_with_object, with_pairs_joined
from azext_safeguards.check.documents.problem import Problem, is_object
from azext_safeguards.check.documents.syntax_problems import hinted, ignored_rest, syntax_problem
from azext_safeguards.check.policies.policy import Path

_MUCH = 256 * 1024
_NO_TAG = re.compile(rb"!>?(?=[ \t\r\n])")

Read = tuple[Node, Any, list[Problem]]
"""The root node of a document, its data, and what is odd."""


def root(text: bytes) -> Node:
    """The root node of a document of which it is known that it can be read."""
    return next(compose(text))


def found(node: Node, path: Path) -> tuple[Place, Place, bool]:
    """Where the deepest part of a path below a node and its value begin, and whether that is all of the path."""
    mark = node.start_mark
    is_whole = True
    for step in path:
        inner = _child(node, step)
        if inner is None:
            is_whole = False
            break
        mark, node = inner
    value = node.start_mark
    return (mark.line, mark.column), (value.line, value.column), is_whole


def _child(node: Node, step: str | int) -> tuple[Any, Node] | None:
    """Where the member `step` of a node begins, and its node; None when there is none."""
    if isinstance(node, SequenceNode):
        if isinstance(step, int) and step < len(node.value):
            return node.value[step].start_mark, node.value[step]
        return None
    if not isinstance(node, MappingNode):
        return None
    pairs = node.value
    # Nearly always the key is written as it is called.
    for key_node, value_node in reversed(pairs):
        if key_node.value == step and (key_node.tag != "p" or scalars.key(step) == step):
            return key_node.start_mark, value_node
        if key_node.value == "<<":
            break
    for key_node, value_node in reversed(pairs):
        if is_merge(key_node):
            for merged in value_node.value if isinstance(value_node, SequenceNode) else [value_node]:
                found = _child(merged, step)
                if found is not None:
                    return found
        elif isinstance(key_node, ScalarNode) and _key_text(key_node) == step:
            return key_node.start_mark, value_node
    return None


def _key_text(node: ScalarNode) -> str:
    """The text of a key as JSON carries it."""
    return scalars.key(node.value) if node.tag == "p" else str(node.value)


def read(segment: bytes, offset: int) -> Iterator[Read | Problem]:
    """The document of a text without `---` in the middle; `offset` lines are before it."""
    refused = refused_directive(segment, offset)
    if refused:
        yield refused._replace(data=object_of(segment))
    else:
        # To kubectl, the last line has an end.
        yield from read_document(segment if segment[-1:] == b"\n" else segment + b"\n", offset)


def object_of(segment: bytes) -> Any:
    """The object that a text holds which kubectl does not read; None where it holds none."""
    for one in read_document(segment, 0):
        data = one.data if isinstance(one, Problem) else one[1]
        if is_object(data):
            return data
    return None


def read_document(segment: bytes, offset: int) -> Iterator[Read | Problem]:
    """The first document of a text, which is all that kubectl reads of it."""
    is_json = segment.lstrip()[:1] == b"{"
    if b"\\u" in segment and (is_json or segment.lstrip()[:1] == b"["):
        segment = with_pairs_joined(segment)
    aliased = b"*" in segment
    if aliased and len(segment) > _MUCH:
        # The one before may have been a knot of aliases, which takes hundreds of times its size until it is collected.
        gc.collect()
    try:
        nodes = compose(segment)
        for node in nodes:
            if _NO_TAG.search(segment):
                keep_as_text(node, segment)
            construction = Construction(offset, aliased)
            data = construction.build(node)
            is_kubernetes = is_object(data)
            refused = (construction.refused or refused_value(node, segment, offset)) if is_kubernetes else None
            ignored = ignored_rest(nodes, node, segment, offset)
            # What begins like JSON and is none is YAML to kubectl.
            is_json = is_json and ignored is not None and begins_with_object(segment)
            if ignored and not is_kubernetes and not is_json:
                yield ignored
            elif refused:
                yield refused._replace(data=data)
            elif data is not None:
                odd = [*construction.problems, *([ignored] if ignored and not is_json else ())]
                yield node, data, odd
            if ignored and is_json:
                # Of JSON, kubectl reads on.
                yield ignored._replace(reason="no JSON follows the object")
            return
    except Unreadable as error:
        yield hinted(error.problem, segment)
    except TooMuch as error:
        yield Problem(offset + 1, 1, str(error))
    except YAMLError as error:
        yield syntax_problem(error, segment, offset)
