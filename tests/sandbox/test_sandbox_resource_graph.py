# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Resource Graph, several subscriptions, and lists in pages."""

from __future__ import annotations

import pytest

PATH = "/providers/Microsoft.ResourceGraph/resources"
CLUSTERS = "resources | where type =~ 'Microsoft.ContainerService/managedClusters'"
ASSIGNMENTS = "policyresources | where type =~ 'microsoft.authorization/policyassignments'"
STATES = "policyresources | where type =~ 'microsoft.policyinsights/policystates'"
SECOND = "5a4dbc00-2222-4000-8000-000000000000"


@pytest.fixture
def ask(send):
    def call(query, subscriptions=None, **options):
        body = {"query": query, **({"subscriptions": subscriptions} if subscriptions else {})}
        if options:
            body["options"] = {f"${name}": value for name, value in options.items()}
        return send("POST", PATH, body, api="2022-10-01")

    return call


def error(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_a_query(box, ask):
    first, second = box.add_cluster("RG", "b"), box.add_cluster("rg", "a", sku="Automatic")
    answer = ask(f"{CLUSTERS} | project id, name, tier = sku.tier, resourceGroup | order by id asc").json()
    assert answer == {
        "totalRecords": 2,
        "count": 2,
        "data": [
            {"id": first, "name": "b", "tier": "Free", "resourceGroup": "rg"},
            {"id": second, "name": "a", "tier": "Standard", "resourceGroup": "rg"},
        ],
        "facets": [],
        "resultTruncated": "false",
    }
    assert ask(f"{CLUSTERS} and name =~ 'A'").json()["count"] == 1
    assert ask(f"{CLUSTERS}\n| where id contains '/resourcegroups/RG/' and name contains 'b'").json()["count"] == 1
    assert ask("resources | where type =~ 'microsoft.web/sites'").json()["data"] == []


def test_pages(box, ask):
    box.add_clusters(2500)
    query = f"{CLUSTERS} | project id | order by id asc"
    first = ask(query, top=1000).json()
    assert (first["totalRecords"], first["count"], first["resultTruncated"]) == (2500, 1000, "true")
    second = ask(query, top=1000, skipToken=first["$skipToken"]).json()
    third = ask(query, top=1000, skipToken=second["$skipToken"]).json()
    assert (third["count"], third["resultTruncated"], "$skipToken" in third) == (500, "false", False)
    seen = [row["id"] for page in (first, second, third) for row in page["data"]]
    assert seen == sorted(box.clusters)
    assert ask(query).json()["count"] == 1000
    for top in (0, 1001, "all"):
        assert error(ask(query, top=top)) == (400, "BadRequest")
    assert error(ask(query, skipToken="bm8=")) == (400, "BadRequest")
    assert error(ask(f"{CLUSTERS} | project id", skipToken=first["$skipToken"])) == (400, "BadRequest")


def test_policies(box, send, ask, path, body, cluster):
    name = path.rpartition("/")[2]
    identifier = send("PUT", path, body).json()["id"]
    (row,) = ask(f"{ASSIGNMENTS} and name =~ '{name}' | project id, pin = properties.definitionVersion").json()["data"]
    assert row == {"id": identifier, "pin": "2.1.*"}
    box.compliance.set_non_compliant(identifier, ["ensureProbesConfiguredInKubernetesCluster"])
    counted = (
        f"{STATES} | summarize bad = countif(properties.complianceState =~ 'NonCompliant')"
        " by id = tolower(tostring(properties.resourceId))"
    )
    assert ask(counted).json()["data"] == [{"id": cluster.lower(), "bad": 1}]
    timed = counted.replace(" by id", ", last = max(todatetime(properties.timestamp)) by id")
    (row,) = ask(timed).json()["data"]
    assert (row["bad"], row["last"].endswith("Z")) == (1, True)
    both = ask(f"{STATES} and properties.policyAssignmentName =~ '{name}'").json()
    assert both["totalRecords"] > 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "nowhere",
        "resources | take 5",
        "resources | where name == 'a'",
        "resources | where name =~ 'a' or name =~ 'b'",
        "resources | project tolower(id)",
        "resources | order by id",
        "resources | join policyresources on id",
        "resources | summarize count() by type",
    ],
)
def test_queries_that_are_not_known_are_refused(box, ask, query, cluster):
    answer = ask(query)
    assert error(answer) == (400, "BadRequest")
    details = answer.json()["error"]["details"]
    assert [detail["code"] for detail in details] == ["InvalidQuery", "ParserFailure"]
    assert answer.json()["error"]["message"].startswith("Please provide below info when asking for support: timestamp")


