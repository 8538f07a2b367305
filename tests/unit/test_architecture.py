# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The house as its source shows it: which way imports go, and how large things are."""

from __future__ import annotations

import textwrap

import pytest

from tests.unit import imports

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
