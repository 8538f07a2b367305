# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What an API server refuses: errors that are answered as a Status object.

Texts, reasons and codes as a kube-apiserver 1.34 prints them through kubectl (recorded), and where kubectl never shows
one, as in apimachinery, pkg/api/errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.cluster.core.kinds import Kind

Json = dict[str, Any]


class Failure(Exception):
    """An answer with an error status."""

    def __init__(self, code: int, reason: str, message: str, details: Json | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}
        self.warnings: list[str] = []

    def status(self) -> Json:
        """Return the Status object."""
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            **({"details": self.details} if self.details else {}),
            "code": self.code,
        }


def bad_request(message: str) -> Failure:
    """Return the failure of a request that makes no sense."""
    return Failure(400, "BadRequest", message)


def unauthorized() -> Failure:
    """Return the failure of a request without a token of this cluster."""
    return Failure(401, "Unauthorized", "Unauthorized")


def no_such_path() -> Failure:
    """Return the failure of a path that is no resource of the cluster."""
    return Failure(404, "NotFound", "the server could not find the requested resource")


def not_allowed() -> Failure:
    """Return the failure of a method that a path does not have."""
    return Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def not_acceptable() -> Failure:
    """Return the failure of a request that accepts nothing this server can send."""
    text = "only the following media types are accepted: application/json"
    return Failure(406, "NotAcceptable", text)


def unsupported(kinds: Sequence[str]) -> Failure:
    """Return the failure of a body in a format that is not taken here."""
    text = "the body of the request was in an unknown format - accepted media types include: " + ", ".join(kinds)
    return Failure(415, "UnsupportedMediaType", text)


def too_large() -> Failure:
    """Return the failure of a body over the limit."""
    text = "Request entity too large: limit is 3145728"
    return Failure(413, "RequestEntityTooLarge", text)


def not_found(kind: Kind, name: str) -> Failure:
    """Return the failure of an object that is not there."""
    return Failure(404, "NotFound", f'{kind.qualified} "{name}" not found', _details(kind, name))


def already_exists(kind: Kind, name: str) -> Failure:
    """Return the failure of creating what is there."""
    return Failure(409, "AlreadyExists", f'{kind.qualified} "{name}" already exists', _details(kind, name))


def conflict(kind: Kind, name: str, reason: str = "") -> Failure:
    """Return the failure of a write that is based on an older version."""
    why = reason or "the object has been modified; please apply your changes to the latest version and try again"
    text = f'Operation cannot be fulfilled on {kind.qualified} "{name}": {why}'
    return Failure(409, "Conflict", text, _details(kind, name))


def invalid(kind: Kind, name: str, errors: Sequence[str]) -> Failure:
    """Return the failure of an object whose fields do not hold what they must."""
    shown = errors[0] if len(errors) == 1 else "[" + ", ".join(errors) + "]"
    qualified = kind.kind + (f".{kind.group}" if kind.group else "")
    causes = [{"reason": "FieldValueInvalid", "message": text.partition(": ")[2], "field": text.partition(": ")[0]}
              for text in errors]  # fmt: skip
    details = {"name": name, **({"group": kind.group} if kind.group else {}), "kind": kind.kind, "causes": causes}
    return Failure(422, "Invalid", f'{qualified} "{name}" is invalid: {shown}', details)


def forbidden(kind: Kind, name: str, reason: str) -> Failure:
    """Return the failure of what an admission plugin of the server itself does not allow."""
    return Failure(403, "Forbidden", f'{kind.qualified} "{name}" is forbidden: {reason}', _details(kind, name))


def denied(texts: Sequence[str]) -> Failure:
    """Return the failure of an object that policies deny: one answer with all texts (recorded)."""
    text = 'admission webhook "validation.gatekeeper.sh" denied the request: ' + "\n".join(texts)
    return Failure(403, "Forbidden", text)


def _details(kind: Kind, name: str) -> Json:
    return {"name": name, **({"group": kind.group} if kind.group else {}), "kind": kind.plural}
