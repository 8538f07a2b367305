# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is found to be plain comes out as it does where it is looked at word by word."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.plain import plain, plain_again, texts
from azext_safeguards.check.apiserver.warnings.asking import warn
from azext_safeguards.check.judging.admission import taken
from azext_safeguards.check.judging.word_by_word import admit
from tests.facts.validation import objects, rows

OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all(Path(__file__).with_name("plain_objects.yaml").read_text(encoding="utf-8"))
)

# What the values of a type are changed to.
VALUES: dict[type, tuple[Any, ...]] = {
    str: ("", "Bad_Name!", "web", "x" * 64, "4", "0.5", "50%", "a/b/c", "127.0.0.1", 1, True, None, ["a"]),
    int: (-1, 0, 1, 100, 70000, 1 << 31, "1", 1.5, True, None),
    float: (-0.5, "1e400", True),
    type(None): (1,),
    bool: (False, True, "true", 1, None),
    list: ([], [None], [""], {}, "x", None),
    dict: ({}, {"a": None}, {"a": "b"}, {"": ""}, [], "x", None),
}
GONE, TWICE = object(), object()
ANNOTATIONS = (
    *("kubernetes.io/ingress.class", "service.kubernetes.io/topology-aware-hints", "Bad key", "UPPER.example/key"),
    *("service.beta.kubernetes.io/load-balancer-source-ranges", "volume.beta.kubernetes.io/storage-class"),
    *("kubernetes.io/enforce-mountable-secrets", "controller.kubernetes.io/pod-deletion-cost"),
    *("container.apparmor.security.beta.kubernetes.io/web", "scheduler.alpha.kubernetes.io/critical-pod"),
    *("seccomp.security.alpha.kubernetes.io/pod", "container.seccomp.security.alpha.kubernetes.io/web"),
    *("security.alpha.kubernetes.io/sysctls", "volume.beta.kubernetes.io/mount-options"),
)


def word_by_word(document: dict[str, Any]) -> tuple[Any, Any, Any]:
    found, refusals = admit(document, "default")
    group = document["apiVersion"].rpartition("/")[0]
    return found, refusals, warn(found, group, document["kind"]) if found is not None else []


def is_plain(document: dict[str, Any]) -> bool:
    """Whether an object is plain; if it is, all has to be as it is word by word, also the order of fields."""
    before = repr(document)
    try:
        found, said = plain(document, "default")
    except Doubt:
        return False
    assert repr(document) == before, "the manifest is not changed"
    expected, refusals, warned = word_by_word(document)
    assert not refusals, document
    assert repr(found) == repr(expected)
    assert said == warned
    assert repr(plain_again(found)) == repr(found) if document["kind"] != "Widget" else True
    return True


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all there is below a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield (*path, step)
        yield from places(one, (*path, step))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def variants(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An object with one value changed, left out, or there twice."""
    for path in places(document):
        if path[0] in ("apiVersion", "kind"):
            continue
        for value in (*VALUES[type(at(document, path))], GONE, TWICE):
            one = copy.deepcopy(document)
            holder = at(one, path[:-1])
            if value is GONE:
                del holder[path[-1]]
            elif value is not TWICE:
                holder[path[-1]] = copy.deepcopy(value)
            elif isinstance(holder, list):
                holder.append(copy.deepcopy(holder[0]))
            else:
                holder["surprise"] = 1
            yield one


@pytest.mark.parametrize("document", OBJECTS, ids=lambda one: one["kind"])
def test_each_object_is_plain_and_so_is_no_other_that_comes_out_differently(document: dict[str, Any]) -> None:
    assert is_plain(document)
    found = [is_plain(one) for one in variants(document)]
    assert any(found)
    assert not all(found)


@pytest.mark.parametrize("key", ANNOTATIONS)
def test_an_annotation_with_a_meaning_is_looked_at(key: str) -> None:
    for document in OBJECTS:
        one = copy.deepcopy(document)
        one["metadata"]["annotations"] = {key: "odd"}
        is_plain(one)
        template = one.get("spec", {}).get("template")
        if template:
            del one["metadata"]["annotations"]
            template.setdefault("metadata", {})["annotations"] = {key: "odd"}
            is_plain(one)


@pytest.mark.parametrize("number", range(len(objects())))
def test_what_was_recorded_is_the_same(number: int) -> None:
    for document in (objects()[number], *(row.document for row in rows(number))):
        is_plain(document)


def test_what_is_not_plain_is_looked_at_word_by_word_and_told() -> None:
    for document in (*OBJECTS, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}):
        found, refusals, warned = taken(document, "default")
        assert (found, refusals, warned) == word_by_word(document)


def test_the_namespace_of_an_object_has_to_be_one() -> None:
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert plain(document, "shop")
    with pytest.raises(Doubt):
        plain(document, "Shop")


def test_two_ports_with_one_name_are_warned_of() -> None:
    deployment = copy.deepcopy(next(one for one in OBJECTS if one["kind"] == "Deployment"))
    deployment["spec"]["template"]["spec"]["containers"][1]["ports"][0]["name"] = "http"
    (warned,) = plain(deployment, "default")[1]
    assert warned.text.startswith("spec.template.spec.containers[1].ports[0]: duplicate port name")
    assert is_plain(deployment)


def test_an_autoscaler_of_somebody_else_is_not_kubernetes_own() -> None:
    other = {"apiVersion": "example.com/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "a"}, "spec": 5}
    assert admit(other, "default") == (other, ())


def test_what_is_known_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_MOST_KNOWN", 100)
    for number in range(1000):
        name = f"name-{number}"
        metadata = {"name": name, "labels": {name: name}, "annotations": {name: name}}
        plain({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {name: ""}}, "default")
    for known in (texts._labels, texts._keys, texts._values, texts._data_keys, texts._annotations):
        assert 0 < len(known) <= 100
