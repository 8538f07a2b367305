# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The client side of the control endpoint."""

from __future__ import annotations

import http.client
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.control import ADDRESS_VARIABLE, TOKEN_HEADER, TOKEN_VARIABLE
from sandbox.policyinsights.workloads import texts

_TIMEOUT = 30


class NoSandbox(Exception):
    """There is no sandbox to steer."""


def fault(text: str, clear: bool) -> int:
    """Clear all faults if asked to, add one if there is one, and return an exit code. Raises NoSandbox."""
    code = 0
    if clear:
        code = _show(*_send("DELETE", "fault", None))
    if text and code == 0:
        code = _show(*_send("POST", "fault", {"fault": text}))
    if not text and not clear:
        print("python -m sandbox: give a fault, or --clear", file=sys.stderr)
        return 2
    return code


def state(changes: dict[str, Any]) -> int:
    """Make the changes, print the state and return an exit code. Raises NoSandbox."""
    return _show(*(_send("POST", "state", changes) if changes else _send("GET", "state", None)))


def load(cluster: str, files: Sequence[str], clear: bool) -> int:
    """Put manifests on a cluster, print how many objects came of them and return an exit code. Raises NoSandbox."""
    try:
        found = [
            item for name in files for item in ([("-", sys.stdin.buffer.read())] if name == "-" else texts(Path(name)))
        ]
        sent = [{"name": name, "text": content.decode("utf-8-sig")} for name, content in found]
    except (OSError, UnicodeDecodeError) as error:
        print(f"python -m sandbox: {error}", file=sys.stderr)
        return 2
    return _show(*_send("POST", "manifests", {"cluster": cluster, "files": sent, "clear": clear}))


def _send(method: str, name: str, body: dict[str, Any] | None) -> tuple[int, Any]:
    address = urlsplit(os.environ.get(ADDRESS_VARIABLE, ""))
    if not address.hostname:
        raise NoSandbox(f"{ADDRESS_VARIABLE} is not set: use this inside `python -m sandbox run` or `shell`")
    # http.client knows no proxies: the variables that lead az through the sandbox do not concern it.
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=_TIMEOUT)
    headers = {TOKEN_HEADER: os.environ.get(TOKEN_VARIABLE, ""), "Content-Type": "application/json"}
    try:
        payload = None if body is None else json.dumps(body)
        connection.request(method, f"{address.path}/{name}", payload, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except OSError as error:
        raise NoSandbox(f"the sandbox at {address.netloc} does not answer: {error}") from error
    finally:
        connection.close()


def _show(status: int, body: Any) -> int:
    if status == 200:
        print(json.dumps(body, indent=2))
        return 0
    print(f"python -m sandbox: {body['error']['message']}", file=sys.stderr)
    return 2 if status == 400 else 1
