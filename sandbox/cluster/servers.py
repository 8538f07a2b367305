# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The API servers of all clusters: each is made, and begins to listen, when somebody asks for it."""

from __future__ import annotations

import secrets
import ssl
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sandbox.cluster.kubeconfig import kubeconfig
from sandbox.cluster.world import World
from sandbox.core.ids import fold

if TYPE_CHECKING:
    from sandbox.cluster.apiserver import Answer, ApiServer
    from sandbox.cluster.core.request import Request
    from sandbox.cluster.listener import Listener

Json = dict[str, Any]


class ApiServers:
    """The API servers by cluster. Nothing is shared between two of them but the certificate."""

    def __init__(self, outside: Callable[[str], World], lock: threading.RLock) -> None:
        """``lock`` is the one of the world outside: two could be taken in two orders."""
        self._outside = outside
        self.crashes: list[str] = []
        """Tracebacks of bugs in the servers; the clients got a 500."""
        self.note: Callable[[str, Request, Answer], None] | None = None
        """Told of each request that was answered, with the name of the cluster."""
        self._servers: dict[str, ApiServer] = {}
        self._listeners: dict[str, Listener] = {}
        self._context: ssl.SSLContext | None = None
        self._authority = b""
        self._lock = lock

    def listen_with(self, context: ssl.SSLContext, authority: bytes) -> None:
        """Let servers listen from now on, with a certificate that an authority (PEM) has issued for 127.0.0.1."""
        self._context, self._authority = context, authority

    def known(self, cluster_id: str) -> ApiServer | None:
        """Return the server of a cluster, None of one that nobody has asked for."""
        return self._servers.get(fold(cluster_id))

    def of(self, cluster_id: str) -> ApiServer:
        """Return the server of a cluster."""
        key = fold(cluster_id)
        with self._lock:
            if key not in self._servers:
                # Only here: the checker and the types of Kubernetes are not needed to steer a sandbox from inside.
                from sandbox.cluster.apiserver import ApiServer
                from sandbox.cluster.state import State

                token = secrets.token_urlsafe(32)
                self._servers[key] = ApiServer(State(self._outside(cluster_id)), token, self.crashes)
            return self._servers[key]

    def kubeconfig(self, cluster: Json, admin: bool = False) -> str:
        """Return the kubeconfig that leads to a cluster. Outside a running sandbox it leads nowhere."""
        server = self.of(cluster["id"])
        address = f"https://{cluster['properties']['fqdn']}:443"
        with self._lock:
            if self._context is not None:
                key = fold(cluster["id"])
                if key not in self._listeners:
                    from sandbox.cluster.listener import Listener

                    self._listeners[key] = Listener(self._context, partial(self._answer, server, str(cluster["name"])))
                address = f"https://127.0.0.1:{self._listeners[key].port}"
        return kubeconfig(cluster, address, self._authority, server.token, admin)

    def _answer(self, server: ApiServer, name: str, request: Request) -> Answer:
        answer = server.answer(request)
        if self.note is not None:
            self.note(name, request, answer)
        return answer

    def applied(self, cluster_id: str) -> dict[tuple[str, str, str, str], Json]:
        """Return what was applied to a cluster, by (group, kind, namespace, name)."""
        server = self.known(cluster_id)
        return {} if server is None else server.state.applied()

    def seed(self, cluster_id: str, item: Json) -> bool:
        """Put an object on a cluster without asking any policy; False when the server would not take it."""
        from sandbox.cluster.seeding import Seeding

        return Seeding(self.of(cluster_id).state).put(item)

    def clear(self, cluster_id: str) -> None:
        """Remove all that was applied to a cluster."""
        server = self.known(cluster_id)
        if server is not None:
            from sandbox.cluster.seeding import Seeding

            Seeding(server.state).clear()

    def remove(self, cluster_id: str) -> None:
        """Forget a cluster that was deleted, and close its port."""
        with self._lock:
            server = self._servers.pop(fold(cluster_id), None)
            listener = self._listeners.pop(fold(cluster_id), None)
        if server is not None:
            server.state.store.close()
        if listener is not None:
            listener.stop()

    def stop(self) -> None:
        """Forget all clusters."""
        for key in list(self._servers):
            self.remove(key)
