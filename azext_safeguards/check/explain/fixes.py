# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What each policy of the levels wants changed, from what its message names. `fixes_pod_security` has the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from azext_safeguards.check.explain.fixes_pod_security import FIXES as POD_SECURITY
from azext_safeguards.check.explain.fragments import Fragment, Known, Part, in_container
from azext_safeguards.check.explain.texts import Named
from azext_safeguards.check.explain.yaml_text import Noted

Fix = Callable[[Named, Known], Fragment]

_LIMITS = {"cpu": "200m", "memory": "256Mi"}
_REQUESTS = {"cpu": "100m", "memory": "128Mi"}
_BYTES = re.compile(r"\d+(?:\.\d+)?\Z")
_REGISTRY = "myregistry.azurecr.io"
_VERSION = "1.0.0"
# Labels that AKS uses (MicrosoftDocs/azure-aks-docs, use-labels.md), for a message that does not say which it means.
_AKS_LABELS = ("mode", "agentpool", "cluster", "managedby", "role", "scalesetpriority", "os-sku")


def _probes(named: Named, known: Known) -> Fragment:
    wanted = [named.field] if named.field else list(named.values) or ["readinessProbe", "livenessProbe"]
    paths = {"readinessProbe": "/ready", "livenessProbe": "/healthy"}
    body: Part = {}
    for probe in wanted:
        body[probe] = {
            "httpGet": {
                "path": Noted(paths.get(probe, "/started"), "whatever your program answers"),
                "port": Noted(_port(named, known), "the port that it listens on"),
            },
            # A probe of this kind did not count in the published rule, and a probe is of one kind.
            "grpc": None,
        }
    return in_container(named, known, body)


def _port(named: Named, known: Known) -> int:
    """A port of the container, where the object is known."""
    for _, container in known.containers(named.container):
        for port in container.get("ports") or ():
            if isinstance(port, dict) and isinstance(port.get("containerPort"), int):
                return int(port["containerPort"])
    return 8080


def _limits(named: Named, known: Known) -> Fragment:
    limits: Part = {}
    requests: Part = {}
    for resource in [named.field] if named.field else ["cpu", "memory"]:
        if named.maximum:
            limits[resource] = Noted(named.maximum, _maximum(resource, named.maximum))
            requests[resource] = Noted(named.maximum, "no more than the limit")
        else:
            limits[resource] = Noted(_LIMITS[resource], "an example: what it takes at most")
            requests[resource] = Noted(_REQUESTS[resource], "no more than the limit")
    return in_container(named, known, {"resources": {"limits": limits, "requests": requests}})


def _maximum(resource: str, maximum: str) -> str:
    """What to say of a printed maximum."""
    if resource == "memory" and _BYTES.match(maximum):
        return f"{maximum} bytes: no program runs in that; {maximum}Mi was most likely meant, see the ways out"
    return "the most that is allowed"


def is_in_bytes(named: Named) -> bool:
    """Whether a message is about a memory limit whose maximum lacks a unit and so is far too small."""
    return bool(named.field == "memory" and _BYTES.match(named.maximum) and float(named.maximum) < 1_000_000)


def _requests(named: Named, known: Known) -> Fragment:
    requests: Part = {}
    for resource in [named.field] if named.field else ["cpu", "memory"]:
        value = named.maximum or _REQUESTS[resource]
        requests[resource] = Noted(value, "an example: what it needs, no more than the limit")
    return in_container(named, known, {"resources": {"requests": requests}})


def _anti_affinity(named: Named, known: Known) -> Fragment:
    labels = _labels(known) or {"app": Noted(known.name or "my-app", "a label of the Pods")}
    if named.field:
        # The older rule knows no topologySpreadConstraints.
        term = {"weight": 100, "podAffinityTerm": _affinity_term(labels)}
        preferred = {"preferredDuringSchedulingIgnoredDuringExecution": [term]}
        return Fragment(whole=_in_template({"affinity": {"podAntiAffinity": preferred}}))
    constraint = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels},
    }
    return Fragment(whole=_in_template({"topologySpreadConstraints": [constraint]}))


