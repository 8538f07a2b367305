# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The kubeconfig that leads to a cluster's API server."""

from __future__ import annotations

import base64
import json
from typing import Any

Json = dict[str, Any]


def kubeconfig(cluster: Json, address: str, authority: bytes, token: str, admin: bool) -> str:
    """Return a kubeconfig with the names that AKS gives (azure-cli, acs/custom.py, reads the user's prefix)."""
    name = str(cluster["name"])
    group = str(cluster["id"]).split("/")[4]
    user = f"cluster{'Admin' if admin else 'User'}_{group}_{name}"
    body = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": name,
                "cluster": {
                    "certificate-authority-data": base64.b64encode(authority).decode(),
                    "server": address,
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        "current-context": name,
        "preferences": {},
        "users": [{"name": user, "user": {"token": token}}],
    }
    # JSON is YAML.
    return json.dumps(body, indent=1)
