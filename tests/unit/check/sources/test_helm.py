# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Helm charts, rendered by the real helm."""

import io
import os
import tarfile

import pytest

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.sources.find import find_sources
from azext_safeguards.check.sources.helm import by_template

TEMPLATE = """\
kind: Service
metadata: {name: "{{ .Release.Name }}"}
---
kind: ConfigMap
data:
  a: "{{ .Values.a }}{{ .Values.b }}"
  b: |
    ---
    # Source: web/templates/none.yaml
"""


@pytest.fixture
def chart(tree):
    """Writes a chart with a chart that it depends on: `chart("c/web")`."""

    def write(folder):
        for name, path in (("web", folder), ("db", f"{folder}/charts/db")):
            tree({f"{path}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"})
        tree({f"{folder}/templates/service.yaml": TEMPLATE})
        tree({f"{folder}/charts/db/templates/db.yaml": "kind: StatefulSet\n"})
        tree({f"{folder}/values.yaml": "a: 1\nb: 2\n"})

    return write


# helm sorts what it prints by kind.
RENDERED = ["c/web/templates/service.yaml", "c/web/charts/db/templates/db.yaml"]


def texts(*names, values=()):
    """What the sources hold, by name."""
    return {item.name: item.content.decode() for item in find_sources(names, io.BytesIO(), values)}


@pytest.mark.tools
def test_a_chart_in_a_tree_is_rendered_and_its_templates_are_not_read(tree, chart, found):
    chart("c/web")
    tree({"c/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n"}, "c/z.yaml")
    assert found("c") == ["c/z.yaml", *RENDERED]
    assert found("c/web", "c", "c/web") == [*RENDERED, "c/z.yaml"]
    os.chdir("c/web")
    assert found(".") == ["templates/service.yaml", "charts/db/templates/db.yaml"]


@pytest.mark.tools
def test_documents_of_a_template_are_together_and_have_no_lines(chart):
    chart("c/web")
    service, database = find_sources(["c/web"], io.BytesIO())
    assert service.content == (
        b"# Source: web/templates/service.yaml\nkind: ConfigMap\ndata:\n"
        b'  a: "12"\n  b: |\n    ---\n    # Source: web/templates/none.yaml\n---\n'
        b'# Source: web/templates/service.yaml\nkind: Service\nmetadata: {name: "release-name"}\n'
    )
    assert not service.has_lines
    assert database.content == b"# Source: web/charts/db/templates/db.yaml\nkind: StatefulSet\n"


def test_what_is_no_template_of_the_chart_is_the_chart():
    """What a helm printed that lets a template write such comments; today's puts its own before them."""
    printed = (
        b"---\n# Source: web/../../etc/passwd\nkind: Odd\n---\n# Source: web/templates/a.yaml\nkind: A\n"
        b"---\n# Source: web//etc/passwd\nkind: B\n---\n# Source: web\nkind: C\n"
    )
    outside, inside = by_template("c/web", printed)
    assert (outside.name, inside.name) == ("c/web", "c/web/templates/a.yaml")
    assert outside.content.count(b"kind:") == 3


@pytest.mark.tools
def test_values_come_in_order_and_names_are_no_options(chart, tree):
    chart("c/web")
    tree({"-v.yaml": "a: x\nb: w\n"}, {'a,"b.yaml': "b: z\n"})
    assert 'a: "12"' in texts("c/web")[RENDERED[0]]
    assert 'a: "xw"' in texts("c/web", values=["-v.yaml"])[RENDERED[0]]
    # A comma does not make two values of one.
    assert 'a: "xz"' in texts("c/web", values=["-v.yaml", 'a,"b.yaml'])[RENDERED[0]]


@pytest.mark.tools
@pytest.mark.parametrize("name", ["web-1.0.0.tgz", "-web.tar.gz"])
def test_archives(tree, chart, name):
    chart("web")
    tree({"charts/none.txt": ""})
    with tarfile.open(f"charts/{name}", "w:gz") as archive:
        archive.add("web")
    assert list(texts("charts/*gz")) == [
        f"charts/{name}/templates/service.yaml",
        f"charts/{name}/charts/db/templates/db.yaml",
    ]


def test_values_are_never_lost(tree, found):
    tree("v.yaml", "a.yaml")
    with pytest.raises(CheckError, match=r"There is no values file 'none\.yaml'"):
        found("a.yaml", values=["none.yaml"])
    assert found("a.yaml", values=["v.yaml"]) == [
        "a.yaml",
        ("v.yaml", "values are for Helm charts, and no chart was found"),
    ]


@pytest.mark.tools
def test_a_chart_that_cannot_be_rendered_does_not_hide_the_others(tree, chart, found):
    chart("c/bad")
    chart("c/web")
    tree({"c/bad/templates/x.yaml": "{{- if true }}\n"}, {"c/no/Chart.yaml": "name: 1\n"}, "c/z.yaml")
    listed = found("c")
    assert [item for item in listed if isinstance(item, str)] == ["c/z.yaml", *RENDERED]
    (bad, bad_reason), (no, no_reason) = (item for item in listed if not isinstance(item, str))
    assert (bad, no) == ("c/bad", "c/no")
    assert bad_reason == "helm cannot render it: parse error at (web/templates/x.yaml:2): unexpected EOF"
    assert no_reason.startswith("helm cannot render it: ")
    assert "\n" not in no_reason


def test_without_helm_what_is_named_is_refused_and_what_is_met_is_unreadable(tree, found, programs):
    tree("c/web/Chart.yaml", "c/z.yaml")
    sentence = "'c/web' is a Helm chart, and helm is not on PATH to render it."
    with pytest.raises(CheckError) as refused:
        found("c/z.yaml", "c/web/")
    assert refused.value.message == sentence
    assert refused.value.todo == ("Install helm: https://helm.sh/docs/intro/install",)
    assert found("c") == ["c/z.yaml", ("c/web", f"{sentence} {refused.value.todo[0]}")]
