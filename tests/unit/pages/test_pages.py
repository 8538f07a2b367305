# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The three pages: their rows are those of the values, and the same values make the same page."""

from __future__ import annotations

import ast
import base64
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

import azext_safeguards.pages
from azext_safeguards.pages import cluster, fleet, manifests
from azext_safeguards.pages.data import data_of, rows_of
from tests.unit.pages.made import CONTEXT, HOSTILE, check, cluster_context, compliance, findings
from tests.unit.pages.made import fleet as fleet_values

PAGES = {
    "manifests": lambda: manifests.page(check(), CONTEXT),
    "cluster": lambda: cluster.page(compliance(), cluster_context()),
    "fleet": lambda: fleet.page(fleet_values(), CONTEXT),
}


@pytest.fixture(params=PAGES)
def html(request):
    return PAGES[request.param]()


def test_the_same_values_make_the_same_bytes(html, request):
    assert PAGES[request.node.callspec.params["html"]]() == html


def test_the_policy_names_exactly_the_style_and_the_script_that_are_there(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")
    for tag, name in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}';" in policy


def test_no_attribute_asks_for_anything(html):
    body = html.partition("<body>")[2].partition('<script type="application/json"')[0]
    assert not re.search(r"""\s(?:src|style|on\w+|action)=""", body)
    addresses = re.findall(r'href="([^"]*)"', body)
    assert addresses
    assert all(re.match(r"#|https://|clusters/[\w-]+\.html", address) for address in addresses)


def test_rows_of_manifests_are_the_values():
    values = check()
    rows = rows_of(data_of(manifests.page(values, CONTEXT)))
    found = [row for row in rows if row["state"] in ("denied", "warned")]
    keys = ("file", "line", "column", "kind", "name", "namespace", "policy", "message", "patch")
    assert [{key: row[key] for key in keys} for row in found] == [
        {key: item[key] for key in keys} for item in values["findings"]
    ]
    assert [row["state"] for row in found] == [
        {"deny": "denied", "warn": "warned"}[item["effect"]] for item in values["findings"]
    ]
    assert Counter(row["state"] for row in rows if row not in found) == Counter(
        ["refused", "unreadable", "noted", "odd", "unjudged", "changed", "ignored", "excluded", "left-out"]
    )


def test_rows_of_a_cluster_are_the_details_and_what_is_left_alone():
    values = compliance()
    rows = rows_of(data_of(cluster.page(values, cluster_context())))
    keys = ("kind", "name", "namespace", "policy", "message")
    found = [row for row in rows if row["state"] in ("NonCompliant", "Exempt", "Unknown")]
    assert [{**{key: row[key] for key in keys}, "complianceState": row["state"]} for row in found] == [
        {key: item[key] for key in (*keys, "complianceState")} for item in values["details"]
    ]
    assert [row["namespace"] for row in rows if row["state"] == "excluded"] == ["legacy", "team-*", "kube-system"]
    assert [row["policy"] for row in rows if row["state"] == "left-out"] == ["cpu", "pre-stop-hook"]


def test_rows_of_a_fleet_are_its_clusters_and_what_was_not_read():
    values = fleet_values()
    rows = rows_of(data_of(fleet.page(values, CONTEXT)))
    assert [row["clusterId"] for row in rows] == ["", *(item["id"] for item in values["clusters"])]
    by_name = {row["name"]: row for row in rows}
    assert by_name["aks-07"]["state"] == "suspended"
    assert by_name["aks-03"]["state"] == "none"
    assert by_name["aks-04"]["state"] == "off"
    assert by_name["aks-01"]["flags"].split() == ["not-newest", "drift", "breaks"]
    assert by_name["aks-00"]["objects"] == 0
    assert by_name["aks-01"]["objects"] == 4
    assert rows[0]["state"] == "unread"
    assert "AuthorizationFailed" in rows[0]["message"]


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"owner": "Managed", "level": "Off"}, "managed"),
        ({"owner": "Other"}, "other"),
        ({"owner": None}, "none"),
        ({"owner": "Assignment", "level": "Off", "suspended": {"by": "x"}}, "off"),
        ({"owner": "Assignment", "level": "Warning", "suspended": {"by": "x"}}, "suspended"),
        ({"owner": "Assignment", "level": "Warning", "enforcementMode": "DoNotEnforce"}, "idle"),
        ({"owner": "Assignment", "level": None}, "unknown"),
        ({"owner": "Assignment", "level": "Enforcement"}, "enforcement"),
    ],
)
def test_the_state_of_a_cluster(row, state):
    assert fleet.state_of(row) == state


