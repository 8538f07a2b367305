# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The list of requests that the sandbox has seen."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, overload

from sandbox.core.http import Request

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-ms-authorization-auxiliary"})
_SECRET_FIELDS = frozenset({"client_secret", "client_assertion", "password", "refresh_token", "code"})


@dataclass
class Record:
    """One request and the status it got; ``status`` is None when the connection was dropped."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    body: Any
    status: int | None
    headers: dict[str, str]
    started: float = 0.0
    """Monotonic seconds: compare with those of other records only, to see what ran at the same time."""
    finished: float = 0.0
    response: Any = None
    """The JSON that was sent back; None when there was none or it held a token."""


class Journal(Sequence[Record]):
    """A list of records in the order in which the requests arrived, optionally written to a file as well."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._lock = threading.Lock()
        self._file: Path | None = None

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._records))

    def write_to(self, path: Path) -> None:
        """Append every finished record to ``path``, one JSON document a line."""
        self._file = path
        path.write_text("")

    def open(self, request: Request, started: float) -> Record:
        """Add the record of a request that has just arrived."""
        record = Record(
            request.method, request.host, request.path, request.query, _body(request), None, _headers(request), started
        )
        with self._lock:
            self._records.append(record)
        return record

    def close(self, record: Record, status: int | None, finished: float, response: Any = None) -> None:
        """Note how the request ended."""
        secret = isinstance(response, dict) and "access_token" in response
        record.status, record.finished, record.response = status, finished, None if secret else response
        if self._file is not None:
            with self._lock, self._file.open("a") as stream:
                stream.write(json.dumps(asdict(record)) + "\n")

    def clear(self) -> None:
        """Forget all records."""
        with self._lock:
            self._records.clear()

    def matching(self, method: str = "", path: str = "") -> list[Record]:
        """Return the records of one method (empty: any) whose path contains ``path``, whatever its case."""
        return [r for r in self if r.method == (method.upper() or r.method) and path.lower() in r.path.lower()]


def _headers(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name not in _SECRET_HEADERS}


def _body(request: Request) -> Any:
    if not request.body:
        return None
    if "x-www-form-urlencoded" in request.headers.get("content-type", ""):
        return {name: "***" if name in _SECRET_FIELDS else value for name, value in request.form().items()}
    try:
        return json.loads(request.body)
    except ValueError:
        return request.body.decode("utf-8", "replace")
