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
from azext_safeguards.domain.initiative.records import members

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
    **members("csi-storage"),
    rule=_rule,
    confidence=Confidence.DESCRIPTION,
)
