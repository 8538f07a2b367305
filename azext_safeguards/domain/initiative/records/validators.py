# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The members that judge workloads and nodes, and the notices about mutations."""

from __future__ import annotations

from azext_safeguards.domain.initiative.records.record import (
    BUDGET,
    DEPLOYMENT,
    EVERY,
    NODE,
    POD,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    SAFEGUARDS,
    SERVICE,
    STATEFUL_SET,
    STORAGE_CLASS,
    V1,
    V2,
    V3,
    Record,
)

VALIDATORS: tuple[Record, ...] = (
    Record(
        short="no-node-edits",
        reference_id="restrictedNodeEditsInKubernetesCluster",
        title="Labels and taints are set on node pools, not on single nodes",
        versions=EVERY,
        template="K8sAzureV1RestrictedNodeEdits",
        kinds=frozenset({NODE}),
        why="AKS replaces nodes when it upgrades or scales, and what was set on a single node is lost.",
        fix="Take labels and taints out of the Node manifest and set them on its node pool, with nodepool update "
        "--labels and --node-taints.",
        patch="""\
metadata:
  labels: null  # a node pool has them
spec:
  taints: null  # a node pool has them
""",
        docs="https://learn.microsoft.com/azure/aks/use-labels",
    ),
    Record(
        short="resource-requests",
        reference_id="containerResourceRequests",
        title="Containers request CPU and memory",
        versions=(V3,),
        template="K8sAzureV1ContainerRequests",
        kinds=frozenset({POD}),
        parameters=("excludedImages",),
        why="The scheduler places Pods by their requests: without them it overfills nodes, and these Pods are the "
        "first to be evicted.",
        fix="Set resources.requests.cpu and resources.requests.memory of every container and init container.",
        patch="""\
spec:
  containers:
    - name: my-container
      resources:
        requests:
          cpu: 100m
          memory: 128Mi
""",
        docs="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    ),
    Record(
        short="anti-affinity",
        reference_id="podEnforceAntiaffinityInKubernetesCluster",
        title="Workloads with several replicas spread them over nodes",
        versions=EVERY,
        template="K8sAzureV1AntiAffinityRules",
        kinds=frozenset({DEPLOYMENT, STATEFUL_SET, REPLICA_SET, REPLICATION_CONTROLLER}),
        why="Replicas that all run on one node are all gone when that node is.",
        fix="Add topologySpreadConstraints or affinity.podAntiAffinity to the Pod template.",
        patch="""\
spec:
  template:
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app: my-app
""",
        docs="https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    ),
    Record(
        short="no-aks-labels",
        reference_id="restrictedLabelsInKubernetesCluster",
        title="Objects have no labels that are reserved for AKS",
        versions=EVERY,
        template="K8sAzureV1RestrictedLabels",
        kinds=frozenset({POD, NODE, SERVICE, DEPLOYMENT, STATEFUL_SET, REPLICA_SET}),
        parameters=("labels",),
        why="AKS steers nodes and add-ons by these labels; a copy of one on another object misleads it.",
        fix="Remove the label, or rename it to a prefix of your own.",
        patch="""\
metadata:
  labels:
    kubernetes.azure.com/my-label: null  # the label that is reserved
    example.com/my-label: my-value
""",
        docs="https://learn.microsoft.com/azure/aks/use-labels",
    ),
    Record(
        short="allowed-images",
        reference_id="ensureAllowedContainerImagesInKubernetesCluster",
        title="Images come from where the assignment allows",
        versions=EVERY,
        template="K8sAzureV2ContainerAllowedImages",
        kinds=frozenset({POD}),
        parameters=("allowedContainerImagesRegex", "excludedContainers"),
        why="An image from an unknown registry can carry anything, and can change or vanish without notice.",
        fix="Take the image from an allowed registry (acr import copies it to yours), or have the assignment's "
        "allowedContainerImagesRegex widened.",
        patch="""\
spec:
  containers:
    - name: my-container
      image: myregistry.azurecr.io/my-app:1.0.0
""",
        docs=SAFEGUARDS,
    ),
    Record(
        short="reserved-taints",
        reference_id="restrictedTaintsInKubernetesCluster",
        title="Only system node pools have the taints reserved for them",
        versions=EVERY,
        template="K8sAzureV1ReservedTaints",
        kinds=frozenset({NODE}),
        parameters=("reservedTaints",),
        why="AKS keeps its own Pods on system pools by this taint; elsewhere it would attract them or leave a pool "
        "unused.",
        fix="Remove the taint from the node, and give the node pool another one with nodepool update --node-taints.",
        patch="""\
spec:
  taints: null  # a node pool has them
""",
        docs="https://learn.microsoft.com/azure/aks/use-system-pools",
    ),
    Record(
        short="probes",
        reference_id="ensureProbesConfiguredInKubernetesCluster",
        title="Containers have readiness and liveness probes",
        versions=EVERY,
        template="K8sAzureV2ContainerEnforceProbes",
        kinds=frozenset({POD}),
        parameters=("requiredProbes", "excludedContainers", "excludedImages"),
        why="Without probes Kubernetes sends traffic to containers that are not ready and leaves those running that "
        "hang.",
        fix="Give every container the probes that the message lists, each with an httpGet, tcpSocket or exec; gRPC "
        "alone did not count in the published rule.",
        patch="""\
spec:
  containers:
    - name: my-container
      readinessProbe:
        httpGet:
          path: /ready
          port: 8080
        grpc: null  # a probe is of one kind
      livenessProbe:
        httpGet:
          path: /healthy
          port: 8080
        grpc: null
""",
        docs="https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    ),
    Record(
        short="csi-storage",
        reference_id="ensureCsiDriverStorageClass",
        title="Storage classes use CSI drivers",
        versions=EVERY,
        template="K8sAzureV1EnforceCSIDriver",
        kinds=frozenset({STORAGE_CLASS}),
        why="Kubernetes has retired its built-in Azure provisioners; only the CSI drivers are still maintained.",
        fix="Set provisioner to disk.csi.azure.com or file.csi.azure.com. A storage class cannot be changed, so "
        "create a new one.",
        patch="""\
provisioner: disk.csi.azure.com
""",
        docs="https://learn.microsoft.com/azure/aks/csi-storage-drivers",
    ),
    Record(
        short="unique-selectors",
        reference_id="uniqueServiceSelectors",
        title="Services of a namespace have different selectors or ports",
        versions=EVERY,
        template="K8sAzureV1UniqueServiceSelector",
        kinds=frozenset({SERVICE}),
        why="Two Services with the same selector and port send traffic to the same Pods, mostly by a copied manifest, "
        "and neither does what its name says.",
        fix="Give the Services different selectors or different ports, or remove one of them.",
        patch="""\
spec:
  selector:
    app: my-app
    component: my-component
""",
        docs="https://kubernetes.io/docs/concepts/services-networking/service/",
    ),
    Record(
        short="no-latest-tag",
        reference_id="imagesDoNotUseLatest",
        title="Images have a tag other than latest",
        versions=(V2, V3),
        template="K8sAzureV2ContainerNoLatestImage",
        kinds=frozenset({POD}),
        why="What latest means changes: two Pods of one workload can run different code, and there is nothing to roll "
        "back to.",
        fix="Give the image a version tag or a digest.",
        patch="""\
spec:
  containers:
    - name: my-container
      image: myregistry.azurecr.io/my-app:1.0.0
""",
        docs="https://kubernetes.io/docs/concepts/containers/images/",
    ),
    Record(
        short="mutation-notices",
        reference_id="printMutationsAnnotations",
        title="The cluster says which mutations changed a Pod",
        versions=(V2, V3),
        constraint="k8sazurev1printmutationsannota",
        kinds=frozenset({POD}),
        parameters=("messages",),
        why="Who applies a manifest should know that the cluster changed it.",
        fix="Nothing has to be fixed; set the changed fields yourself and the notice goes away.",
        patch="""\
spec: {}
""",
        docs=SAFEGUARDS,
    ),
    Record(
        short="resource-limits",
        reference_id="memoryAndCPULimitsInKubernetesCluster",
        title="Containers have CPU and memory limits within the allowed maximum",
        versions=(V1, V2),
        template="K8sAzureV3ContainerLimits",
        kinds=frozenset({POD}),
        parameters=("cpuLimit", "memoryLimit", "excludedContainers", "excludedImages"),
        why="A container without limits can take all CPU and memory of its node and starve its neighbours.",
        fix="Set resources.limits.cpu and resources.limits.memory of every container and init container, at most as "
        "high as the assignment's cpuLimit and memoryLimit.",
        patch="""\
spec:
  containers:
    - name: my-container
      resources:
        limits:
          cpu: 200m
          memory: 256Mi
        requests:  # no more than the limits
          cpu: 100m
          memory: 128Mi
""",
        docs="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    ),
    Record(
        short="image-pull-secrets",
        reference_id="containerRestrictedImagePulls",
        title="Pods pull their images with credentials",
        versions=(V1, V2),
        template="K8sAzureV1ContainerRestrictedImagePulls",
        kinds=frozenset({POD}),
        parameters=("excludedImages",),
        why="Registries limit the rate of unauthenticated pulls, so that Pods fail to start when they are needed most.",
        fix="Add imagePullSecrets with the name of a registry secret.",
        patch="""\
spec:
  imagePullSecrets:
    - name: my-registry-secret
""",
        docs="https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/",
    ),
    Record(
        short="pod-disruption-budgets",
        reference_id="disallowedBadPodDisruptionBudgets",
        title="Disruption budgets leave room to move Pods",
        versions=(V1, V2),
        template="K8sAzureV2DisallowedBadPodDisruptionBudgets",
        kinds=frozenset({BUDGET}),
        why="A budget that allows no disruption blocks node drains, and with them upgrades and repairs of the cluster.",
        fix="Set maxUnavailable to 1 or more, or minAvailable below the number of replicas.",
        patch="""\
spec:
  maxUnavailable: 1
  minAvailable: null  # both at once are refused
""",
        docs="https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    ),
    Record(
        short="pre-stop-hook",
        reference_id="containerEnforcePreStopHook",
        title="Containers have a preStop hook",
        versions=(V2,),
        constraint="k8sazurev1containerenforcepres",
        kinds=frozenset({DEPLOYMENT, STATEFUL_SET, REPLICA_SET, REPLICATION_CONTROLLER}),
        why="A container that is stopped without warning drops the requests it is serving.",
        fix="Add lifecycle.preStop to every container, for instance a short sleep that lets load balancers notice.",
        patch="""\
spec:
  template:
    spec:
      containers:
        - name: my-container
          lifecycle:
            preStop:
              exec:
                command: ["sleep", "10"]
""",
        docs="https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/",
    ),
)
