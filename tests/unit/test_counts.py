# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Numbers of requests, tries and seconds that the documentation tells are those of the code.

Each is looked for in the sentence that tells it, so that a sentence that goes or changes fails, too.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from azure.core.exceptions import HttpResponseError

from azext_safeguards import api
from azext_safeguards.cli.profile import page as fleet_page
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.level import Level
from azext_safeguards.services import arm, fleet, many, paging
from azext_safeguards.services.compliance import read_compliance
from azext_safeguards.services.readiness import read_breaking
from azext_safeguards.services.resources import get_cluster
from sandbox import Sandbox
from tests.unit.bodies import updated
from tests.unit.services.sandboxed import sandboxed

ROOT = Path(__file__).parents[2]
WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "seven": 7, "eight": 8}


def told(page, sentence):
    """The numbers that a sentence of a page tells: a regular expression whose groups are numbers or their words."""
    text = re.sub(r"\s+", " ", (ROOT / page).read_text(encoding="utf-8"))
    found = re.findall(sentence, text)
    assert len(found) == 1, f"{page} says it {len(found)} times: {sentence}"
    groups = found[0] if isinstance(found[0], tuple) else (found[0],)
    numbers = [WORDS.get(one.lower()) or int(one.replace(",", "")) for one in groups]
    return numbers if len(numbers) > 1 else numbers[0]


@pytest.fixture
def box():
    return Sandbox()


@pytest.fixture
def client(box):
    return sandboxed(box)


def sent(box):
    """What was sent to Resource Manager since this was last called, as methods."""
    records = [record.method for record in box.journal]
    box.journal.clear()
    return records


def test_an_update_by_az():
    """As az sent it when tests/recorded was recorded, and sends it whenever that is replayed."""
    cassette = yaml.safe_load((ROOT / "tests/recorded/cassettes/enforcement.yaml").read_text(encoding="utf-8"))
    methods = [item["request"]["method"] for item in cassette["interactions"]]
    sentence = r"rounds of requests in it \| (\d) \((\d+) concurrent reads, (\d) write"
    rounds, reads, writes = told("docs/benchmarks.md", sentence)
    assert methods == ["GET"] * reads + ["PUT"] * writes
    # That all reads are under way at once is what tests/e2e/test_update_alone.py is about.
    assert rounds == 1 + writes


def test_a_change_in_python(box, client):
    cluster = box.add_cluster("rg", "c1", azure_policy=True)
    box.features.set_state("SafeguardsPreview", "Registered")
    writes = told("docs/python-api.md", r"`apply` sends (one) PUT, or none when nothing changes")
    for expected in (["PUT"] * writes, []):
        planned = api.plan(client, ClusterRef.from_id(cluster), level="Warning")
        assert set(sent(box)) == {"GET"}
        api.apply(client, planned)
        assert sent(box) == expected


