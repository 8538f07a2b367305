# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""From the name in a message to the object that a person can edit.

Controllers name what they make after what they make it for: a Deployment `web` has ReplicaSets `web-6d4cf56db6` and
Pods `web-6d4cf56db6-x2x7q`. The endings are made of these characters (kubernetes/kubernetes,
staging/src/k8s.io/apimachinery/pkg/util/rand), in which there are no words. Reading a name backwards is a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_R = "[bcdfghjklmnpqrstvwxz2456789]"
_OF_DEPLOYMENT = re.compile(rf"(?P<owner>.+)-{_R}{{6,10}}-{_R}{{5}}\Z")
_REPLICA_SET = re.compile(rf"(?P<owner>.+)-{_R}{{6,10}}\Z")
# A CronJob ends its Jobs' names with the minute they are for.
_OF_CRON_JOB = re.compile(rf"(?P<owner>.+)-\d{{8,10}}-{_R}{{5}}\Z")
_CRON_JOBS_JOB = re.compile(r"(?P<owner>.+)-\d{8,10}\Z")
_OF_ANY = re.compile(rf"(?P<owner>.+)-{_R}{{5}}\Z")
_OF_STATEFUL_SET = re.compile(r"(?P<owner>.+)-\d{1,5}\Z")
# Kubernetes cuts the name of what a controller makes, before the ending, here.
_CUT = 57

_TEMPLATE = ("spec", "template")
TEMPLATES: dict[str, tuple[str, ...]] = {
    "Deployment": _TEMPLATE,
    "ReplicaSet": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
    "DaemonSet": _TEMPLATE,
    "Job": _TEMPLATE,
    "ReplicationController": _TEMPLATE,
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""The kinds of workloads and where their Pod template is."""

API_VERSIONS = {
    "Pod": "v1",
    "Service": "v1",
    "Node": "v1",
    "ReplicationController": "v1",
    "Deployment": "apps/v1",
    "ReplicaSet": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "PodDisruptionBudget": "policy/v1",
    "StorageClass": "storage.k8s.io/v1",
}
"""The API version of each kind that policies judge."""

_KINDS = {kind.lower(): kind for kind in API_VERSIONS}
_SHORT = {
    "po": "Pod",
    "svc": "Service",
    "no": "Node",
    "rc": "ReplicationController",
    "deploy": "Deployment",
    "rs": "ReplicaSet",
    "replica set": "ReplicaSet",
    "sts": "StatefulSet",
    "ds": "DaemonSet",
    "cj": "CronJob",
    "pdb": "PodDisruptionBudget",
    "sc": "StorageClass",
}


@dataclass(frozen=True)
class Workload:
    """The object that a fix belongs to."""

    kind: str = ""
    """"" where the text does not tell."""

    name: str = ""
    namespace: str = ""
    is_template: bool = False
    """Whether the Pod at fault is made from a template of this object."""

    guess: str = ""
    """Why kind or name are a guess; "" where the text says them."""

    @property
    def template(self) -> tuple[str, ...]:
        """Where the Pod stands in the object; nowhere for a Pod itself."""
        return TEMPLATES.get(self.kind, _TEMPLATE) if self.is_template else ()


def kind_of(resource: str) -> str:
    """The kind that a resource's name means: `deployments.apps`, `deploy`, `Deployment`; "" for an unknown one."""
    if resource[:1].isupper():
        return resource
    plain = resource.partition(".")[0].lower()
    singular = plain[:-2] if plain.endswith("sses") else plain.removesuffix("s") if plain not in _SHORT else plain
    return _KINDS.get(plain) or _KINDS.get(singular) or _SHORT.get(plain, "")


def owner_of(kind: str, name: str, namespace: str) -> Workload:
    """What a person can edit of an object that a controller reports about: the object, or what made that.

    :param kind: the kind that is reported about, such as ReplicaSet.
    """
    pattern, owner_kind = {
        "ReplicaSet": (_REPLICA_SET, "Deployment"),
        "Job": (_CRON_JOBS_JOB, "CronJob"),
    }.get(kind, (None, ""))
    match = pattern.match(name) if pattern else None
    if not match:
        return Workload(kind, name, namespace, kind in TEMPLATES)
    return Workload(
        owner_kind,
        match["owner"],
        namespace,
        is_template=True,
        guess=f"{kind} {name} looks like one that a {owner_kind} of this name makes{_cut(match['owner'])}",
    )


def owner_of_pod(name: str, namespace: str, is_generated: bool) -> Workload:
    """What a person can edit of a Pod: the Pod, or what made it, as far as its name tells.

    :param is_generated: whether it is known that a controller made the Pod.
    """
    for pattern, kind in ((_OF_CRON_JOB, "CronJob"), (_OF_DEPLOYMENT, "Deployment"), (_OF_ANY, "")):
        match = pattern.match(name)
        if match:
            return _made(kind, match["owner"], name, namespace)
    match = _OF_STATEFUL_SET.match(name) if is_generated else None
    if match:
        return _made("StatefulSet", match["owner"], name, namespace)
    if is_generated:
        return Workload("", "", namespace, is_template=True)
    return Workload("Pod", name, namespace)


def implied_by(pod: str, kind: str, namespace: str) -> Workload:
    """The workload that Gatekeeper has thought up a Pod for: it calls the Pod `NAME-pod`."""
    name = pod.removesuffix("-pod")
    if kind in ("", "ReplicaSet") and (match := _REPLICA_SET.match(name)):
        return _made("Deployment", match["owner"], name, namespace)
    # The Pod of a CronJob is thought up by way of a Job, whose name is `NAME-job` then.
    if kind == "CronJob":
        name = name.removesuffix("-job")
    return Workload(kind, name, namespace, is_template=True)


def _made(kind: str, owner: str, name: str, namespace: str) -> Workload:
    what = f"a {kind} of this name" if kind else "a workload of this name, whose kind is not told,"
    return Workload(
        kind, owner, namespace, is_template=True, guess=f"{name} looks like one that {what} makes{_cut(owner)}"
    )


def _cut(owner: str) -> str:
    """What to say of a name that may be longer than it looks."""
    return "; longer names are cut, so the name may go on" if len(owner) >= _CUT else ""
