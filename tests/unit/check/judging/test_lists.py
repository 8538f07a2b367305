# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Lists are opened as kubectl opens them; what it says of each was seen with kubectl 1.34."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import FileResult, check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

GOOD = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
UNTYPED = 'unable to get type info from the object "*unstructured.Unstructured": '
NO_KIND = f"{UNTYPED}Object 'Kind' is missing in 'object has no kind field '"
NO_VERSION = f"{UNTYPED}Object 'apiVersion' is missing in 'object has no apiVersion field'"
INVALID = "invalid object to validate"
NOT_A_LIST = "*unstructured.Unstructured is not a list: no Items field in this object"
NO_MAP = " into Go value of type map[string]interface {}"
NO_ITEMS = " into Go struct field decodeList.items of type []json.RawMessage"


def _list(*items: Any, kind: str = "List", **members: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "items": list(items), **members}


# What is given, how many objects are sent, and what kubectl says of the others: seen with `kubectl apply` on a cluster
# that has the kind Foo.
SEEN: dict[str, tuple[dict[str, Any], int, list[str]]] = {
    "nothing": (_list(items=None), 0, [INVALID]),
    "of a kind": (_list({"metadata": {"name": "a"}}, kind="ConfigMapList"), 1, []),
    "without version": ({"kind": "List", "items": [GOOD]}, 0, ["apiVersion not set"]),
    "of another kind": (_list(GOOD, kind="Foo", apiVersion="a.b/v1", metadata={"name": "f"}), 1, []),
    "of no kind": (_list(GOOD, kind="list"), 0, ['no matches for kind "list" in version "v1"']),
    "in another version": (_list(GOOD, apiVersion="apps/v1"), 1, []),
    "text": (_list(GOOD, "a"), 0, [INVALID]),
    "number": (_list(GOOD, 3), 0, [INVALID]),
    "truth": (_list(GOOD, True), 0, [INVALID]),
    "list of lists": (_list(GOOD, []), 0, [INVALID]),
    "null": (_list(GOOD, None), 0, [INVALID]),
    "empty": (_list(GOOD, {}), 0, ["[apiVersion not set, kind not set]"]),
    "no kind": (_list(GOOD, {"apiVersion": "v1", "metadata": {"name": "b"}}), 0, ["kind not set"]),
    "no version": (_list(GOOD, {"kind": "Secret", "metadata": {"name": "b"}}), 0, ["apiVersion not set"]),
    "half a type": (_list({"kind": "ConfigMap"}, {"apiVersion": "v1"}, kind="ConfigMapList"), 0, [NO_VERSION, NO_KIND]),
    "a list in it": (_list(GOOD, _list()), 0, [NOT_A_LIST]),
    "a list of Pods in it": (_list(GOOD, _list(kind="PodList")), 0, [NOT_A_LIST]),
    "items are text": (_list(items="x"), 0, [INVALID]),
    "items are a mapping": (_list(items={}), 0, [INVALID]),
    "text in another version": (_list(GOOD, "a", apiVersion="a.b/v1"), 0, [f"json: cannot unmarshal string{NO_MAP}"]),
    "items of another kind are text": (
        _list(kind="Foo", items="x", apiVersion="a.b/v1"), 0, [f"json: cannot unmarshal string{NO_ITEMS}"],
    ),
    "another kind of nothing": (_list(kind="ConfigMap", items=None, metadata={"name": "f"}), 0, []),
}  # fmt: skip


@pytest.mark.parametrize("items", [None, "x", [None], ["x"]])
def test_kubectl_knows_the_type_of_a_list_of_a_kind(items: Any) -> None:
    (row,) = _checked(_list(kind="PodList", items=items)).refused
    assert row[-1].startswith("ValidationError(PodList")


def _checked(data: dict[str, Any]) -> FileResult:
    content = json.dumps(data, indent=1).encode()
    return check_file(Engine(Settings({})), Source("a.yaml", "", len(content), content))


@pytest.mark.parametrize(("data", "objects", "told"), SEEN.values(), ids=SEEN.keys())
def test_a_list_is_opened(data: dict[str, Any], objects: int, told: list[str]) -> None:
    result = _checked(data)
    assert (result.objects, [row[-1] for row in result.refused]) == (objects, told)
    assert {row[-3] for row in result.refused} <= {"read"}
    assert result.others == 0
    assert not result.holds_nothing


def test_the_place_is_that_of_the_item() -> None:
    (row,) = _checked(_list(GOOD, {"kind": "Secret"})).refused
    assert row[:3] == (12, 3, "List")


def test_what_is_wrong_in_an_item_is_found_by_the_api_server() -> None:
    (row,) = _checked(_list({**GOOD, "metadata": {"name": "a", "labels": {"x": 1}}})).refused
    assert (row[-3], row[-1]) == (
        "decode",
        "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
    )


@pytest.mark.tools
@pytest.mark.parametrize("name", ["text in another version", "a list in it", "half a type"])
def test_kubectl_says_the_same(name: str, tmp_path: Path) -> None:
    data, _, texts = SEEN[name]
    manifest = tmp_path / "a.json"
    manifest.write_text(json.dumps(data))
    command = ["kubectl", "label", "--local", "-f", str(manifest), "a=b", "-o", "json"]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    assert [line.rpartition(": json")[2].removeprefix("error: ")[-30:] for line in told.stderr.splitlines()] == [
        text[-30:] for text in texts
    ]