def _affinity_term(labels: Part) -> Part:
    return {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": labels}}


def _labels(known: Known) -> Part:
    """The labels that the object selects its Pods by."""
    selector = (known.manifest.get("spec") or {}).get("selector") if known.manifest else None
    labels = selector.get("matchLabels") if isinstance(selector, dict) else None
    return dict(labels) if isinstance(labels, dict) else {}


def _in_template(spec: Part) -> Part:
    return {"spec": {"template": {"spec": spec}}}


def _aks_labels(named: Named, known: Known) -> Fragment:
    reserved = named.values or ("kubernetes.azure.com",)
    labels = _own_labels(known)
    keys = [key for key, value in labels.items() if any(entry in f"{key}:{value}" for entry in reserved)]
    if keys:
        return Fragment(pod={"metadata": {"labels": dict.fromkeys(keys)}})
    likely: Part = {}
    for entry in reserved:
        likely[entry] = Noted(None, "the message does not name the label: keep the line of yours, or name it")
        likely.update({f"{entry}/{name}": None for name in _AKS_LABELS if "/" not in entry})
    return Fragment(
        pod={"metadata": {"labels": likely}},
        missing="the message does not name the label: any whose key or value contains "
        f"{' or '.join(reserved)} has to go",
    )


def _own_labels(known: Known) -> dict[str, Any]:
    metadata = known.pod.get("metadata") if known.pod else None
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return labels if isinstance(labels, dict) else {}


def _allowed_images(named: Named, known: Known) -> Fragment:
    image = Noted(_imported(named.image), f"a copy: az acr import --name myregistry --source {named.image}")
    return in_container(named, known, {"image": image})


def _imported(image: str) -> str:
    """The image in a registry of one's own, with a version."""
    path, at, digest = image.partition("@")
    first, slash, rest = path.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        path = rest
    if at:
        return f"{_REGISTRY}/{path}@{digest}"
    return f"{_REGISTRY}/{_versioned(path)}"


def _versioned(image: str) -> str:
    """The image with a tag that is not latest."""
    folder, slash, last = image.rpartition("/")
    name, _, tag = last.partition(":")
    return f"{folder}{slash}{name}:{tag if tag not in ('', 'latest') else _VERSION}"


def _latest(named: Named, known: Known) -> Fragment:
    image = known.images.get(named.container, "")
    if not image:
        for _, container in known.containers(named.container):
            image = str(container.get("image") or "")
    if image:
        value = Noted(_versioned(image), "a version that there is")
    else:
        value = Noted(f"{_REGISTRY}/{named.container or 'my-app'}:{_VERSION}", "your image, with a version")
    return in_container(named, known, {"image": value})


def _pull_secrets(named: Named, known: Known) -> Fragment:
    del named, known
    secret = {"name": "my-registry-secret"}
    return Fragment(pod={"spec": {"imagePullSecrets": [secret]}})


def _pre_stop(named: Named, known: Known) -> Fragment:
    hook = {"lifecycle": {"preStop": {"exec": {"command": ["sleep", "10"]}}}}
    return in_container(named, known, hook)


def _budget(named: Named, known: Known) -> Fragment:
    del named, known
    # Both fields at once are refused.
    return Fragment(whole={"spec": {"maxUnavailable": 1, "minAvailable": None}})


def _csi(named: Named, known: Known) -> Fragment:
    del known
    file = "azure-file" in named.key
    provisioner = f"{'file' if file else 'disk'}.csi.azure.com"
    return Fragment(whole={"provisioner": Noted(provisioner, "of a new class: a class that exists cannot be changed")})


def _selectors(named: Named, known: Known) -> Fragment:
    del named
    label = Noted(known.name or "my-component", "a label to give to the Pods that are meant, too")
    return Fragment(whole={"spec": {"selector": {"component": label}}})


def _taints(named: Named, known: Known) -> Fragment:
    del named, known
    return Fragment(
        whole={"spec": {"taints": Noted(None, "a node pool has them: az aks nodepool update --node-taints")}}
    )


def _node_edits(named: Named, known: Known) -> Fragment:
    part: Part = {
        "metadata": {"labels": Noted(None, "a node pool has them: az aks nodepool update --labels")},
        "spec": {"taints": Noted(None, "a node pool has them: az aks nodepool update --node-taints")},
    }
    del named, known
    return Fragment(whole=part)


def _notices(named: Named, known: Known) -> Fragment:
    del named, known
    return Fragment(missing="nothing has to be fixed: the cluster has changed the object, and says so")


FIXES: dict[str, Fix] = {
    "probes": _probes,
    "resource-limits": _limits,
    "resource-requests": _requests,
    "anti-affinity": _anti_affinity,
    "no-aks-labels": _aks_labels,
    "allowed-images": _allowed_images,
    "no-latest-tag": _latest,
    "image-pull-secrets": _pull_secrets,
    "pre-stop-hook": _pre_stop,
    "pod-disruption-budgets": _budget,
    "csi-storage": _csi,
    "unique-selectors": _selectors,
    "reserved-taints": _taints,
    "no-node-edits": _node_edits,
    "mutation-notices": _notices,
    **POD_SECURITY,
}
"""Short name -> the change that a message of the policy wants."""