def test_a_permalink_is_that_of_sarif_and_survives_another_line_and_other_findings():
    values = {"findings": findings(3), "summary": {}}
    before = rows_of(data_of(manifests.page(values, CONTEXT)))
    moved = [{**item, "line": item["line"] + 7} for item in findings(12)]
    after = rows_of(data_of(manifests.page({"findings": moved, "summary": {}}, CONTEXT)))
    assert {row["id"] for row in before} <= {row["id"] for row in after}
    assert len({row["id"] for row in after}) == 12
    item = values["findings"][0]
    identity = "\0".join(item[key] for key in ("file", "kind", "namespace", "name", "policy", "message"))
    assert before[0]["id"] == f"f-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def test_findings_that_are_alike_have_ids_of_their_own():
    rows = rows_of(data_of(manifests.page({"findings": findings(1) * 3, "summary": {}}, CONTEXT)))
    first = rows[0]["id"]
    assert [row["id"] for row in rows] == [first, f"{first}-2", f"{first}-3"]


def test_nothing_found_makes_a_page_too():
    html = manifests.page(
        {"findings": [], "unreadable": [], "notes": [], "summary": {"objects": 3, "files": 1}}, CONTEXT
    )
    assert "Nothing would be denied or warned of in 3 objects (1 file)." in html
    assert "There are no findings." in html
    assert "Azure Policy has not evaluated" in cluster.page(
        {"complianceState": "NotEvaluated", "details": []}, cluster_context()
    )
    assert "0 of 0 clusters" in fleet.page({"clusters": []}, CONTEXT)


def test_every_hostile_text_makes_a_page():
    for text in HOSTILE:
        item = {**findings(1)[0], **dict.fromkeys(("file", "kind", "name", "namespace", "policy", "message"), text)}
        html = manifests.page({"findings": [item], "notes": [text], "summary": {}}, CONTEXT)
        html.encode("utf-8")
        assert "window.broken=1>" not in html.replace("&gt;", "")


def test_pages_import_nothing_of_az_or_http():
    folder = Path(azext_safeguards.pages.__file__).parent
    allowed = {"azext_safeguards.pages"}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith(("azure", "knack", "requests", "http", "urllib.request")), (path.name, name)
                if name.startswith("azext_safeguards"):
                    assert any(name.startswith(one) for one in allowed), (path.name, name)


def test_pages_word_no_command():
    folder = Path(azext_safeguards.pages.__file__).parent
    for path in folder.glob("*.*"):
        assert not re.search(r"\baz (?:aks|account|login)\b", path.read_text(encoding="utf-8")), path.name


def test_the_program_in_the_documentation_reads_a_page(tmp_path, monkeypatch):
    text = (Path(__file__).parents[3] / "docs" / "pages.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    html = manifests.page(check(), CONTEXT)
    (tmp_path / "safeguards.html").write_text(html, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(program, names)
    assert names["rows"] == rows_of(data_of(html))
    # Every member that is named there is one.
    for member in ("schema", "page", "title", "tool", "command", "evaluated", "states", "policies", "namespaces"):
        assert member in data_of(html)


@pytest.mark.parametrize("name", ["page-github-actions.yml", "page-gitlab-ci.yml", "page-azure-pipelines.yml"])
def test_the_pipelines_keep_a_page(name):
    text = (Path(__file__).parents[3] / "examples" / "ci" / name).read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    assert "--format html" in text or "--format junit html" in text
    assert "SOURCE_DATE_EPOCH" in text
