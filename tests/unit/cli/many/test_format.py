# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Rows for several clusters."""

from __future__ import annotations

from azext_safeguards.cli.az.tables import Table
from azext_safeguards.cli.many._format import many_table, one_or_many


def element(name, **more):
    names = {"cluster": name, "resourceGroup": "rg", "subscription": "s"}
    return {**names, "result": "Changed", "error": None, "todo": [], "changes": [], **more}


def test_rows():
    changes = [{"field": "level", "before": None, "after": "Off"}, "written", "b", "c", "d"]
    rows = many_table([element("a", changes=changes, warnings=["x", "y"]), element("b", result="Failed", error="no")])
    assert [dict(row) for row in rows] == [
        {"Cluster": "b", "ResourceGroup": "rg", "Result": "Failed", "Changes": "-", "Note": "no"},
        {
            "Cluster": "a",
            "ResourceGroup": "rg",
            "Result": "Changed",
            "Changes": "level: - -> Off; written; b; 2 more",
            "Note": "x; y",
        },
    ]


def test_subscriptions_are_told_where_there_are_several():
    rows = many_table([element("a"), element("b", subscription="t")])
    assert [row["Subscription"] for row in rows] == ["s", "t"]


def test_the_table_of_one_cluster_stays():
    table = one_or_many(Table(lambda result: [{"one": str(result)}]))
    for result in ({"cluster": "c", "result": "x"}, [{"name": "probes", "does": "deny"}], []):
        assert table(result) == [{"one": str(result)}]
    assert table([element("a")])[0]["Cluster"] == "a"
