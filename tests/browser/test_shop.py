# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The pages that the real az makes in the sandbox: their rows are those of the JSON that it prints."""

from __future__ import annotations

from collections import Counter

from .conftest import data_rows, drawn, ids, matching


def test_rows_of_manifests_are_the_json(opened, shop):
    page = opened(shop.manifests)
    checked = shop.checked
    states = {"deny": "denied", "warn": "warned"}
    expected = Counter(
        (
            states[one["effect"]],
            one["policy"],
            f"{one['kind']}/{one['name']}",
            one["namespace"],
            f"{one['file']}:{one['line']}",
        )
        for one in checked["findings"]
    )
    expected += Counter(
        ("ignored", one["policy"], f"{one['kind']}/{one['name']}", one["namespace"], f"{one['file']}:{one['line']}")
        for one in checked["ignoredFindings"]
    )
    expected += Counter(
        ("excluded", "-", f"{one['kind']}/{one['name']}", one["namespace"], f"{one['file']}:{one['line']}")
        for one in checked["excludedObjects"]
    )
    expected += Counter(
        ("refused", "-", f"{one['kind']}/{one['name']}", one["namespace"], f"{one['file']}:{one['line']}")
        for one in checked["refused"]
    )
    expected += Counter(("unreadable", "-", "-", "-", f"{one['file']}:{one['line']}") for one in checked["unreadable"])
    found = Counter(tuple(cells) for cells in drawn(page))
    left_out = {cells for cells in found if cells[0] == "left out"}
    assert {cells[1] for cells in left_out} == {"pre-stop-hook"}
    for cells in left_out:
        del found[cells]
    assert found == expected
    assert {"refused", "denied", "warned", "ignored", "excluded", "unreadable"} == {cells[0] for cells in found}


def test_rows_of_a_cluster_are_the_json(opened, shop):
    page = opened(shop.cluster, "#by-policy&state=NonCompliant%2CExempt%2CUnknown")
    assert Counter(tuple(cells[1:]) for cells in drawn(page)) == Counter(
        (one["policy"], f"{one['kind']}/{one['name']}", one["namespace"] or "-") for one in shop.complied["details"]
    )
    legend = page.locator(".legend").text_content()
    assert f"{shop.complied['objects']['nonCompliant']} not compliant" in legend
    assert f"{shop.complied['objects']['compliant']} compliant" in legend


def test_rows_of_a_fleet_are_the_json(opened, shop):
    page = opened(shop.fleet)
    assert sorted(cells[1] for cells in drawn(page)) == sorted(one["cluster"] for one in shop.listed)
    levels = {cells[1]: cells[0] for cells in drawn(page)}
    assert levels == {
        "aks-shop": "Warning",
        "aks-pay": "Enforcement",
        "aks-data": "suspended",
        "aks-lab": "no safeguards",
        "aks-scratch": "no safeguards",
    }
    body = page.locator("#readiness").text_content()
    assert "Under Enforcement" in body
    assert "INC-1234, failover of the database" in page.locator("#list").text_content()


def test_a_count_of_readiness_leads_to_the_objects_on_the_cluster_s_own_page(opened, shop):
    page = opened(shop.fleet)
    row = page.locator(".ready tbody tr").first
    cluster, namespace, count = (row.locator("th, td").nth(at).text_content() for at in (0, 1, 3))
    row.locator("a.count").click()
    assert cluster in page.locator("h1").text_content()
    assert {cells[3] for cells in drawn(page)} == {namespace}
    assert len({cells[2] for cells in drawn(page)}) == int(count)


def test_the_head_says_what_of_what_when_by_what_and_how(opened, shop):
    page = opened(shop.manifests)
    head = page.locator("header").text_content()
    for words in (
        "Enforcement v2.0.0",
        "/resourceGroups/rg-shop/providers/Microsoft.ContainerService/managedClusters/aks-shop",
        "legacy",
        "kube-system",
        "2026-11-27 16:20 UTC",
        "safeguards ",
        "az aks safeguards check -f deploy -g rg-shop -n aks-shop --level Enforcement",
    ):
        assert words in head
    assert page.locator("header svg[role=img]").get_attribute("aria-label").startswith("Findings: ")
    page = opened(
        shop.fleet.parent
        / "clusters"
        / next(one.name for one in (shop.fleet.parent / "clusters").iterdir() if "data" in one.name)
    )
    head = page.locator("header").text_content()
    assert "INC-1234, failover of the database" in head
    assert "never reach compliance data" in head
    page.get_by_role("link", name="How to see what is denied").click()
    assert "az aks safeguards check -f deploy/ -g rg-data -n aks-data" in page.locator("#denied").text_content()


def test_commands_name_the_cluster(opened, shop):
    page = opened(shop.manifests, "#by-policy&state=denied")
    page.locator("#list summary").first.click()
    commands = page.locator("#list .ways code").all_text_contents()
    assert commands
    assert all("-g rg-shop -n aks-shop" in command for command in commands)
    assert any("--safeguards-excluded-ns legacy," in command or "namespace add" in command for command in commands)


def test_permalinks_are_those_of_the_data(opened, shop):
    for path in (shop.manifests, shop.cluster, shop.fleet):
        page = opened(path)
        assert sorted(ids(page)) == sorted(row["id"] for row in data_rows(path))
        assert matching(page) == len(data_rows(path))
