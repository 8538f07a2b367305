# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""HTTP/1.1 on one socket."""

from __future__ import annotations

import socket

import h11

from sandbox.core.http import Request, Response
from sandbox.core.listening import read_request, send

_NO_BODY = (204, 304)


class Connection:
    """Reads requests from a socket and writes their answers."""

    def __init__(self, stream: socket.socket, host: str) -> None:
        self._stream = stream
        self._host = host
        self._h11 = h11.Connection(h11.SERVER)

    def read(self) -> Request:
        """Return the next request. Raises Closed, OSError, h11.ProtocolError."""
        head, body = read_request(self._h11, self._stream)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
        method, target = head.method.decode(), head.target.decode("latin-1")
        return Request(method, self._host or headers.get("host", ""), target, headers, body)

    def write(self, response: Response, method: str) -> None:
        """Send an answer."""
        payload = b"" if method == "HEAD" else response.payload()
        headers = {"Content-Type": "application/json; charset=utf-8"} if response.body is not None else {}
        headers.update(response.headers)
        if response.status not in _NO_BODY:
            headers["Content-Length"] = str(len(response.payload()))
        send(self._h11, self._stream, h11.Response(status_code=response.status, headers=list(headers.items())))
        if payload and response.status not in _NO_BODY:
            send(self._h11, self._stream, h11.Data(data=payload))
        send(self._h11, self._stream, h11.EndOfMessage())

    def next(self) -> bool:
        """Get ready for another request on the same connection; False when there can be none."""
        if self._h11.our_state is h11.MUST_CLOSE or self._h11.their_state is h11.MUST_CLOSE:
            return False
        self._h11.start_next_cycle()
        return True