def test_switched_off(box, ask, cluster):
    box.providers.set_state("Microsoft.ResourceGraph", "NotRegistered")
    assert error(ask(CLUSTERS)) == (409, "MissingSubscriptionRegistration")
    box.providers.set_state("Microsoft.ResourceGraph", "Registered")
    assert ask(CLUSTERS).json()["count"] == 1
    box.resource_graph.enabled = False
    assert ask(CLUSTERS).status_code == 404


def test_subscriptions(box, send, ask, az):
    box.add_subscription(SECOND, "Second")
    first, other = box.add_cluster("rg", "c1"), box.add_cluster("rg2", "c2", subscription=SECOND)
    assert [row["id"] for row in ask(f"{CLUSTERS} | project id | order by id asc").json()["data"]] == [first, other]
    assert [row["id"] for row in ask(f"{CLUSTERS} | project id", [SECOND.upper()]).json()["data"]] == [other]
    listed = send(
        "GET", f"/subscriptions/{SECOND}/providers/Microsoft.ContainerService/managedClusters", api="2024-09-01"
    )
    assert [item["id"] for item in listed.json()["value"]] == [other]
    assert [item["name"] for item in send("GET", f"/subscriptions/{SECOND}/resourceGroups").json()["value"]] == ["rg2"]
    # What is registered in one subscription is not in another, and a group is where it is.
    feature = "providers/Microsoft.Features/providers/Microsoft.ContainerService/features/SafeguardsPreview"
    states = [
        send("GET", f"/subscriptions/{name}/{feature}", api="2021-07-01").json()["properties"]["state"]
        for name in (box.subscription_id, SECOND)
    ]
    assert states == ["NotRegistered", "Registered"]
    assert send("GET", f"/subscriptions/{SECOND}/resourceGroups/rg").status_code == 404
    assert error(send("GET", "/subscriptions/5a4dbc00-9999-4000-8000-000000000000/resourceGroups")) == (
        404,
        "SubscriptionNotFound",
    )
    shown = send("GET", "/subscriptions", api="2022-12-01").json()["value"]
    assert [(item["subscriptionId"], item["displayName"]) for item in shown] == [
        (box.subscription_id, "Sandbox"),
        (SECOND, "Second"),
    ]


def test_az_knows_every_subscription(box, az):
    box.add_subscription(SECOND, "Second")
    # The login was written before there were two.
    az(f"login --service-principal -u app -p any --tenant {box.tenant_id} -o none")
    assert az("account list --query [].name -o tsv").out.split() == ["Sandbox", "Second"]
    box.add_cluster("rg2", "c2", subscription=SECOND)
    assert az(f"aks list --subscription {SECOND} --query [].name -o tsv").out.split() == ["c2"]
    assert az("aks list --query [].name -o tsv").out.split() == []


def test_assignments_of_a_subscription_with_those_below(box, send, path, body, cluster):
    send("PUT", path, body)
    group = cluster.partition("/providers/")[0]
    send("PUT", f"{group}/providers/Microsoft.Authorization/policyAssignments/above", body)
    place = f"/subscriptions/{box.subscription_id}/providers/Microsoft.Authorization/policyAssignments"
    box.page_size = 1
    query = {"$filter": f"policyDefinitionId eq '{body['properties']['policyDefinitionId']}'"}
    page = send("GET", place, query=query).json()
    assert len(page["value"]) == 1
    following = page["nextLink"].partition("management.azure.com")[2]
    more = send("GET", following, api=None).json()
    assert sorted(item["name"] for item in (*page["value"], *more["value"])) == ["above", "mine"]
    assert "nextLink" not in more
    assert send("GET", place, query={"$filter": "atScope()"}).json()["value"] == []
