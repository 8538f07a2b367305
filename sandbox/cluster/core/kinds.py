# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The kinds of objects that an API server knows: the built-in ones, and those that definitions on the cluster add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: The built-in kinds: group and version, plural, kind, then N for namespaced, short names and category, after what
#: `kubectl api-resources` lists for Kubernetes 1.34. Older versions that are still served (autoscaling/v1) and those in
#: alpha or beta are left out.
_BUILT_IN = """
v1 bindings Binding N
v1 componentstatuses ComponentStatus - cs
v1 configmaps ConfigMap N cm
v1 endpoints Endpoints N ep
v1 events Event N ev
v1 limitranges LimitRange N limits
v1 namespaces Namespace - ns
v1 nodes Node - no
v1 persistentvolumeclaims PersistentVolumeClaim N pvc
v1 persistentvolumes PersistentVolume - pv
v1 pods Pod N po all
v1 podtemplates PodTemplate N
v1 replicationcontrollers ReplicationController N rc all
v1 resourcequotas ResourceQuota N quota
v1 secrets Secret N
v1 serviceaccounts ServiceAccount N sa
v1 services Service N svc all
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration - . api-extensions
admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy - . api-extensions
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding - . api-extensions
admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration - . api-extensions
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition - crd,crds api-extensions
apiregistration.k8s.io/v1 apiservices APIService - . api-extensions
apps/v1 controllerrevisions ControllerRevision N
apps/v1 daemonsets DaemonSet N ds all
apps/v1 deployments Deployment N deploy all
apps/v1 replicasets ReplicaSet N rs all
apps/v1 statefulsets StatefulSet N sts all
authentication.k8s.io/v1 selfsubjectreviews SelfSubjectReview -
authentication.k8s.io/v1 tokenreviews TokenReview -
authorization.k8s.io/v1 localsubjectaccessreviews LocalSubjectAccessReview N
authorization.k8s.io/v1 selfsubjectaccessreviews SelfSubjectAccessReview -
authorization.k8s.io/v1 selfsubjectrulesreviews SelfSubjectRulesReview -
authorization.k8s.io/v1 subjectaccessreviews SubjectAccessReview -
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler N hpa all
batch/v1 cronjobs CronJob N cj all
batch/v1 jobs Job N . all
certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest - csr
coordination.k8s.io/v1 leases Lease N
discovery.k8s.io/v1 endpointslices EndpointSlice N
events.k8s.io/v1 events Event N ev
flowcontrol.apiserver.k8s.io/v1 flowschemas FlowSchema -
flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations PriorityLevelConfiguration -
networking.k8s.io/v1 ingressclasses IngressClass -
networking.k8s.io/v1 ingresses Ingress N ing
networking.k8s.io/v1 networkpolicies NetworkPolicy N netpol
node.k8s.io/v1 runtimeclasses RuntimeClass -
policy/v1 poddisruptionbudgets PodDisruptionBudget N pdb
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding -
rbac.authorization.k8s.io/v1 clusterroles ClusterRole -
rbac.authorization.k8s.io/v1 rolebindings RoleBinding N
rbac.authorization.k8s.io/v1 roles Role N
scheduling.k8s.io/v1 priorityclasses PriorityClass - pc
storage.k8s.io/v1 csidrivers CSIDriver -
storage.k8s.io/v1 csinodes CSINode -
storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity N
storage.k8s.io/v1 storageclasses StorageClass - sc
storage.k8s.io/v1 volumeattachments VolumeAttachment -
"""
_SCALABLE = ("deployments", "replicasets", "statefulsets", "replicationcontrollers")
_STATUSLESS = (
    "configmaps", "secrets", "serviceaccounts", "events", "limitranges", "podtemplates", "endpoints", "endpointslices",
    "controllerrevisions", "leases", "ingressclasses", "networkpolicies", "runtimeclasses", "priorityclasses",
    "clusterroles", "clusterrolebindings", "roles", "rolebindings", "storageclasses", "csidrivers", "csinodes",
    "csistoragecapacities", "mutatingwebhookconfigurations", "validatingwebhookconfigurations",
    "validatingadmissionpolicybindings",
)  # fmt: skip
#: Kinds that are asked something and not kept.
REVIEWS = ("SelfSubjectReview", "TokenReview", "LocalSubjectAccessReview", "SelfSubjectAccessReview",
           "SelfSubjectRulesReview", "SubjectAccessReview", "Binding")  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind in one version."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    read_only: bool = False
    """Whether objects of the kind are the add-on's, made from what is assigned."""
    custom: bool = False

    @property
    def api_version(self) -> str:
        """``group/version``, or the version alone of the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """The plural with its group, as errors name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def key(self) -> tuple[str, str]:
        """Group and plural: what objects are kept under."""
        return self.group, self.plural

    @property
    def identity(self) -> tuple[str, str]:
        """Group and kind, as policies name it."""
        return self.group, self.kind

    @property
    def verbs(self) -> tuple[str, ...]:
        """What can be done with the kind."""
        if self.kind in REVIEWS:
            return ("create",)
        if self.read_only:
            return ("get", "list", "watch")
        return ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


class Kinds:
    """All kinds of one cluster."""

    def __init__(self) -> None:
        self._built_in = dict(_built_in())
        self._added: dict[tuple[str, str, str], Kind] = {}
        self.revision = 0
        """Changes whenever the kinds do."""

    def __iter__(self) -> Iterator[Kind]:
        yield from self._built_in.values()
        yield from self._added.values()

    def find(self, group: str, version: str, plural: str) -> Kind | None:
        """Return the kind that a path names."""
        key = (group, version, plural)
        return self._built_in.get(key) or self._added.get(key)

    def named(self, group: str, version: str, kind: str) -> Kind | None:
        """Return the kind that an object names."""
        return next((one for one in self if (one.group, one.version, one.kind) == (group, version, kind)), None)

    def replace(self, kinds: Iterable[Kind]) -> None:
        """Set the kinds beside the built-in ones; of two with one path the first counts."""
        added: dict[tuple[str, str, str], Kind] = {}
        for kind in kinds:
            key = (kind.group, kind.version, kind.plural)
            if key not in self._built_in:
                added.setdefault(key, kind)
        if added != self._added:
            self._added = added
            self.revision += 1

    def groups(self) -> dict[str, list[str]]:
        """Return the versions of each group, preferred first, in the order in which groups are listed."""
        found: dict[str, list[str]] = {}
        for kind in self:
            versions = found.setdefault(kind.group, [])
            if kind.version not in versions:
                versions.append(kind.version)
        return found


def _built_in() -> Iterator[tuple[tuple[str, str, str], Kind]]:
    for line in _BUILT_IN.split("\n"):
        if not line:
            continue
        where, plural, kind, scope, *rest = line.split()
        group, _, version = where.rpartition("/")
        names = tuple(rest[0].split(",")) if rest and rest[0] != "." else ()
        subresources: tuple[str, ...] = ("status",) if plural not in _STATUSLESS and kind not in REVIEWS else ()
        subresources += ("scale",) if plural in _SCALABLE else ()
        one = Kind(group, version, plural, kind, scope == "N", names, tuple(rest[1:2]), subresources)
        yield (group, version, plural), one
