# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""JSON changed at random places, in ways in which it arrives when something on the way is broken or hostile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Path = tuple[Any, ...]


def _nested(depth: int) -> Any:
    value: Any = 1
    for number in range(depth):
        value = [value] if number % 2 else {"a": value}
    return value


ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 0.5, 1e308, float("nan"), float("inf"), 10**30, "", "x", " ", "0", "null", "\ud800",
    "\x1b[2J\n::error::x", "[" * 990, "é" * 400, [], {}, [None], [[]], [{}], {"": None}, {"value": {"a": 1}},
    ["kube-system", 7], {"kind": 1}, [{"kind": "policyEffect", "value": {}, "selectors": [{"in": "x"}]}],
    "9" * 5000 + ".1.*", "\u202e\u0000", _nested(40), _nested(400),
)  # fmt: skip


def places(value: Any) -> list[Path]:
    """The places of everything in a value, the value itself left out."""

    def walk(node: Any, path: Path) -> Iterator[Path]:
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, child in children:
            yield (*path, key)
            yield from walk(child, (*path, key))

    return list(walk(value, ()))


def mutated(value: Any, at: list[Path], random: Random) -> Any:
    """A value with one to three places changed; what is not changed is shared with the original."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        value = _changed(value, random.choice(at), random.choice(_CHANGES), random)
    return value


def _changed(node: Any, path: Path, change: Callable[[Any, Any, Random], None], random: Random) -> Any:
    """A copy of the containers along a path, with the last of them changed; the same where the path is gone."""
    if not isinstance(node, (dict, list)):
        return node
    copied: Any = dict(node) if isinstance(node, dict) else list(node)
    key, *rest = path
    if isinstance(key, int) != isinstance(copied, list) or (
        key not in copied if isinstance(copied, dict) else key >= len(copied)
    ):
        return node
    if rest:
        copied[key] = _changed(copied[key], tuple(rest), change, random)
    else:
        change(copied, key, random)
    return copied


def _replace(container: Any, key: Any, random: Random) -> None:
    container[key] = random.choice(ODD)


def _remove(container: Any, key: Any, _random: Random) -> None:
    del container[key]


def _wrap(container: Any, key: Any, random: Random) -> None:
    container[key] = random.choice(([container[key]], {"value": container[key]}, str(container[key])[:50]))


def _repeat(container: Any, key: Any, _random: Random) -> None:
    if isinstance(container, list):
        container.insert(key, container[key])
    else:
        container[str(key).upper()] = container[key]


def _add(container: Any, key: Any, random: Random) -> None:
    if isinstance(container, list):
        container.append(random.choice(ODD))
    else:
        container[random.choice(("in", "notIn", "value", "overrides", "metadata", "x", ""))] = random.choice(ODD)


_CHANGES = (_replace, _replace, _replace, _remove, _wrap, _repeat, _add)
