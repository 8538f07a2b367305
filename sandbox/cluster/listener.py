# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One TLS port of 127.0.0.1 for one cluster: a thread for each connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

import h11

from sandbox.cluster.apiserver import Answer
from sandbox.cluster.core.request import LARGEST_BODY, Request

_CHUNK = 65_536
_LONGEST_WAIT = 600.0


class Listener:
    """Takes connections and has their requests answered."""

    def __init__(self, context: ssl.SSLContext, answer: Callable[[Request], Answer]) -> None:
        self._context = context
        self._answer = answer
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, name="sandbox-cluster", daemon=True).start()

    def stop(self) -> None:
        """Take no more, and close what is open."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._lock:
            left = list(self._open)
        for client in left:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            self._open.add(client)
        try:
            client.settimeout(_LONGEST_WAIT)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._context.wrap_socket(client, server_side=True) as secure:
                exchange = _Exchange(secure)
                while exchange.serve(self._answer):
                    pass
        except (OSError, h11.ProtocolError):
            pass  # The client went away or spoke no HTTP: nobody is left to tell.
        finally:
            with self._lock:
                self._open.discard(client)
            client.close()


class _Exchange:
    """Requests and answers on one connection."""

    def __init__(self, stream: ssl.SSLSocket) -> None:
        self._stream = stream
        self._h11 = h11.Connection(h11.SERVER)

    def serve(self, answer: Callable[[Request], Answer]) -> bool:
        """Answer the next request; False when there can be no other one. Raises OSError, h11.ProtocolError."""
        request = self._read()
        if request is None:
            return False
        self._write(answer(request), request.method)
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()
            return True
        return False

    def _read(self) -> Request | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._h11.next_event()
            if event is h11.NEED_DATA:
                if self._h11.they_are_waiting_for_100_continue:
                    self._send(h11.InformationalResponse(status_code=100, headers=[]))
                self._h11.receive_data(self._stream.recv(_CHUNK))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > LARGEST_BODY:
                    # The rest stays unread: the connection ends with the answer.
                    break
            elif isinstance(event, h11.EndOfMessage):
                break
            else:
                return None
        if head is None:
            return None
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
        return Request(head.method.decode(), head.target.decode("latin-1"), headers, bytes(body))

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
        self._send(h11.Response(status_code=answer.status, headers=_encoded(headers)))
        for piece in answer.stream:
            self._send(h11.Data(data=piece))
        self._send(h11.EndOfMessage())

    def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        if data:
            self._stream.sendall(data)


def _encoded(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as bytes: a warning may hold what a manifest does, in any script, but no control characters."""
    return [(name.encode(), "".join(c if c >= " " and c != "\x7f" else " " for c in value).encode("utf-8", "replace"))
            for name, value in headers]  # fmt: skip
