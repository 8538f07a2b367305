# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The house as its source shows it: which way imports go, and how large things are."""

from __future__ import annotations

import textwrap

import pytest

from tests.unit import imports

# It reads the package and runs nothing of it.
pytestmark = pytest.mark.no_cover

OURS = ("azext_safeguards", "sandbox")
# What is said of an object and the rules that say it; `receive`, which asks them, is what the folder gives to others.
ACCEPTED = [["azext_safeguards.check.apiserver", "azext_safeguards.check.apiserver.validation"]]


@pytest.mark.parametrize("package", OURS)
def test_no_circle_among_modules(package):
    assert imports.circles(imports.between_modules(imports.modules(package))) == []


@pytest.mark.parametrize("package", OURS)
def test_no_circle_among_the_children_of_a_package(package):
    assert imports.circles(imports.between_siblings(imports.modules(package))) == []


@pytest.mark.parametrize("package", OURS)
def test_no_circle_among_folders(package):
    found = imports.circles(imports.between_packages(imports.modules(package)))
    assert [circle for circle in found if circle not in ACCEPTED] == []


# What each layer may import of this package, and whether it may talk to the cloud: arrows point down only.
LAYERS = {
    "output": set(),
    "pages": set(),
    "domain": set(),
    "check": {"domain", "output"},
    "services": {"domain"},
    "command": {"check", "domain", "output", "pages"},
    "cli": {"check", "domain", "output", "pages", "services"},
}
NO_CLOUD = ("check", "command", "domain", "output", "pages")
CLOUD = (
    "azure",
    "knack",
    "msal",
    "msrest",
    "requests",
    "urllib3",
    "httpx",
    "aiohttp",
    "http",
    "urllib.request",
    "socket",
)
FOLDERS = ("azext_safeguards", "sandbox", "tests", "scripts", "demo", "benchmarks", "examples", "docs")
CODE = (".py", ".js", ".css", ".sh", ".md")
LONG: dict[str, str] = {}


def _above(layer, allowed):
    """What the modules of a layer import of this package that lies in no layer below them."""
    found = imports.modules(f"azext_safeguards.{layer}")
    names = {other for module in found.values() for other in module.imports if other.startswith("azext_safeguards")}
    mine = {"azext_safeguards", *(f"azext_safeguards.{name}" for name in {layer, *allowed})}
    return sorted(name for name in names if ".".join(name.split(".")[:2]) not in mine - {"azext_safeguards"})


def test_every_folder_is_a_layer():
    folders = {path.parent.name for path in (imports.ROOT / "azext_safeguards").glob("*/__init__.py")}
    assert folders <= set(LAYERS)


@pytest.mark.parametrize(("layer", "allowed"), LAYERS.items(), ids=LAYERS)
def test_a_layer_imports_only_those_below_it(layer, allowed):
    assert _above(layer, allowed) == []


@pytest.mark.parametrize("layer", NO_CLOUD)
def test_a_layer_knows_neither_az_nor_http(layer):
    for module in imports.modules(f"azext_safeguards.{layer}").values():
        assert [name for name in module.imports if f"{name}.".startswith(tuple(f"{top}." for top in CLOUD))] == []


def test_only_what_az_calls_knows_az():
    for module in imports.modules("azext_safeguards.services").values():
        assert [name for name in module.imports if name.split(".")[0] == "knack" or name.startswith("azure.cli")] == []


def test_a_forbidden_import_is_found():
    assert _above("services", set())
    assert _above("cli", {"domain", "check"})


def test_the_top_of_the_package_is_small():
    assert len(list((imports.ROOT / "azext_safeguards").glob("*.py"))) <= 14


def test_no_file_is_long():
    files = [path for folder in FOLDERS for path in (imports.ROOT / folder).rglob("*") if path.suffix in CODE]
    assert len(files) > 500
    lengths = {path.relative_to(imports.ROOT).as_posix(): path.read_text("utf-8").count("\n") for path in files}
    assert {name: length for name, length in lengths.items() if length > 400 and name not in LONG} == {}


def test_every_way_to_import_counts(tmp_path):
    sources = {
        "p/__init__.py": "",
        "p/a.py": "from p.low.b import x",
        "p/low/__init__.py": "",
        "p/low/b.py": "def f():\n    from .. import c",
        "p/c.py": "if TYPE_CHECKING:\n    import p.low.d",
        "p/low/d.py": "from importlib import import_module\nimport_module('p.a')",
        "p/e.py": "from p import a",
    }
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text))
    found = imports.modules("p", tmp_path)
    assert imports.circles(imports.between_modules(found)) == [["p.a", "p.c", "p.low.b", "p.low.d"]]
    assert imports.circles(imports.between_packages(found)) == [["p", "p.low"]]
    assert imports.circles(imports.between_siblings(found)) == [["p.a", "p.c", "p.low"]]
    assert imports.circles({"a": {"b"}, "b": set()}) == []
