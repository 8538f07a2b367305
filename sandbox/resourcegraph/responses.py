# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles Microsoft.ResourceGraph requests.

Shape: Azure/azure-rest-api-specs resourcegraph 2022-10-01 (QueryRequest, QueryResponse). At most 1,000 rows a page:
learn.microsoft.com, "Working with large Azure resource data sets".
"""

from __future__ import annotations

import base64
import json
from typing import Any

from sandbox.core.errors import InvalidResourceType
from sandbox.core.http import Response
from sandbox.core.routing import Call
from sandbox.resourcegraph.exceptions import InvalidOption
from sandbox.resourcegraph.models import ResourceGraph
from sandbox.resources.exceptions import MissingSubscriptionRegistration
from sandbox.resources.models import Providers

Json = dict[str, Any]
MAX_ROWS = 1000


def query(call: Call) -> Response:
    """Answer a query on some subscriptions, or on all."""
    if not call.the(ResourceGraph).enabled:
        raise InvalidResourceType("POST", call.request.path)
    body = call.request.json_object()
    known = call.state.subscriptions
    wanted = [str(name).lower() for name in body.get("subscriptions") or known]
    # How the service answers for a subscription that it does not know is not recorded: it has no rows here.
    asked = [known[name] for name in wanted if name in known]
    if asked and not any(view.the(Providers).is_registered("Microsoft.ResourceGraph") for view in asked):
        raise MissingSubscriptionRegistration("Microsoft.ResourceGraph")
    options = body.get("options") or {}
    text = str(body.get("query") or "")
    start, length = _start(options, text), _length(options)
    rows = call.the(ResourceGraph).rows(call.state, text, wanted)
    end = start + length
    answer: Json = {
        "totalRecords": len(rows),
        "count": len(rows[start:end]),
        "data": rows[start:end],
        "facets": [],
        "resultTruncated": "true" if end < len(rows) else "false",
    }
    if end < len(rows):
        answer["$skipToken"] = _token(end, text)
    return Response(200, answer)


def _length(options: Json) -> int:
    top = options.get("$top", MAX_ROWS)
    if not isinstance(top, int) or not 1 <= top <= MAX_ROWS:
        raise InvalidOption(f"The value of $top must be between 1 and {MAX_ROWS}, not {top!r}.")
    return top


def _token(start: int, text: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, text]).encode()).decode()


def _start(options: Json, text: str) -> int:
    token = options.get("$skipToken")
    if not token:
        return int(options.get("$skip") or 0)
    try:
        start, asked = json.loads(base64.urlsafe_b64decode(str(token)))
    except ValueError:
        start, asked = 0, None
    if asked != text:
        raise InvalidOption("The $skipToken is not one of this query.")
    return int(start)
