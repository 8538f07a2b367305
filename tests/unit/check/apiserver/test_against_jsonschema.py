# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Decoding against jsonschema over the published schemas, on objects that hypothesis makes."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from azext_safeguards.check.apiserver.decoding import decode
from azext_safeguards.check.apiserver.defaults import fill_in
from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.quick import quick
from azext_safeguards.check.apiserver.refusals import UNKNOWN_FIELD
from azext_safeguards.check.apiserver.types import ListOf, MapOf, Shape, Struct, table
from azext_safeguards.check.documents.reading import Document, read_text
from tests.facts.cluster import Answer, answers

KINDS = (
    *(("v1", "Pod"), ("apps/v1", "Deployment"), ("batch/v1", "CronJob"), ("v1", "Service"), ("v1", "Secret")),
    *(("policy/v1", "PodDisruptionBudget"), ("v1", "Node"), ("networking.k8s.io/v1", "Ingress")),
)
_OF_THE_RIGHT_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "s": st.text(max_size=5),
    "b": st.booleans(),
    "i": st.integers(-(1 << 31), (1 << 31) - 1) | st.sampled_from([0.0, 3.0]),
    "l": st.integers(-(1 << 63), (1 << 63) - 1),
    "f": st.floats(-9, 9) | st.integers(-9, 9),
    "y": st.just("YWJj"),
    "t": st.just("2026-01-31T09:30:00Z"),
    "u": st.just("2026-01-31T09:30:00.123456Z"),
    "q": st.sampled_from(["500m", "2", "1.5Gi", 2, 0.5]),
    "x": st.sampled_from([80, "web", "25%"]),
    "j": st.just({"any": ["thing"]}),
}
_OF_A_WRONG_TYPE = st.sampled_from(["text", 1, 1.5, True, ["a"], {"a": "b"}, [{}], {"a": {}}, [[]]])
_FIELDS = 4


@cache
def _validator(version: str, kind: str) -> Any:
    """The published schema of a kind, with no field that it does not know."""
    folder = files("kubernetes_validate").joinpath("kubernetes-json-schema", "v1.37.0-local-strict")
    group = version.replace(".k8s.io", "").replace("/", "-")
    contents = [
        json.loads(folder.joinpath(name).read_text(encoding="utf-8"))
        for name in (f"{kind.lower()}-{group}.json", "_definitions.json")
    ]
    registry: Any = Registry()
    for one in contents:
        registry = Resource.from_contents(one) @ registry
    return jsonschema.Draft202012Validator(contents[0], registry=registry)


@st.composite
def _value(draw: st.DrawFn, shape: Shape, wrong: int, depth: int) -> Any:
    """A value for a field; one of `wrong` in a hundred is of any type."""
    if draw(st.integers(1, 100)) <= wrong:
        return draw(_OF_A_WRONG_TYPE)
    if isinstance(shape, str):
        return draw(_OF_THE_RIGHT_TYPE[shape])
    if isinstance(shape, ListOf):
        return [draw(_value(shape.item, wrong, depth + 1)) for _ in range(draw(st.integers(0, 2)))]
    if isinstance(shape, MapOf):
        return {key: draw(_value(shape.item, wrong, depth + 1)) for key in draw(st.sets(st.sampled_from("ab")))}
    return draw(_struct(shape, wrong, depth))


@st.composite
def _struct(draw: st.DrawFn, struct: Struct, wrong: int, depth: int) -> dict[str, Any]:
    most = _FIELDS if depth < 7 else 0
    # Some types have no fields at all.
    names = draw(st.lists(st.sampled_from(sorted(struct.fields)), max_size=most, unique=True)) if struct.fields else []
    found = {name: draw(_value(struct.fields[name], wrong, depth + 1)) for name in names}
    if draw(st.integers(1, 100)) <= wrong:
        found[
            draw(st.sampled_from(["unknown", *(name.upper() for name in names), *(f"{name}s" for name in names)]))
        ] = 1
    return found


@st.composite
def _objects(draw: st.DrawFn, wrong: int) -> dict[str, Any]:
    version, kind = draw(st.sampled_from(KINDS))
    struct = table().kind(version, kind)
    assert struct
    return {**draw(_struct(struct, wrong, 0)), "apiVersion": version, "kind": kind}


