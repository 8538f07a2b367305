# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""csi-storage: storage classes use the CSI drivers instead of Kubernetes' built-in provisioners.

The template is not published. Text: MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md; rule:
Azure/containerization-assist, src/validation/kubernetes-validator.ts.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import MISSING, get, show
from azext_safeguards.domain.initiative.titles import title_of

_BUILT_IN = ("kubernetes.io/azure-disk", "kubernetes.io/azure-file")


def _rule(storage_class: Object, parameters: Parameters) -> Iterable[Violation]:
    del parameters
    provisioner = storage_class.get("provisioner")
    name = get(storage_class, "metadata", "name")
    if provisioner not in _BUILT_IN or name is MISSING:
        return ()
    message = f"Storage class {show(name)} use intree provisioner {provisioner} is not allowed"
    return (Violation(message, ("provisioner",)),)


POLICY = Policy(
    short="csi-storage",
    reference_id="ensureCsiDriverStorageClass",
    constraint="k8sazurev1enforcecsidriver",
    title=title_of("csi-storage"),
    why="Kubernetes has retired its built-in Azure provisioners; only the CSI drivers are still maintained.",
    fix="Set provisioner to disk.csi.azure.com or file.csi.azure.com. A storage class cannot be changed, so create "
    "a new one.",
    patch="""\
provisioner: disk.csi.azure.com
""",
    docs="https://learn.microsoft.com/azure/aks/csi-storage-drivers",
    kinds=frozenset({("storage.k8s.io", "StorageClass")}),
    rule=_rule,
    confidence=Confidence.DESCRIPTION,
)
