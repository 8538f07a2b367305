# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Helm charts. There is no helm where these tests run: a stub prints what `helm template` prints, with its comments."""

import io
import json
import os

import pytest

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.sources.find import find_sources

STUB = """
import json, sys
with open(LOG, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if "bad" in sys.argv[3]:
    print("WARNING: odd", file=sys.stderr)
    sys.exit("Error: parse error at (web/templates/x.yaml:3): unclosed action\\nmore")
print('''---
# Source: web/templates/service.yaml
kind: Service
---
# Source: web/charts/db/templates/db.yaml
kind: StatefulSet
---
# Source: web/templates/service.yaml
kind: Endpoints
data: |
  ---
  # Source: web/templates/none.yaml
---
# Source: web/../../etc/passwd
kind: Odd''')
"""


@pytest.fixture
def helm(programs, tmp_path):
    """Puts the stub on PATH; returns the arguments of its calls."""
    log = tmp_path / "calls"
    programs(helm=f"LOG = {str(log)!r}\n{STUB}")
    return lambda: [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


RENDERED = ["c/web/templates/service.yaml", "c/web/charts/db/templates/db.yaml", "c/web"]


def test_a_chart_in_a_tree_is_rendered_and_its_templates_are_not_read(tree, found, helm):
    tree({"c/web/Chart.yaml": "name: web\n"}, {"c/web/templates/x.yaml": "{{ }}"}, "c/web/charts/db/Chart.yaml")
    tree({"c/lib/Chart.yaml": "type: library\n"}, "c/z.yaml")
    assert found("c") == ["c/z.yaml", *RENDERED]
    assert helm() == [["template", "release-name", os.path.abspath("c/web")]]
    assert found("c/web", "c", "c/web") == [*RENDERED, "c/z.yaml"]
    os.chdir("c/web")
    assert found(".") == ["templates/service.yaml", "charts/db/templates/db.yaml", "."]


def test_documents_of_a_template_are_together_and_have_no_lines(tree, helm):
    tree("c/web/Chart.yaml")
    service, _, odd = find_sources(["c/web"], io.BytesIO())
    assert service.content == (
        b"# Source: web/templates/service.yaml\nkind: Service\n---\n"
        b"# Source: web/templates/service.yaml\nkind: Endpoints\ndata: |\n  ---\n  # Source: web/templates/none.yaml\n"
    )
    assert not service.has_lines
    assert odd.name == "c/web"


def test_values_and_archives(tree, found, helm):
    tree("-v.yaml", {"charts/web-1.0.tgz": ""})
    assert found("charts/*.tgz", values=["-v.yaml"])[0] == "charts/web-1.0.tgz/templates/service.yaml"
    assert helm() == [
        ["template", "release-name", os.path.abspath("charts/web-1.0.tgz"), "--values", os.path.abspath("-v.yaml")]
    ]


def test_a_comma_does_not_make_two_values_of_one(tree, found, helm):
    tree('a,"b.yaml', "web/Chart.yaml")
    found("web", values=['a,"b.yaml'])
    assert helm()[0][-1] == f'"{os.getcwd()}/a,""b.yaml"'


def test_values_are_never_lost(tree, found, helm):
    tree("v.yaml", "a.yaml")
    with pytest.raises(CheckError, match=r"There is no values file 'none\.yaml'"):
        found("a.yaml", values=["none.yaml"])
    assert found("a.yaml", values=["v.yaml"]) == [
        "a.yaml",
        ("v.yaml", "values are for Helm charts, and no chart was found"),
    ]


def test_a_chart_that_cannot_be_rendered_does_not_hide_the_others(tree, found, helm):
    tree("c/bad/Chart.yaml", "c/web/Chart.yaml", "c/z.yaml")
    reason = "helm cannot render it: parse error at (web/templates/x.yaml:3): unclosed action"
    assert found("c") == ["c/z.yaml", ("c/bad", reason), *RENDERED]


def test_without_helm_what_is_named_is_refused_and_what_is_met_is_unreadable(tree, found, programs):
    tree("c/web/Chart.yaml", "c/z.yaml")
    sentence = "'c/web' is a Helm chart, and helm is not on PATH to render it."
    with pytest.raises(CheckError) as refused:
        found("c/z.yaml", "c/web/")
    assert refused.value.message == sentence
    assert refused.value.todo == ("Install helm: https://helm.sh/docs/intro/install",)
    assert found("c") == ["c/z.yaml", ("c/web", f"{sentence} {refused.value.todo[0]}")]
