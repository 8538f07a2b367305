# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Lists in pages."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.core.http import Request, Response


class Paging:
    """How long the pages of lists are."""

    def __init__(self) -> None:
        self.size: int | None = None
        """Elements in a page of a list; None for no paging."""

    def answer(self, request: Request, items: list[Any], default: int | None = None) -> Response:
        """Answer a list, in pages when a page size is set, or else in pages of ``default``.

        A nextLink is not recorded for these lists: the usual shape, with $skiptoken, on the host of the request.
        """
        start = _offset(request.query.get("$skiptoken", ""))
        size = self.size or default
        end = start + size if size else len(items)
        body: dict[str, Any] = {"value": items[start:end]}
        if end < len(items):
            token = base64.urlsafe_b64encode(str(end).encode()).decode()
            query = {k: v for k, v in request.query.items() if k != "$skiptoken"} | {"$skiptoken": token}
            path = quote(request.path)
            body["nextLink"] = f"https://{request.host}{path}?{urlencode(query, safe='$')}"
        return Response(200, body)


def _offset(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token)) if token else 0
    except ValueError:
        return 0
