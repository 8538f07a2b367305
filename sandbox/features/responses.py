# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Handles Microsoft.Features requests."""

from __future__ import annotations

from sandbox.core.http import Response
from sandbox.core.routing import Call
from sandbox.features.models import Features


def get_feature(call: Call) -> Response:
    """Show a feature."""
    return Response(200, call.the(Features).read(call.path["namespace"], call.path["feature"]))


def register_feature(call: Call) -> Response:
    """Start a registration."""
    return Response(200, call.the(Features).register(call.path["namespace"], call.path["feature"]))


def unregister_feature(call: Call) -> Response:
    """Start taking a registration back."""
    return Response(200, call.the(Features).unregister(call.path["namespace"], call.path["feature"]))


def list_features(call: Call) -> Response:
    """List the features of one namespace, or all."""
    return Response(200, {"value": call.the(Features).all(call.path.get("namespace"))})
