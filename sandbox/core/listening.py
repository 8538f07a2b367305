# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Sockets of 127.0.0.1 with a thread for each connection, and requests as they come in on one."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

import h11

_CHUNK = 65_536


class Closed(Exception):
    """The client closed the connection."""


class Port:
    """A free port of 127.0.0.1."""

    def __init__(self, name: str, serve: Callable[[socket.socket], None]) -> None:
        """
        :param name: of the thread that takes connections.
        :param serve: does all that one connection is there for; it may raise OSError, Closed and h11.ProtocolError.
        """
        self._serve = serve
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.number: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name=name, daemon=True)

    def start(self) -> None:
        """Start to take connections."""
        self._thread.start()

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
        self._thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def _one(self, client: socket.socket) -> None:
        with self._lock:
            self._open.add(client)
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve(client)
        except (OSError, Closed, h11.ProtocolError):
            pass  # The client went away or spoke no HTTP: nobody is left to tell.
        finally:
            with self._lock:
                self._open.discard(client)
            client.close()


def read_request(
    connection: h11.Connection, stream: socket.socket, largest: int | None = None
) -> tuple[h11.Request, bytes]:
    """Return the head and the body of the next request. Raises Closed, OSError, h11.ProtocolError.

    :param largest: bytes of a body after which no more is read: whoever answers sees that it is too large, and the
        connection ends with the answer.
    """
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                send(connection, stream, h11.InformationalResponse(status_code=100, headers=[]))
            connection.receive_data(stream.recv(_CHUNK))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if largest is not None and len(body) > largest:
                break
        elif isinstance(event, h11.EndOfMessage):
            break
        else:
            raise Closed
    if head is None:
        raise Closed
    return head, bytes(body)


def send(connection: h11.Connection, stream: socket.socket, event: h11.Event) -> None:
    """Send one part of an answer. Raises OSError, h11.ProtocolError."""
    data = connection.send(event)
    if data:
        stream.sendall(data)
