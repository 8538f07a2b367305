# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The front end: a proxy that ends TLS for the hosts that the sandbox plays and refuses all others."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

from sandbox.core.http import Request, Response
from sandbox.core.listening import Port
from sandbox.front.connection import Connection

Answer = Callable[[Request], "Response | None"]
"""Takes a request, returns its answer, or None to drop the connection."""

_TLS_HANDSHAKE = b"\x16"
# Where a machine in Azure finds its metadata and the tokens of its identity. This one is none, and a client that is not
# told so at once asks again and again: azure-identity takes a 403 with this word, which is what Docker Desktop's proxy
# answers (azure-sdk-for-python, azure/identity/_credentials/imds.py), for a no.
_LINK_LOCAL = "http://169.254."
_NO_METADATA = Response(
    403, {"error": {"code": "Unreachable", "message": "unreachable: the sandbox is no machine in Azure"}}
)


class Proxy:
    """Listens on a free port of 127.0.0.1, one thread for each connection."""

    def __init__(
        self,
        context: ssl.SSLContext,
        serves: Callable[[str], bool],
        answer: Answer,
        control: Answer,
        refused: Callable[[str, str], None],
    ) -> None:
        self._context = context
        self._serves = serves
        self._answer = answer
        self._control = control
        self._refused = refused
        self._port = Port("sandbox-proxy", self._serve)
        self.port = self._port.number

    def start(self) -> None:
        """Start to accept connections."""
        self._port.start()

    def stop(self) -> None:
        """Stop, and close what is open."""
        self._port.stop()

    def _serve(self, client: socket.socket) -> None:
        if client.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
            self._secure(client, f"localhost:{self.port}")
        else:
            self._plain(client)

    def _plain(self, client: socket.socket) -> None:
        """Take what arrives without TLS: CONNECT, the control endpoint, or what must be refused."""
        connection = Connection(client, "")
        request = connection.read()
        if request.method == "CONNECT":
            self._connect(client, connection, request.target)
        elif request.target.startswith("/control"):
            connection.write(self._control(request) or Response(404), request.method)
        elif request.target.startswith(_LINK_LOCAL):
            connection.write(_NO_METADATA, request.method)
        else:
            self._refused(request.target, request.method)
            connection.write(_refusal(f"{request.target}: the sandbox proxy takes no plain HTTP"), request.method)

    def _connect(self, client: socket.socket, connection: Connection, target: str) -> None:
        host, _, port = target.rpartition(":")
        local = host.lower() in ("localhost", "127.0.0.1")
        if not self._serves(host) or port != (str(self.port) if local else "443"):
            self._refused(target, "CONNECT")
            connection.write(_refusal(f"{target}: the sandbox does not serve this host"), "CONNECT")
            return
        client.sendall(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        self._secure(client, target if local else host)

    def _secure(self, client: socket.socket, host: str) -> None:
        with self._context.wrap_socket(client, server_side=True) as secure:
            connection = Connection(secure, host)
            while True:
                request = connection.read()
                response = self._answer(request)
                if response is None:
                    return
                connection.write(response, request.method)
                if not connection.next():
                    return


def _refusal(text: str) -> Response:
    return Response(502, {"error": {"code": "HostNotServed", "message": text}})