def _complaints(document: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Where jsonschema finds a wrong type or an unknown field; what is missing is not decoding's affair."""
    found = set()
    for error in _validator(document["apiVersion"], document["kind"]).iter_errors(document):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            found |= {(*path, key) for key in error.instance if key not in known}
        elif error.validator in ("type", "oneOf"):
            found.add(path)
    return found


def _refused(document: dict[str, Any]) -> set[tuple[Any, ...]]:
    struct = table().kind(document["apiVersion"], document["kind"])
    assert struct
    return {one.path for one in decode(document, struct)[1]}


@settings(max_examples=150, deadline=None)
@given(_objects(0))
def test_no_object_that_the_schema_takes_is_refused(document: dict[str, Any]) -> None:
    # The table knows fields of older versions, too, which the newest schema refuses.
    assert _refused(document) <= _complaints(document)
    assert not _refused(document)


@settings(max_examples=300, deadline=None)
@given(_objects(12))
def test_what_the_schema_refuses_is_refused_at_the_same_place(document: dict[str, Any]) -> None:
    refused, complaints = _refused(document), _complaints(document)
    # The schema takes any text for a quantity, a time and base64, and knows no fields that only older versions have.
    comparable = {path for path in refused | complaints if _is_comparable(document, path)}
    assert refused & comparable == complaints & comparable


@settings(max_examples=300, deadline=None)
@given(_objects(3))
def test_the_quick_way_comes_to_the_same(document: dict[str, Any]) -> None:
    struct = table().kind(document["apiVersion"], document["kind"])
    assert struct
    decoded, refusals = decode(document, struct)
    before = str(document)
    try:
        found = _filled_in(quick(document, struct))
    except Doubt:
        return
    assert refusals == []
    assert found == _filled_in(decoded)
    assert str(found) == str(decoded), "also the order of fields, and true is not 1"
    assert str(document) == before


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.file.removesuffix(".yaml"))
def test_the_quick_way_comes_to_the_same_for_manifests(answer: Answer) -> None:
    for document in read_text(answer.manifest.encode()):
        assert isinstance(document, Document)
        struct = table().kind(document.data["apiVersion"], document.data["kind"])
        if struct is None:
            continue
        decoded, refusals = decode(document.data, struct)
        try:
            assert (_filled_in(quick(document.data, struct)), []) == (_filled_in(decoded), refusals)
        except Doubt:
            # Numbers with decimals are left to the other.
            assert refusals or ": 0." in answer.manifest or ".5" in answer.manifest or ": 1e" in answer.manifest


def _filled_in(content: dict[str, Any]) -> dict[str, Any]:
    """With defaults: the quick way fills some of them in at once."""
    fill_in(content, content["apiVersion"].rpartition("/")[0], content["kind"])
    return content


def _is_comparable(document: dict[str, Any], path: tuple[Any, ...]) -> bool:
    """Whether the schema is as strict as the API server about a place, and as lenient as the table."""
    struct = table().kind(document["apiVersion"], document["kind"])
    shape: Any = struct
    owner: Any = None
    last: Any = None
    for step in path:
        # What lies below a field that only older versions have is nothing that the newest schema speaks of.
        if owner is not None and _is_new_or_old(owner, last, document):
            return False
        if shape == "y":
            return False  # a byte of a list, which the schema does not know
        owner, last = shape, step
        shape = shape.item if isinstance(shape, ListOf | MapOf) else shape.fields.get(step)
    if shape is None:
        return True  # unknown to both
    return shape not in ("q", "x", "t", "u", "y", "j") and not _is_new_or_old(owner, path[-1], document)


def _is_new_or_old(owner: Any, field: Any, document: dict[str, Any]) -> bool:
    """Whether only older versions have a field of a type."""
    if not isinstance(owner, Struct):
        return False
    found = [name for name in _definitions() if name.endswith(f".{owner.package}.{owner.name}")]
    return not any(field in _definitions()[name].get("properties", {}) for name in found)


@cache
def _definitions() -> dict[str, Any]:
    folder = files("kubernetes_validate").joinpath("kubernetes-json-schema", "v1.37.0-local-strict")
    whole: dict[str, Any] = json.loads(folder.joinpath("_definitions.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = whole["$defs"]
    return found


@pytest.mark.parametrize("field", ["Spec", "sPec", "METADATA"])
def test_fields_are_case_sensitive(field: str) -> None:
    pod = table().kind("v1", "Pod")
    assert pod
    (one,) = decode({"apiVersion": "v1", "kind": "Pod", field: {}}, pod)[1]
    assert one.cluster == f'{UNKNOWN_FIELD}"{field}"'
