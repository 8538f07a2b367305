# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a watch is told, and that it ends."""

from __future__ import annotations

import threading

from .bodies import MAPS, config_map

MERGE = "application/merge-patch+json"


def events(client, query=""):
    return [(one["type"], one["object"]["metadata"].get("name")) for one in client.watch(f"{MAPS}?watch=1{query}")]


def test_what_is_there_and_what_happened_since(client):
    client.ok("POST", MAPS, config_map("a"))
    version = client.ok("GET", MAPS)["metadata"]["resourceVersion"]
    client.ok("POST", MAPS, config_map("b"))
    client.ok("PATCH", MAPS + "/a", {"data": {"x": "y"}}, MERGE)
    client.ok("DELETE", MAPS + "/a")
    assert events(client, "&timeoutSeconds=0") == [("ADDED", "b")]
    since = f"&timeoutSeconds=0&resourceVersion={version}"
    assert events(client, since) == [("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_an_object_comes_into_sight_and_leaves_it(client):
    version = client.ok("GET", MAPS)["metadata"]["resourceVersion"]
    client.ok("POST", MAPS, config_map("a"))
    for labels in ({"on": "1"}, {"on": "2"}, {"on": None}):
        client.ok("PATCH", MAPS + "/a", {"metadata": {"labels": labels}}, MERGE)
    since = f"&timeoutSeconds=0&resourceVersion={version}&labelSelector=on"
    assert events(client, since) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_it_waits_for_what_comes(client):
    version = client.ok("GET", MAPS)["metadata"]["resourceVersion"]
    timer = threading.Timer(0.1, lambda: client.ok("POST", MAPS, config_map("late")))
    timer.start()
    assert events(client, f"&timeoutSeconds=1&resourceVersion={version}") == [("ADDED", "late")]
    timer.join()


def test_it_ends_with_the_cluster(client):
    version = client.ok("GET", MAPS)["metadata"]["resourceVersion"]
    timer = threading.Timer(0.1, client.server.state.store.close)
    timer.start()
    assert events(client, f"&resourceVersion={version}") == []
    timer.join()


def test_the_initial_events_end_with_a_bookmark(client):
    client.ok("POST", MAPS, config_map("a"))
    query = "&timeoutSeconds=0&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    first, last = client.watch(f"{MAPS}?watch=1{query}")
    assert (first["type"], last["type"]) == ("ADDED", "BOOKMARK")
    assert last["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_who_lags_too_far_behind_begins_anew(client):
    kind = client.server.state.kinds.find("", "v1", "configmaps")
    for number in range(10_001):
        item = {**config_map("a", n=str(number)), "metadata": {"name": "a", "namespace": "default"}}
        client.server.state.store.put(kind, item)
    (event,) = client.watch(f"{MAPS}?watch=1&resourceVersion=1")
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
