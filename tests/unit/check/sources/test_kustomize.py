# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Kustomize folders, rendered by a real kubectl."""

import io
import os
from pathlib import Path

import pytest

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.sources.find import find_sources
from azext_safeguards.check.sources.kustomize import topmost
from sandbox import tools
from tests.unit.check.sources.conftest import CONFIG_MAP


@pytest.fixture
def app(tree):
    tree("app/base/cm.yaml", "app/base/not-deployed.yaml", "app/base/sub/patch.yaml", "app/plain/x.yaml")
    tree({"app/base/kustomization.yaml": "resources: [cm.yaml]\n"})
    tree({"app/prod/kustomization.yml": "resources: [../base]\nnamePrefix: prod-\n"})
    tree({"app/test/Kustomization": "bases:\n- ../base\nnamePrefix: test-\n"})


@pytest.mark.tools
def test_of_a_tree_the_folders_are_rendered_that_no_other_builds_on(app, found):
    assert found("app") == ["app/plain/x.yaml", "app/prod", "app/test"]
    assert found(".") == ["app/plain/x.yaml", "app/prod", "app/test"]


@pytest.mark.tools
def test_what_is_named_is_rendered_once(app, found):
    assert found("app/base") == ["app/base"]
    assert found("app/prod", "app", "app/prod/", "app/base/cm.yaml") == [
        "app/prod",
        "app/plain/x.yaml",
        "app/test",
        "app/base/cm.yaml",
    ]


@pytest.mark.tools
def test_the_rendered_text_is_what_kubectl_prints(app):
    (source,) = find_sources(["app/prod"], io.BytesIO())
    assert (source.name, source.path, source.has_lines) == ("app/prod", "", True)
    with source.open() as stream:
        assert stream.read().decode() == CONFIG_MAP.replace("name: a", "name: prod-a")
    assert source.size == len(source.content)


@pytest.mark.tools
def test_a_folder_that_cannot_be_rendered_does_not_hide_the_others(app, tree, found):
    tree({"app/bad/kustomization.yaml": "resources: [none.yaml]\n"}, {"app/broken/kustomization.yaml": "a: [\n"})
    (bad, broken) = [item for item in found("app") if isinstance(item, tuple)]
    assert bad[0] == "app/bad"
    assert bad[1].startswith("kustomize cannot render it: accumulating resources")
    assert "\n" not in bad[1]
    assert broken[0] == "app/broken"
    assert "app/prod" in found("app")


@pytest.mark.tools
def test_strange_folder_names_are_folders(tree, found):
    tree({"-k; x/kustomization.yaml": "resources: [cm.yaml]\n"}, "-k; x/cm.yaml")
    tree({"github.com/o/r/kustomization.yaml": "resources: [cm.yaml]\n"}, "github.com/o/r/cm.yaml")
    assert found("-k; x", "github.com/o/r") == ["-k; x", "github.com/o/r"]


@pytest.mark.tools
def test_kustomize_takes_the_place_of_kubectl(app, tmp_path_factory, monkeypatch):
    """kubectl has Kustomize built in: called by that name, it is Kustomize."""
    folder = tmp_path_factory.mktemp("bin")
    program = Path(folder, "kustomize")
    program.write_text(f'#!/bin/sh\ntest "$1" = build && exec "{tools.FOLDER}/kubectl" kustomize "$2"\n')
    os.chmod(program, 0o755)
    monkeypatch.setenv("PATH", str(folder))
    (source,) = find_sources(["app/prod"], io.BytesIO())
    assert source.content.decode() == CONFIG_MAP.replace("name: a", "name: prod-a")


def test_without_a_tool_what_is_named_is_refused_and_what_is_met_is_unreadable(app, found, programs):
    sentence = "'app/prod' is a Kustomize folder, and neither kubectl nor kustomize is on PATH to render it."
    with pytest.raises(CheckError) as refused:
        find_sources(["app/plain", "app/prod"], io.BytesIO())
    assert (refused.value.message, refused.value.todo) == (sentence, ("az aks install-cli",))
    plain, prod, test = found("app")
    assert plain == "app/plain/x.yaml"
    assert prod == ("app/prod", f"{sentence} Install one: az aks install-cli")
    assert test[0] == "app/test"


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ({"a": "", "b": ""}, ["a", "b"]),
        ({"a": "b", "b": "c", "c": ""}, ["a"]),
        ({"a": "c", "b": "c", "c": "", "d": "d"}, ["a", "b", "d"]),
        ({"a": "b", "b": "a", "c": ""}, ["c", "a"]),
        ({"a": "b", "b": "c", "c": "b"}, ["a"]),
    ],
)
def test_topmost(tree, uses, expected):
    for folder, used in uses.items():
        entry = f"resources: [../{used}]\n" if used else "resources: [x.yaml, 1, null]\n"
        tree({f"{folder}/kustomization.yaml": entry})
    assert sorted(topmost(uses)) == sorted(expected)


@pytest.mark.parametrize("text", ["", "- a\n", "resources: a\n", "a: [\n", "resources: ['\\0']\n", "&a [*a]\n"])
def test_a_kustomization_that_says_nothing_uses_nothing(tree, text):
    tree({"a/kustomization.yaml": text}, {"b/kustomization.yaml": "components: [../a]\n"})
    assert topmost(["a"]) == ["a"]
    assert topmost(["a", "b"]) == ["b"]
