# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Parts of containers that are decoded, filled in and validated once: what comes out is as if they were not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from azext_safeguards.check.apiserver import quick, shared
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.quick import quick as decoded
from azext_safeguards.check.apiserver.receiving import receive
from azext_safeguards.check.apiserver.shared import FILLED_IN, Shared
from azext_safeguards.check.apiserver.types import table
from azext_safeguards.check.judging.word_by_word import admit
from tests.facts.validation import objects, rows

RESOURCES = {"limits": {"cpu": "1.0", "memory": "1Gi"}, "requests": {"cpu": 0.5}}
PROBE = {"httpGet": {"port": 80}}


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    found = [{"name": f"c{number}", "image": "i:1", **one} for number, one in enumerate(containers)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": found, **spec}}


def admitted(document: dict[str, Any]) -> tuple[Any, list[str]]:
    """What becomes of an object, and what is wrong with it."""
    found, refusals = admit(json.loads(json.dumps(document)), "default")
    return found, [one.cluster for one in refusals]


def parts(document: dict[str, Any], name: str) -> list[Any]:
    struct = table().kind("v1", "Pod")
    assert struct
    return [one[name] for one in decoded(document, struct)["spec"]["containers"]]


def test_equal_parts_are_one_with_its_defaults() -> None:
    first, second, third = parts(
        pod({"livenessProbe": {**PROBE}}, {"livenessProbe": {**PROBE}}, {"livenessProbe": {"tcpSocket": {"port": 80}}}),
        "livenessProbe",
    )
    assert first is second
    assert isinstance(first, Shared)
    assert (first["periodSeconds"], first["httpGet"]["path"]) == (10, "/")
    assert third is not first


def test_true_is_not_one_and_the_order_of_fields_counts() -> None:
    one, other = ({"limits": {"cpu": amount}} for amount in ("1", 1))
    assert admitted(pod({"resources": one}))[1] == admitted(pod({"resources": other}))[1] == []
    true = {"limits": {"cpu": True}}
    assert admitted(pod({"resources": true}))[1]
    first, second = {"cpu": "1", "memory": "1Gi"}, {"memory": "1Gi", "cpu": "1"}
    one, other = parts(pod({"resources": {"limits": first}}, {"resources": {"limits": second}}), "resources")
    assert (list(one["limits"]), list(other["limits"])) == (["cpu", "memory"], ["memory", "cpu"])


def test_requests_that_limits_give_are_those_of_one_pod() -> None:
    """A Pod requests what it limits; the template of a workload does not, though it has the same resources."""
    resources = {"limits": {"cpu": "1"}}
    found, _ = admitted(pod({"resources": resources}))
    assert found["spec"]["containers"][0]["resources"] == {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod({"resources": resources})["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    metadata = {"name": "d"}
    found, refusals = admitted({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
    assert refusals == []
    assert found["spec"]["template"]["spec"]["containers"][0]["resources"] == resources


def test_what_is_wrong_is_told_each_time_with_its_path() -> None:
    wrong = {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}
    _, refusals = admitted(pod({"resources": wrong}, {"resources": {}}, {"resources": wrong}))
    assert [text.partition(": ")[0] for text in refusals] == [
        "spec.containers[0].resources.requests",
        "spec.containers[2].resources.requests",
    ]


def test_what_is_valid_in_one_place_may_be_wrong_in_another() -> None:
    hook = {"lifecycle": {"preStop": {"sleep": {"seconds": 20}}}}
    assert admitted(pod(hook))[1] == []
    assert len(admitted(pod(hook, terminationGracePeriodSeconds=10))[1]) == 1
    twice = {"tcpSocket": {"port": 80}, "successThreshold": 2}
    assert admitted(pod({"readinessProbe": twice}))[1] == []
    assert len(admitted(pod({"livenessProbe": twice}))[1]) == 1
    unmasked = {"securityContext": {"procMount": "Unmasked"}}
    assert admitted(pod(unmasked, hostUsers=False))[1] == []
    assert len(admitted(pod(unmasked))[1]) == 1


def test_what_could_not_be_told_is_not_taken_for_valid() -> None:
    """There are only so many errors of an object; a part after them is as wrong as before."""
    wrong = {"limits": {"cpu": "3"}, "requests": {"cpu": "4"}}
    _, refusals = admitted(pod(*[{"resources": {"limits": {"cpu": "-1"}}}] * 120, {"resources": wrong}))
    assert len(refusals) == 100
    assert len(admitted(pod({"resources": wrong}))[1]) == 1


@pytest.mark.parametrize("number", range(len(objects())))
def test_what_is_shared_makes_no_difference_and_is_changed_by_nobody(number: int) -> None:
    """What the API server was recorded to say, as `receive` says it without sharing anything."""
    documents = [row.document for row in rows(number)]
    for document in (objects()[number], *documents, objects()[number]):
        found, refusals = admit(document, "default")
        if any(one.stage == "read" for one in refusals):
            continue
        assert (found, refusals) == tuple(receive(document))
        assert str(found) == str(receive(document).object), "also the order of fields"
    for document in documents:
        for container in _containers(document):
            for name in FILLED_IN.keys() & container.keys():
                _is_still_the_same(name, container[name])


def _is_still_the_same(name: str, part: Any) -> None:
    try:
        (shared,) = parts(pod({name: part}), name)
    except Doubt:
        return
    quick._checks.clear()
    assert parts(pod({name: part}), name) == [shared]


def _containers(value: Any) -> list[dict[str, Any]]:
    """Whatever stands in a list of containers."""
    found: list[dict[str, Any]] = []
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key in ("containers", "initContainers") and isinstance(inner, list):
            found += [one for one in inner if isinstance(one, dict)]
        found += _containers(inner)
    return found


def test_what_is_received_for_others_shares_nothing() -> None:
    """Who asks for an object may change it."""
    document = pod({"livenessProbe": PROBE})
    first = receive(document).object
    assert first
    assert not isinstance(first["spec"]["containers"][0]["livenessProbe"], Shared)
    first["spec"]["containers"][0]["livenessProbe"]["periodSeconds"] = 99
    second = receive(document).object
    assert second
    assert second["spec"]["containers"][0]["livenessProbe"]["periodSeconds"] == 10


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "_checks", {})
    struct = table().kind("v1", "Pod")
    assert struct
    monkeypatch.setattr(shared, "_MOST_KEPT", 1000)
    kept = [parts(pod({"resources": {"limits": {"cpu": str(number)}}}), "resources")[0] for number in range(200)]
    again = [parts(pod({"resources": {"limits": {"cpu": str(number)}}}), "resources")[0] for number in (199, 0)]
    assert again[0] is kept[199]
    assert again[1] is not kept[0]
    assert again[1] == kept[0]