@pytest.mark.exhaustive
def test_a_list_of_thousands(box, client):
    clusters, assignments, states = (
        told("docs/fleets.md", r"(\w+) request for each 1,000 clusters"),
        told("docs/fleets.md", r"1,000 clusters, (\w+) for each 1,000 assignments"),
        told("docs/fleets.md", r"(\w+) for the compliance of each 1,000"),
    )
    together = clusters + assignments + states
    clusters, requests = told("docs/fleets.md", r"([\d,]+) clusters take (\w+) requests")
    assert requests == together * clusters // 1000
    assert told("HISTORY.rst", r"or of all, with (\w+) requests for each 1,000") == together
    assert told("azext_safeguards/cli/profile/_help.py", r"Reads a thousand clusters with (\w+) requests") == together
    # As many pages as that many fill, and half the time.
    box.add_clusters(clusters // 2 + 1, body=updated(None, Change(Level.WARNING, "v2.0.0")))
    found = fleet.list_fleet([fleet.Tenant(client, (box.subscription_id,))])
    assert len(found.rows) == clusters // 2 + 1
    assert sent(box) == ["POST"] * requests


def test_a_list_by_lists(box, client):
    box.add_subscription("5a4dbc00-2222-4000-8000-000000000000", "Second")
    body = updated(None, Change(Level.WARNING, "v2.0.0"))
    subscriptions = (box.subscription_id, "5a4dbc00-2222-4000-8000-000000000000")
    for one in subscriptions:
        box.add_clusters(3, subscription=one, body=body)
    fleet.list_fleet([fleet.Tenant(client, subscriptions)], live=True)
    each = told("docs/fleets.md", r"each subscription's own lists instead, (\w+) for each subscription that")
    assert len(sent(box)) == each * len(subscriptions)


def test_a_page_of_a_fleet(box, client):
    (cluster,) = box.add_clusters(1, body=updated(None, Change(Level.WARNING, "v2.0.0")))
    read_breaking(client, box.subscription_id)
    assert len(sent(box)) == told("docs/fleets.md", r"objects cost (\w+) more paged request for each subscription")
    read_compliance(client, ClusterRef.from_id(cluster))
    each, at_once = told("docs/fleets.md", r"read cluster by cluster, (\w+) requests each, (\w+) clusters at a time")
    assert len(sent(box)) == each
    assert at_once == fleet_page._AT_ONCE
    assert told("docs/fleets.md", r"each cluster, (\w+) at a time; where there is no assignment") == fleet._AT_ONCE
    assert told("docs/fleets.md", r"given twice counts once\. (\w+) clusters are worked on") == many.AT_A_TIME


def test_tries_and_waits(box, client, monkeypatch):
    waits = []
    monkeypatch.setattr("tests.unit.services.sandboxed._Transport.sleep", lambda _, seconds: waits.append(seconds))
    cluster = ClusterRef.from_id(box.add_cluster("rg", "c1"))
    box.faults.add("GET", "managedClusters/c1", status=503, times=None)
    with pytest.raises(HttpResponseError):
        get_cluster(client, cluster)
    again, seconds = told("docs/scripting.md", r"is repeated up to (\d+) times after 408.*? pauses of (\d+) seconds in")
    assert len(sent(box)) == 1 + again
    assert int(sum(waits)) == seconds
    box.faults.clear()
    longest = told("docs/scripting.md", r"`Retry-After` is honoured up to (\d+) seconds")
    for asked, tries in ((longest, 2), (longest + 1, 1)):
        box.faults.add("GET", "managedClusters/c1", status=429, headers={"Retry-After": str(asked)}, times=1)
        with suppress(HttpResponseError):
            get_cluster(client, cluster)
        assert len(sent(box)) == tries
    assert told("docs/scripting.md", r"One try waits (\d+) seconds for the connection and (\d+) for the answer") == [
        arm._CONNECT_TIMEOUT_SECONDS,
        arm._READ_TIMEOUT_SECONDS,
    ]
    assert told("docs/troubleshooting.md", r"pages that repeat, or more than ([\d,]+)") == paging.MOST_PAGES


def test_a_write_that_meets_others(box, client):
    box.features.set_state("SafeguardsPreview", "Registered")
    planned = api.plan(client, box.add_cluster("rg", "c1", azure_policy=True), level="Warning")
    box.faults.add("PUT", "policyAssignments", status=409, times=None)
    with pytest.raises(HttpResponseError):
        api.apply(client, planned)
    assert sent(box).count("PUT") == told("docs/scripting.md", r"planned anew, and tried (\w+) times in all")


# Every number of requests that is told, and which test counts it.
COUNTED = {
    "9 concurrent reads": test_an_update_by_az,
    "one wave of reads": test_an_update_by_az,
    "one request": test_a_list_of_thousands,
    "six requests": test_a_list_of_thousands,
    "three requests": test_a_list_of_thousands,
    "one more paged request": test_a_page_of_a_fleet,
    "seven requests": test_a_page_of_a_fleet,
    "one PUT": test_a_change_in_python,
    # Permissions: the reads that a role on a cluster does not allow, which tests/e2e/test_permissions.py takes away.
    "two reads": None,
}


def test_no_number_of_requests_is_told_that_no_test_counts():
    number = r"(?:\d[\d,]*(?<!,)|one|two|three|four|five|six|seven|eight|nine|ten)"
    telling = re.compile(rf"\b{number} (?!ms a )(?:[a-z]+ ){{0,2}}?(?:requests?|round trips?|reads|PUTs?|GETs?)\b")
    helps = sorted((ROOT / "azext_safeguards" / "cli").glob("*/_help.py"))
    for page in [ROOT / "README.md", ROOT / "HISTORY.rst", *sorted((ROOT / "docs").rglob("*.md")), *helps]:
        text = re.sub(r"\s+", " ", page.read_text(encoding="utf-8"))
        assert set(telling.findall(text)) <= COUNTED.keys(), page
