# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Ports of nodes, as an API server 1.34.4 answered `kubectl apply --dry-run=server`, which does not look at the range
that its cluster has for them."""

from __future__ import annotations

from typing import Any

import pytest

from azext_safeguards.check.judging.word_by_word import admit

_TAKEN = "Invalid value: 30000: provided port is already allocated"


def _port(number: int, node: int, protocol: str = "TCP") -> dict[str, Any]:
    return {"name": f"p{number}-{node}-{protocol.lower()}", "port": number, "nodePort": node, "protocol": protocol}


@pytest.mark.parametrize(
    ("ports", "told"),
    [
        ([_port(80, 30000), _port(81, 32767)], []),
        ([_port(80, 80)], []),
        ([_port(80, 29999)], []),
        ([_port(80, 70000)], []),
        ([_port(80, -1)], []),
        ([_port(80, 30000), _port(81, 30000)], [f"spec.ports[1].nodePort: {_TAKEN}"]),
        ([_port(80, 30000), _port(81, 30000, "UDP")], [f"spec.ports[1].nodePort: {_TAKEN}"]),
        ([_port(80, 30000), _port(80, 30000, "UDP")], []),
        ([_port(80, 30000), _port(80, 30001, "UDP")], []),
        ([_port(80, 0), _port(80, 30000, "UDP")], []),
    ],
)
@pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer"])
def test_ports_of_nodes(ports: list[dict[str, Any]], told: list[str], kind: str) -> None:
    spec = {"type": kind, "selector": {"a": "b"}, "ports": ports}
    document = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec}
    assert [one.cluster for one in admit(document, "default")[1]] == told
