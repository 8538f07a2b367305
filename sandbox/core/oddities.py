# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Answers that are none, by name: what proxies, guest networks and broken services send in place of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.http import Response

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_PAGE = b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>"
_DEPTH = 5000
_REFUSED = b'{"error": {"code": "Forbidden", "message": "No entry."}}'


@dataclass
class Raw(Response):
    """An answer whose bytes are given."""

    content: bytes = b""

    def payload(self) -> bytes:
        """Return the bytes as they are."""
        return self.content


ODDITIES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "accepted": (202, {}, b""),
    "array": (200, _JSON, b"[]"),
    "bom": (200, _JSON, b"\xef\xbb\xbf{}"),
    "cut": (200, _JSON, b'{"properties": {"state": '),
    "deep": (200, _JSON, b"[" * _DEPTH + b"]" * _DEPTH),
    "deep-object": (200, _JSON, b'{"properties":' * _DEPTH + b"1" + b"}" * _DEPTH),
    "empty": (200, _JSON, b""),
    "error-that-is-ok": (200, _JSON, _REFUSED),
    "error-without-code": (404, _JSON, b'{"error": "nothing here"}'),
    "forbidden-page": (403, {"Content-Type": "text/html"}, _PAGE),
    "gone": (410, {"Content-Type": "text/html"}, _PAGE),
    "latin": (200, _JSON, '{"name": "M\xfcnchen"}'.encode("latin-1")),
    "no-content": (204, {}, b""),
    "no-number": (200, _JSON, b'{"properties": {"n": NaN}}'),
    "not-modified": (304, {}, b""),
    "null": (200, _JSON, b"null"),
    "object": (200, _JSON, b"{}"),
    "page": (200, {"Content-Type": "text/html; charset=utf-8"}, _PAGE),
    "page-as-json": (200, _JSON, _PAGE),
    "page-not-found": (404, {"Content-Type": "text/html"}, _PAGE),
    "partial": (206, _JSON, b'{"value": []}'),
    "proxy": (407, {"Content-Type": "text/html"}, _PAGE),
    "redirect": (302, {"Location": "https://login.guest.example/sign-in?token=guest-token-4711"}, b""),
    "redirect-nowhere": (307, {}, b""),
    "see-other": (303, {"Location": "https://login.guest.example/?token=guest-token-4711"}, b""),
    "surrogate": (200, _JSON, b'{"name": "\\ud800"}'),
    "text": (200, _JSON, b'"x"'),
    "wrong-types": (200, _JSON, b'{"id": 1, "value": {"a": 1}, "properties": [1], "registrationState": {}, "data": 3}'),
}


def odd_answer(name: str) -> Raw:
    """Return an answer that is none; KeyError for a name that is not known."""
    status, headers, content = ODDITIES[name]
    return Raw(status, None, dict(headers), content)
