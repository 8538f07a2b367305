# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Objects that are too large: for the copy of them that `kubectl apply` keeps in an annotation, for a request, or for a
ConfigMap or Secret."""

from __future__ import annotations

import json
from typing import Any

from azext_safeguards.check.apiserver.applying import as_sent
from azext_safeguards.check.apiserver.numbers import go_number
from azext_safeguards.check.apiserver.refusals import Refusal
from azext_safeguards.check.apiserver.types import table
from azext_safeguards.check.apiserver.validation.metadata import MOST_ANNOTATION_BYTES, TOO_LONG, bytes_of
from azext_safeguards.check.documents.reading import Document
from azext_safeguards.check.judging.admission import refused_rows
from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.judged import Judged
from azext_safeguards.check.policies.policy import Path

Object = dict[str, Any]

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation that `kubectl apply` sets (k8s.io/kubectl/pkg/util/apply.go)."""

# What Go writes as six characters in the place of one is the most that a text grows by.
_SMALL = MOST_ANNOTATION_BYTES // 6 - 1000
_MOST_REQUEST_BYTES = 3 * 1024 * 1024
_MOST_DATA_BYTES = 1024 * 1024
# The API server tells errors of metadata in this order.
_BEFORE = ("metadata.name", "metadata.generateName", "metadata.namespace", "metadata.labels", "metadata.annotations")


class Measuring:
    """An engine for large files: as the other one, with sizes in mind.

    Other files hold no object that could be too large, and are not measured.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.objects = engine.objects
        self.unopened = engine.unopened
        self.named = engine.named

    def judge(self, document: Document, content: Object, at: Path, number: int, file: str) -> Judged | None:
        """See `Engine.judge`."""
        judged = self._engine.judge(document, content, at, number, file)
        refused = judged.refused if judged else []
        if document.is_shorter_than(_SMALL) or any(row[5] == "read" for row in refused) or not _is_sent(content):
            return judged
        who = self._engine.named(content)
        length = len(json.dumps(content, ensure_ascii=False, separators=(",", ":")))
        if length < _SMALL:
            return judged
        annotations = annotated(content, who[2]) if length <= _MOST_REQUEST_BYTES else {}
        if not annotations or _request_size(content, annotations) > _MOST_REQUEST_BYTES:
            return _refused(refused_rows(document, at, who, [_TOO_LARGE]))
        if any(row[5] == "decode" for row in refused):
            return judged
        rows = list(refused)
        size = bytes_of(annotations)
        if size > MOST_ANNOTATION_BYTES and not any(TOO_LONG in row[7] for row in rows):
            before = sum(row[7].startswith(_BEFORE) for row in rows)
            rows[before:before] = refused_rows(document, at, who, [_too_long(size)])
        size = _data_size(content)
        if size > _MOST_DATA_BYTES:
            # What a Secret of its type lacks is told last.
            after = sum(row[7].startswith("data[") and row[7].endswith(": Required value") for row in rows)
            before = len(rows) - after
            rows[before:before] = refused_rows(document, at, who, [_too_much(content["kind"], size)])
        return _refused(rows) if len(rows) > len(refused) else judged


def _is_sent(content: Object) -> bool:
    """Whether metadata are such that kubectl can add an annotation; files of tools have none."""
    metadata = content.get("metadata")
    if not isinstance(metadata, dict):
        return False
    annotations = metadata.get("annotations") or {}
    return isinstance(annotations, dict) and all(text is None or isinstance(text, str) for text in annotations.values())


def _refused(rows: list[tuple[Any, ...]]) -> Judged:
    return Judged(rows, [], None, None, False, 0, ())


def _too_long(size: int) -> Refusal:
    reason = (
        f"with the copy of the object that kubectl apply keeps there, the annotations have {size:,} bytes of at most "
        f"{MOST_ANNOTATION_BYTES:,}; kubectl apply --server-side keeps none"
    )
    return Refusal("validate", ("metadata", "annotations"), reason, 422, f"metadata.annotations: {TOO_LONG}")


_TOO_LARGE = Refusal(
    "decode",
    (),
    f"with the copy that kubectl apply adds, the object has more than {_MOST_REQUEST_BYTES:,} bytes",
    413,
    f"Request entity too large: limit is {_MOST_REQUEST_BYTES}",
)


def _too_much(kind: str, size: int) -> Refusal:
    reason = f"a {kind} holds at most {_MOST_DATA_BYTES:,} bytes; this one has {size:,}"
    told = "data" if kind == "Secret" else "[]"
    return Refusal(
        "validate", ("data",), reason, 422, f"{told}: Too long: may not be more than {_MOST_DATA_BYTES} bytes"
    )


def annotated(content: Object, namespace: str) -> dict[str, str]:
    """The annotations of an object as `kubectl apply` sends it for the first time.

    :param content: an object with apiVersion and kind, and metadata as they ought to be.
    :param namespace: where it goes, which kubectl writes into objects of kinds that have one.
    """
    # Nothing that is null is left out of the copy, though it is not sent.
    found = content["metadata"]
    metadata = {key: value for key, value in found.items() if key != "annotations"}
    annotations = {key: text or "" for key, text in (found.get("annotations") or {}).items() if key != LAST_APPLIED}
    if namespace and table().kind(content["apiVersion"], content["kind"]):
        metadata["namespace"] = namespace
    metadata["annotations"] = annotations
    return {**annotations, LAST_APPLIED: go_json({**content, "metadata": metadata}) + "\n"}


def _request_size(content: Object, annotations: dict[str, str]) -> int:
    return len(go_json({**as_sent(content), "": annotations}).encode("utf-8", "replace"))


def _data_size(content: Object) -> int:
    """How many bytes a ConfigMap or a Secret holds."""
    if content["apiVersion"] != "v1" or content["kind"] not in ("ConfigMap", "Secret"):
        return 0
    is_secret = content["kind"] == "Secret"
    plain = content.get("stringData" if is_secret else "data") or {}
    coded = content.get("data" if is_secret else "binaryData") or {}
    texts = [text for text in plain.values() if isinstance(text, str)]
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    for key, text in coded.items():
        if isinstance(text, str) and not (is_secret and key in plain):
            digits = len(text) - text.count("\n") - text.count("\r") - text.count("=")
            size += digits * 3 // 4
    return size


def go_json(value: Any) -> str:
    """A value as Go's encoding/json writes it, but for the order of keys."""
    text = json.dumps(_with_go_numbers(value), ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _with_go_numbers(value: Any) -> Any:
    """A value with numbers that Python's JSON writes as long as Go's does; their digits are no matter."""
    if isinstance(value, dict):
        return {key: _with_go_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_go_numbers(item) for item in value]
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63):
        return int("1" * len(go_number(value)))
    return value
