# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What imports what in a package, read from its source: also inside functions and under TYPE_CHECKING."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
Graph = Mapping[str, set[str]]


@dataclass(frozen=True)
class Module:
    """A module of ours: its dotted name, its file and the dotted names that it imports, ours and others'."""

    name: str
    file: Path
    imports: frozenset[str]

    @property
    def package(self) -> str:
        """The package whose folder the module lies in."""
        return self.name if self.file.name == "__init__.py" else self.name.rpartition(".")[0]


@cache
def modules(package: str, root: Path = ROOT) -> Mapping[str, Module]:
    """Return the modules of a package (its dotted name) and of those below it, by name; they are read once."""
    files = {_name(file.relative_to(root)): file for file in sorted((root / package.replace(".", "/")).rglob("*.py"))}
    return {name: Module(name, file, frozenset(_imported(name, file, files))) for name, file in files.items()}


def between_modules(found: Mapping[str, Module]) -> dict[str, set[str]]:
    """Return which module imports which others of these."""
    return {name: {other for other in module.imports if other in found} - {name} for name, module in found.items()}


def between_packages(found: Mapping[str, Module]) -> dict[str, set[str]]:
    """Return which package imports which others: a module counts for the folder that it lies in."""
    graph: dict[str, set[str]] = {module.package: set() for module in found.values()}
    for name, others in between_modules(found).items():
        package = found[name].package
        graph[package] |= {found[other].package for other in others} - {package}
    return graph


def between_siblings(found: Mapping[str, Module]) -> dict[str, set[str]]:
    """Return which child of a package imports which other child of the same: a package counts with all below it."""
    graph: dict[str, set[str]] = {}
    for name, others in between_modules(found).items():
        for other in others:
            mine, its = _where_they_part(name, other)
            if mine != its:
                graph.setdefault(mine, set()).add(its)
                graph.setdefault(its, set())
    return graph


def circles(graph: Graph) -> list[list[str]]:
    """Return the groups of nodes that reach each other."""
    reached = {node: _reach(graph, node) for node in graph}
    groups = {
        frozenset([node, *(other for other in reached[node] if node in reached[other])])
        for node in graph
        if node in reached[node]
    }
    return sorted(sorted(group) for group in groups)


def _reach(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(graph[node])
    return seen


def _where_they_part(name: str, other: str) -> tuple[str, str]:
    """Return the two children of the innermost shared package; the same twice when one module is above the other."""
    first, second = name.split("."), other.split(".")
    shared = next((at for at, (left, right) in enumerate(zip(first, second, strict=False)) if left != right), None)
    return (name, name) if shared is None else (".".join(first[: shared + 1]), ".".join(second[: shared + 1]))


def _name(file: Path) -> str:
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(name: str, file: Path, ours: Mapping[str, Path]) -> Iterator[str]:
    for node in _importing(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(name, file, node)
            yield from _from(base, (alias.name for alias in node.names), ours)
        elif isinstance(node, ast.Call):
            yield from _imported_by_name(node)


@cache
def _importing(file: Path) -> list[ast.Import | ast.ImportFrom | ast.Call]:
    """Return the imports and calls of a module, which is read once however many packages it is a part of."""
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    return [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom | ast.Call)]


def _base(name: str, file: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    return ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])


def _from(base: str, names: Iterable[str], ours: Mapping[str, Path]) -> Iterator[str]:
    """Yield the modules behind ``from base import names``: a name is a module of its own, or lies in ``base``."""
    for name in names:
        yield f"{base}.{name}" if f"{base}.{name}" in ours else base


def _imported_by_name(node: ast.Call) -> Iterator[str]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called == "import_module" and node.args and isinstance(node.args[0], ast.Constant):
        yield str(node.args[0].value)
