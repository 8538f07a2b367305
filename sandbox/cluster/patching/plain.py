# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""JSON merge patches (RFC 7396) and JSON patches (RFC 6902)."""

from __future__ import annotations

from typing import Any

import jsonpatch
import jsonpointer

from sandbox.cluster.core.failures import Failure, bad_request

Json = dict[str, Any]
#: The limit of kube-apiserver (endpoints/handlers/patch.go).
_MOST_OPERATIONS = 10_000


def merge(value: Any, patch: Any) -> Any:
    """Return a value with a merge patch applied; what does not change is shared."""
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for name, inner in patch.items():
        if inner is None:
            result.pop(name, None)
        else:
            result[name] = merge(result.get(name), inner)
    return result


def json_patch(item: Json, operations: Any) -> Json:
    """Return an object with the operations of a JSON patch applied. Raises Failure."""
    if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
        raise bad_request("error decoding patch: it is no list of operations")
    if len(operations) > _MOST_OPERATIONS:
        text = f"The allowed maximum operations in a JSON patch is {_MOST_OPERATIONS}, got {len(operations)}"
        raise Failure(413, "RequestEntityTooLarge", text)
    try:
        result = jsonpatch.apply_patch(item, operations)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, KeyError) as error:
        # The server does not say what is wrong (apimachinery, NewGenericServerResponse).
        text = "the server rejected our request due to an error in our request"
        raise Failure(422, "Invalid", text) from error
    if not isinstance(result, dict):
        raise bad_request("error decoding patch: the result is no object")
    return result
