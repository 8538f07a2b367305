# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One TLS port of 127.0.0.1 for one cluster: a thread for each connection."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import h11

from sandbox.cluster.apiserver import Answer
from sandbox.cluster.core.request import LARGEST_BODY, Request
from sandbox.core.listening import Port, read_request, send

_LONGEST_WAIT = 600.0


class Listener:
    """Takes connections and has their requests answered."""

    def __init__(self, context: ssl.SSLContext, answer: Callable[[Request], Answer]) -> None:
        self._context = context
        self._answer = answer
        self._port = Port("sandbox-cluster", self._serve)
        self.port = self._port.number
        self._port.start()

    def stop(self) -> None:
        """Take no more, and close what is open."""
        self._port.stop()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(_LONGEST_WAIT)
        with self._context.wrap_socket(client, server_side=True) as secure:
            exchange = _Exchange(secure)
            while exchange.serve(self._answer):
                pass


class _Exchange:
    """Requests and answers on one connection."""

    def __init__(self, stream: ssl.SSLSocket) -> None:
        self._stream = stream
        self._h11 = h11.Connection(h11.SERVER)

    def serve(self, answer: Callable[[Request], Answer]) -> bool:
        """Answer the next request; False when there can be no other one. Raises OSError, Closed, h11.ProtocolError."""
        head, body = read_request(self._h11, self._stream, LARGEST_BODY)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
        request = Request(head.method.decode(), head.target.decode("latin-1"), headers, body)
        self._write(answer(request), request.method)
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()
            return True
        return False

    def _write(self, answer: Answer, method: str) -> None:
        headers = [*answer.headers]
        if answer.stream is None:
            headers.append(("Content-Length", str(len(answer.body))))
            data = self._h11.send(h11.Response(status_code=answer.status, headers=_encoded(headers))) or b""
            if answer.body and method != "HEAD":
                data += self._h11.send(h11.Data(data=answer.body)) or b""
            data += self._h11.send(h11.EndOfMessage()) or b""
            self._stream.sendall(data)
            return
        headers.append(("Transfer-Encoding", "chunked"))
        send(self._h11, self._stream, h11.Response(status_code=answer.status, headers=_encoded(headers)))
        for piece in answer.stream:
            send(self._h11, self._stream, h11.Data(data=piece))
        send(self._h11, self._stream, h11.EndOfMessage())


def _encoded(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as bytes: a warning may hold what a manifest does, in any script, but no control characters."""
    return [(name.encode(), "".join(c if c >= " " and c != "\x7f" else " " for c in value).encode("utf-8", "replace"))
            for name, value in headers]  # fmt: skip
