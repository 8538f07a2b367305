# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One run of az in a process of its own, with its requests recorded to a cassette or replayed from one.

    python cassette_az.py record|replay|live CASSETTE -- AZ ARGUMENTS

Prints a JSON object: exit code, what az printed, the number of requests, and what of the cassette was left over.
`live` sends without a cassette, to prepare what a recording starts from. Configuration and extensions come from
the environment (AZURE_CONFIG_DIR, AZURE_EXTENSION_DIR), the bearer token for a recording from SAFEGUARDS_TOKEN.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

SUBSCRIPTION = "5a4dbc00-1111-4000-8000-000000000000"
MATCH_ON = ("method", "scheme", "host", "path", "query", "body")
LEFT_OUT = ("authorization", "x-ms-client-request-id", "user-agent", "cookie")
ANSWER_HEADERS = {"content-type", "azure-asyncoperation", "location", "retry-after"}


def main(mode: str, cassette: Path, argv: list[str]) -> dict[str, Any]:
    import vcr

    def answer(response: Any) -> Any:
        headers = response["headers"]
        response["headers"] = {name: headers[name] for name in sorted(headers) if name.lower() in ANSWER_HEADERS}
        return response

    sign_in(os.environ.get("SAFEGUARDS_TOKEN", "replayed"))
    asked = one_at_a_time()
    if mode == "replay":
        cut_off()
    recorder = vcr.VCR(
        match_on=MATCH_ON,
        record_mode="all" if mode == "record" else "none",
        filter_headers=LEFT_OUT,
        before_record_response=answer,
        decode_compressed_response=True,
    )
    with contextlib.ExitStack() as stack:
        tape = None if mode == "live" else stack.enter_context(recorder.use_cassette(str(cassette)))
        errors = stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        code, out = run(argv)
        left_over = [
            f"{request.method} {request.path}"
            for number, request in enumerate(tape.requests if tape and mode == "replay" else ())
            if not tape.play_counts[number]
        ]
    return {"code": code, "out": out, "err": errors.getvalue(), "asked": len(asked), "left_over": left_over}


def run(argv: list[str]) -> tuple[int, str]:
    """az itself, as its own entry point runs it."""
    from azure.cli.core import get_default_cli

    cli, out = get_default_cli(), io.StringIO()
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    try:
        code = cli.invoke(argv, out_file=out)
    except SystemExit as end:
        code = end.code
    return int(code or 0), out.getvalue()


def sign_in(token: str) -> None:
    """Gives az an account and a token without a sign-in."""
    from azure.cli.core._profile import Profile
    from azure.cli.core.auth.identity import Identity

    account = {
        "id": SUBSCRIPTION,
        "name": "Sandbox",
        "state": "Enabled",
        "user": {"name": "somebody@example.com", "type": "user"},
        "isDefault": True,
        "tenantId": "5a4dbc00-0000-4000-8000-00000000000a",
        "environmentName": "AzureCloud",
    }

    class Credential:
        def acquire_token(self, *_: Any, **__: Any) -> dict[str, Any]:
            return {"access_token": token, "expires_in": 3600}

    Profile.load_cached_subscriptions = lambda *_, **__: [dict(account)]
    Identity.get_user_credential = lambda *_, **__: Credential()


def one_at_a_time() -> list[str]:
    """Sends concurrent requests one after the other: the recorder swaps az's HTTP classes without regard to threads.

    :returns: the addresses that are asked, as they come.
    """
    from azure.core.pipeline.transport import RequestsTransport

    lock, send, asked = threading.RLock(), RequestsTransport.send, list[str]()

    def locked(self: Any, request: Any, **options: Any) -> Any:
        with lock:
            asked.append(request.url)
            return send(self, request, **options)

    RequestsTransport.send = locked
    return asked


def cut_off() -> None:
    """Takes network and waiting away."""

    def refuse(*_: Any) -> None:
        raise OSError("a replay has no network")

    socket.socket.connect = refuse
    socket.getaddrinfo = refuse
    time.sleep = lambda _: None


if __name__ == "__main__":
    dashes = sys.argv.index("--")
    outcome = main(sys.argv[1], Path(sys.argv[2]), sys.argv[dashes + 1 :])
    print(json.dumps(outcome))
