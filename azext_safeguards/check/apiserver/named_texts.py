# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The names of Go's types for fields that hold text of a special kind, as the API server's errors tell them.

A JSON schema says only that such a field is a string. Source: the types of kubernetes/api v0.34.4; status is left out.
"""

from __future__ import annotations

from functools import lru_cache

# The name of the text's type, then the fields that hold it, or a list of it: type and field.
_FIELDS = """
types.UID ObjectMeta.uid ObjectReference.uid OwnerReference.uid
v1.ConversionStrategyType CustomResourceConversion.strategy
v1.DeviceAllocationMode DeviceSubRequest.allocationMode ExactDeviceRequest.allocationMode
v1.ResourceScope CustomResourceDefinitionSpec.scope
v1.StatusReason Validation.reason
v1.AddressType EndpointSlice.addressType
v1.AppArmorProfileType AppArmorProfile.type
v1.AzureDataDiskCachingMode AzureDiskVolumeSource.cachingMode
v1.AzureDataDiskKind AzureDiskVolumeSource.kind
v1.Capability Capabilities.add Capabilities.drop
v1.CompletionMode JobSpec.completionMode
v1.ConcurrencyPolicy CronJobSpec.concurrencyPolicy
v1.ConditionStatus PodFailurePolicyOnPodConditionsPattern.status
v1.ContainerRestartPolicy Container.restartPolicy EphemeralContainer.restartPolicy
v1.ContainerRestartRuleAction ContainerRestartRule.action
v1.ContainerRestartRuleOnExitCodesOperator ContainerRestartRuleOnExitCodes.operator
v1.CoordinatedLeaseStrategy LeaseSpec.strategy
v1.DNSPolicy PodSpec.dnsPolicy
v1.DaemonSetUpdateStrategyType DaemonSetUpdateStrategy.type
v1.DeploymentStrategyType DeploymentStrategy.type
v1.FSGroupPolicy CSIDriverSpec.fsGroupPolicy
v1.FailurePolicyType MutatingWebhook.failurePolicy ValidatingAdmissionPolicySpec.failurePolicy
v1.FailurePolicyType ValidatingWebhook.failurePolicy
v1.FinalizerName NamespaceSpec.finalizers
v1.FlowDistinguisherMethodType FlowDistinguisherMethod.type
v1.HostPathType HostPathVolumeSource.type
v1.IPFamily ServiceSpec.ipFamilies
v1.IPFamilyPolicy ServiceSpec.ipFamilyPolicy
v1.KeyUsage CertificateSigningRequestSpec.usages
v1.LabelSelectorOperator LabelSelectorRequirement.operator
v1.LimitResponseType LimitResponse.type
v1.LimitType LimitRangeItem.type
v1.MatchPolicyType MatchResources.matchPolicy MutatingWebhook.matchPolicy ValidatingWebhook.matchPolicy
v1.MountPropagationMode VolumeMount.mountPropagation
v1.NodeInclusionPolicy TopologySpreadConstraint.nodeAffinityPolicy TopologySpreadConstraint.nodeTaintsPolicy
v1.NodeSelectorOperator NodeSelectorRequirement.operator
v1.OSName PodOS.name
v1.OperationType NamedRuleWithOperations.operations RuleWithOperations.operations
v1.ParameterNotFoundActionType ParamRef.parameterNotFoundAction
v1.PathType HTTPIngressPath.pathType
v1.PersistentVolumeAccessMode PersistentVolumeClaimSpec.accessModes PersistentVolumeSpec.accessModes
v1.PersistentVolumeClaimRetentionPolicyType StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted
v1.PersistentVolumeClaimRetentionPolicyType StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled
v1.PersistentVolumeMode PersistentVolumeClaimSpec.volumeMode PersistentVolumeSpec.volumeMode
v1.PersistentVolumeReclaimPolicy PersistentVolumeSpec.persistentVolumeReclaimPolicy StorageClass.reclaimPolicy
v1.PodConditionType PodFailurePolicyOnPodConditionsPattern.type PodReadinessGate.conditionType
v1.PodFSGroupChangePolicy PodSecurityContext.fsGroupChangePolicy
v1.PodFailurePolicyAction PodFailurePolicyRule.action
v1.PodFailurePolicyOnExitCodesOperator PodFailurePolicyOnExitCodesRequirement.operator
v1.PodManagementPolicyType StatefulSetSpec.podManagementPolicy
v1.PodReplacementPolicy JobSpec.podReplacementPolicy
v1.PodSELinuxChangePolicy PodSecurityContext.seLinuxChangePolicy
v1.PolicyType NetworkPolicySpec.policyTypes
v1.PreemptionPolicy PodSpec.preemptionPolicy PriorityClass.preemptionPolicy
v1.PriorityLevelEnablement PriorityLevelConfigurationSpec.type
v1.ProcMountType SecurityContext.procMount
v1.Protocol ContainerPort.protocol EndpointPort.protocol NetworkPolicyPort.protocol ServicePort.protocol
v1.PullPolicy Container.imagePullPolicy EphemeralContainer.imagePullPolicy ImageVolumeSource.pullPolicy
v1.RecursiveReadOnlyMode VolumeMount.recursiveReadOnly
v1.ReinvocationPolicyType MutatingWebhook.reinvocationPolicy
v1.ResourceName ContainerResizePolicy.resourceName ContainerResourceMetricSource.name ResourceMetricSource.name
v1.ResourceQuotaScope ResourceQuotaSpec.scopes ScopedResourceSelectorRequirement.scopeName
v1.ResourceResizeRestartPolicy ContainerResizePolicy.restartPolicy
v1.RestartPolicy PodSpec.restartPolicy
v1.ScopeSelectorOperator ScopedResourceSelectorRequirement.operator
v1.ScopeType RuleWithOperations.scope
v1.SeccompProfileType SeccompProfile.type
v1.SecretType Secret.type
v1.ServiceAffinity ServiceSpec.sessionAffinity
v1.ServiceExternalTrafficPolicy ServiceSpec.externalTrafficPolicy
v1.ServiceInternalTrafficPolicy ServiceSpec.internalTrafficPolicy
v1.ServiceType ServiceSpec.type
v1.SideEffectClass MutatingWebhook.sideEffects ValidatingWebhook.sideEffects
v1.Signal Lifecycle.stopSignal
v1.StatefulSetUpdateStrategyType StatefulSetUpdateStrategy.type
v1.StorageMedium EmptyDirVolumeSource.medium
v1.SupplementalGroupsPolicy PodSecurityContext.supplementalGroupsPolicy
v1.TaintEffect Taint.effect Toleration.effect
v1.TerminationMessagePolicy Container.terminationMessagePolicy EphemeralContainer.terminationMessagePolicy
v1.TolerationOperator Toleration.operator
v1.URIScheme HTTPGetAction.scheme
v1.UnhealthyPodEvictionPolicyType PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy
v1.UnsatisfiableConstraintAction TopologySpreadConstraint.whenUnsatisfiable
v1.ValidationAction ValidatingAdmissionPolicyBindingSpec.validationActions
v1.VolumeBindingMode StorageClass.volumeBindingMode
v1.VolumeLifecycleMode CSIDriverSpec.volumeLifecycleModes
v2.HPAScalingPolicyType HPAScalingPolicy.type
v2.MetricSourceType MetricSpec.type
v2.MetricTargetType MetricTarget.type
v2.ScalingPolicySelect HPAScalingRules.selectPolicy
"""


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    rows = (line.split() for line in _FIELDS.split("\n") if line)
    return {field: row[0] for row in rows for field in row[1:]}


def text_type(owner: str, field: str) -> str:
    """What Go calls the text in a field of a type: `v1.Protocol` for protocol of a ContainerPort, or `string`."""
    return _names().get(f"{owner}.{field}", "string")
