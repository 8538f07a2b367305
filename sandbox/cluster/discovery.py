# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a client asks first: the version, the groups, and what kinds there are, plain and aggregated."""

from __future__ import annotations

from typing import Any

from sandbox.cluster.core.kinds import Kind, Kinds
from sandbox.cluster.core.request import Request

Json = dict[str, Any]
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def version(kubernetes: str) -> Json:
    """Return what /version says."""
    major, minor, _ = kubernetes.split(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": f"v{kubernetes}",
        "gitCommit": "0" * 40,
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "none",
        "compiler": "none",
        "platform": "sandbox",
    }


def wants_aggregated(request: Request) -> bool:
    """Tell whether a client takes all groups in one answer."""
    return any(one.get("as") == "APIGroupDiscoveryList" and one.get("v") == "v2" for one in request.accepts())


def aggregated(kinds: Kinds, core: bool) -> Json:
    """Return all groups with all their kinds: those of /api or those of /apis."""
    items = []
    for group, versions in kinds.groups().items():
        if (group == "") == core:
            listed = [
                {"version": name, "freshness": "Current", "resources": _discovered(kinds, group, name)}
                for name in versions
            ]
            items.append({"metadata": {"name": group, "creationTimestamp": None}, "versions": listed})
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }


def core_versions() -> Json:
    """Return what /api says plainly."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def groups(kinds: Kinds) -> Json:
    """Return what /apis says plainly."""
    return {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [_group(name, versions) for name, versions in kinds.groups().items() if name],
    }


def group(kinds: Kinds, name: str) -> Json | None:
    """Return what /apis/GROUP says, None where there is no such group."""
    versions = kinds.groups().get(name) if name else None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)} if versions else None


def resources(kinds: Kinds, group_name: str, version_name: str) -> Json | None:
    """Return what /api/v1 and /apis/GROUP/VERSION say, None where there is no such version."""
    found = [kind for kind in kinds if (kind.group, kind.version) == (group_name, version_name)]
    if not found:
        return None
    listed = []
    for kind in found:
        listed.append(
            {
                "name": kind.plural,
                "singularName": kind.kind.lower(),
                "namespaced": kind.namespaced,
                "kind": kind.kind,
                "verbs": list(kind.verbs),
                **({"shortNames": list(kind.short_names)} if kind.short_names else {}),
                **({"categories": list(kind.categories)} if kind.categories else {}),
            }
        )
        for name in kind.subresources:
            scale = {"group": "autoscaling", "version": "v1"} if name == "scale" else {}
            listed.append(
                {
                    "name": f"{kind.plural}/{name}",
                    "singularName": "",
                    "namespaced": kind.namespaced,
                    **scale,
                    "kind": "Scale" if name == "scale" else kind.kind,
                    "verbs": ["get", "patch", "update"],
                }
            )
    where = f"{group_name}/{version_name}" if group_name else version_name
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": where, "resources": listed}


def _group(name: str, versions: list[str]) -> Json:
    listed = [{"groupVersion": f"{name}/{one}", "version": one} for one in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _discovered(kinds: Kinds, group_name: str, version_name: str) -> list[Json]:
    found = [kind for kind in kinds if (kind.group, kind.version) == (group_name, version_name)]
    return [_resource(kind) for kind in found]


def _resource(kind: Kind) -> Json:
    own = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    scale = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    below = [
        {"subresource": name, "responseKind": scale if name == "scale" else own, "verbs": ["get", "patch", "update"]}
        for name in kind.subresources
    ]
    return {
        "resource": kind.plural,
        "responseKind": own,
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.kind.lower(),
        "verbs": list(kind.verbs),
        **({"shortNames": list(kind.short_names)} if kind.short_names else {}),
        **({"categories": list(kind.categories)} if kind.categories else {}),
        **({"subresources": below} if below else {}),
    }
