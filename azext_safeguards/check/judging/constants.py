# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The words with a digit or a hyphen that anything of a manifest is compared with, or that are said of it.

Those of the rules' own code, of the table of types and of the records of policies, in lower case. A test finds those
that are not here; a name that is one of them, or a part of one, is never taken for any name (see `names`).
"""

WITH_DIGITS_OR_HYPHENS = b"""
0-9a-fa-f 0123456789tfn 100mi 123-abc 128mi 1ei 1gi 1ki 1mi 1pi 1ti 2048mi 256mi 32bit 4gi 500mi 89a-fa-f 89abab
a-za-z a-za-z0-9 abc-123 account-name add-on add-ons administer-cluster aks-managed allowed-images alpha-numeric
anti-affinity api-approved auto-generated azure-disk azure-file azure-policy base64 basic-auth
bcdefghijklmnopqrstuvwxyz123456789 blanc-sablon broken-into built-in c-fc-f
configure-liveness-readiness-startup-probes configure-pdb configure-pod-container configure-runasusername
container-lifecycle-hooks container-name control-plane create-hostprocess-pod created-by critical-pod csi-storage
csi-storage-drivers cst6cdt date-time db8 default-antiaffinity-applabel default-scheduler deploy-azure-policy-add-on
deployment-safeguards disk-id disk-name dns-1035 dns-1123 domain-prefixed east-indiana endpoint-controller
enforce-mountable-secrets ephemeral-storage est5edt externally-accessible failure-domain fe80 ff02 fieldsv1 float64
gb-eire gmt-0 gmt-1 gmt-10 gmt-11 gmt-12 gmt-13 gmt-14 gmt-2 gmt-3 gmt-4 gmt-5 gmt-6 gmt-7 gmt-8 gmt-9 gmt0 group-name
host-namespaces host-paths host-ports host-probes-lifecycle-hooks host-process hostpath-volumes ignore-safeguards
ikmg0123456789 image-pull-secrets indiana-starke instance-type int32 int64 ipv4 ipv4-mapped ipv6 isbn10 isbn13
job-name k8sazurev1antiaffinityrules k8sazurev1containerenforcepres k8sazurev1containerrequests
k8sazurev1containerrestrictedimagepulls k8sazurev1enforcecsidriver k8sazurev1printmutationsannota
k8sazurev1reservedtaints k8sazurev1restrictedlabels k8sazurev1restrictednodeedits k8sazurev1uniqueserviceselector
k8sazurev2containerallowedimages k8sazurev2containerenforceprobes k8sazurev2containernolatestimage
k8sazurev2disallowedbadpoddisruptionbudgets k8sazurev2noprivilege k8sazurev2volumetypes k8sazurev3allowedcapabilities
k8sazurev3allowedseccomp k8sazurev3allowedusersgroups k8sazurev3blockhostnamespace k8sazurev3containerlimits
k8sazurev3enforceapparmor k8sazurev4hostfilesystem k8sazurev4hostnetworkingports k8sazurev4noprivilegeescalation
k8sazurev4procmount key-name kubernetes-validate last-applied-configuration link-local load-balancer-source-ranges
lower-case manage-resources-containers managed-by mount-options mst7mdt mutate-cpu-limits mutate-max-unavailable
mutate-memory-limits mutate-read-only-root mutate-read-only-root-init mutate-taints mutation-notices my-app my-claim
my-component my-container my-label my-name my-registry-secret my-value my-volume no-aks-labels no-latest-tag
no-node-edits no-privilege-escalation node-role node-taints non-empty non-functional non-increasing non-negative
non-nil non-numeric non-resource non-standard non-zero nz-chat openapiv3schema per-pod pod-deletion-cost
pod-disruption-budgets pod-level pod-security pod-security-standards port-au-prince porto-novo pre-stop pre-stop-hook
privilege-escalation privileged-containers proc-mount proc-mount-type pst8pdt pull-image-private-registry read-only
reserved-taints resource-limits resource-requests run-application run-as-non-root scheduling-eviction server-side
service-account service-account-token services-networking sha256 show-mutations ssh-auth ssh-privatekey storage-class
stubpkcs10request sub-id sysctl-cluster system-cluster-critical system-node-critical termination-log time-zones
top-level topology-aware-hints topology-mode
topology-spread-constraints u03bcs uint8 unique-selectors unsafe-sysctls use-labels use-system-pools users-groups
ust-nera utf-16 utf-8 uuid3 uuid4 uuid5 v1alpha1 v1alpha2 v1alpha3 v1beta1 v1beta2 v1beta3 volume-types w-su
windows-host-process windows-no-admin x-header-name x-kubernetes-embedded-resource x-kubernetes-int-or-string
x-kubernetes-list-map-keys x-kubernetes-list-type x-kubernetes-map-type x-kubernetes-preserve-unknown-fields
x-kubernetes-validations xf8
"""
