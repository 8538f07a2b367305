# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The Pod Security members that initiative 3.0.0 added.

They take the shared `effect` and block by default every volume type and capability, so no level turns them on
(Azure/azure-policy, AKS_Safeguards.json 3.0.0).
"""

from __future__ import annotations

from azext_safeguards.domain.initiative.records.record import BASELINE, POD, RESTRICTED, STANDARDS, Record

POD_SECURITY: tuple[Record, ...] = (
    Record(
        short="host-namespaces",
        reference_id="blockHostNamespaces",
        title="Pods do not share the process and IPC namespaces of their node",
        template="K8sAzureV3BlockHostNamespace",
        managed_check="host-namespaces",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        why="A Pod with hostPID or hostIPC sees the processes and the shared memory of everything else on its node, "
        "and can reach into them.",
        fix="Remove hostPID and hostIPC, or set them to false. Agents that need them belong into an excluded "
        "namespace.",
        patch="""\
spec:
  hostPID: false
  hostIPC: false
""",
        docs=STANDARDS,
    ),
    Record(
        short="host-ports",
        reference_id="hostNetworkPorts",
        title="Pods use neither the network of their node nor its ports",
        template="K8sAzureV4HostNetworkingPorts",
        managed_check="host-ports",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("allowedHostPorts",),
        why="On the host network a Pod can listen to its node's traffic and reach services that only trust the node, "
        "and two Pods with one host port cannot run on the same node.",
        fix="Remove hostNetwork and every hostPort, and expose the Pod by a Service.",
        patch="""\
spec:
  hostNetwork: false
  containers:
    - name: my-container
      ports:
        - containerPort: 8080
          hostPort: null
""",
        docs=STANDARDS,
    ),
    Record(
        short="sysctls",
        reference_id="allowedSysctls",
        title="Pods set only sysctls that are safe",
        managed_check="sysctls",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("allowedSysctls",),
        why="Most kernel parameters are the node's: a Pod that sets them changes every other Pod there, or takes the "
        "node down.",
        fix="Remove the sysctl, or set it for the node pool with a custom Linux OS configuration.",
        patch="""\
spec:
  securityContext:
    sysctls: null  # the safe ones may come back
""",
        docs="https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
    ),
    Record(
        short="users-groups",
        reference_id="allowedUsersGroups",
        title="Containers do not run as root",
        template="K8sAzureV3AllowedUsersGroups",
        managed_check="run-as-non-root",
        pod_security=RESTRICTED,
        kinds=frozenset({POD}),
        parameters=("runAsUserRule", "runAsUserRanges", "excludedContainers", "excludedImages"),
        why="Root in a container is root on the node for whoever finds a way out of the container.",
        fix="Set runAsNonRoot to true, and runAsUser to the user that the image is made for.",
        patch="""\
spec:
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000  # the user that the image is made for
  containers:
    - name: my-container
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
""",
        docs=STANDARDS,
    ),
    Record(
        short="windows-no-admin",
        reference_id="windowsBlockContainerAdmin",
        title="Windows containers do not run as ContainerAdministrator",
        pod_security=RESTRICTED,
        kinds=frozenset({POD}),
        parameters=("excludedImages",),
        why="ContainerAdministrator may change everything in its container, which makes a way out of it easier.",
        fix="Set windowsOptions.runAsUserName to ContainerUser.",
        patch="""\
spec:
  securityContext:
    windowsOptions:
      runAsUserName: ContainerUser
  containers:
    - name: my-container
      securityContext:
        windowsOptions:
          runAsUserName: ContainerUser
""",
        docs="https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/",
    ),
    Record(
        short="no-privilege-escalation",
        reference_id="containerNoPrivilegeEscalation",
        title="Containers do not gain privileges",
        template="K8sAzureV4NoPrivilegeEscalation",
        managed_check="privilege-escalation",
        pod_security=RESTRICTED,
        kinds=frozenset({POD}),
        parameters=("forcePrivilegeEscalationToBeFalse", "excludedContainers", "excludedImages"),
        why="With privilege escalation a program that is set to run as root gets root, whatever user the container "
        "has.",
        fix="Set allowPrivilegeEscalation to false.",
        patch="""\
spec:
  containers:
    - name: my-container
      securityContext:
        allowPrivilegeEscalation: false
""",
        docs=STANDARDS,
    ),
    Record(
        short="host-paths",
        reference_id="allowedHostPaths",
        title="Pods mount no folders of their node",
        template="K8sAzureV4HostFilesystem",
        managed_check="hostpath-volumes",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("allowedHostPaths", "windowsAllowedHostPaths", "excludedContainers", "excludedImages"),
        why="A Pod that can read or write the node's files can read other Pods' secrets and take the node over.",
        fix="Use a persistentVolumeClaim, a configMap, a secret or an emptyDir instead of the hostPath.",
        patch="""\
spec:
  volumes:
    - name: my-volume
      hostPath: null
      emptyDir: {}  # or a persistentVolumeClaim
""",
        docs=STANDARDS,
    ),
    Record(
        short="apparmor",
        reference_id="enforceAppArmorProfile",
        title="Containers keep an approved AppArmor profile",
        template="K8sAzureV3EnforceAppArmor",
        managed_check="apparmor",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("allowedAppArmorProfiles", "excludedContainers", "excludedImages"),
        why="AppArmor limits what a broken-into container can do on its node; Unconfined takes that away.",
        fix="Remove the profile, which leaves the runtime's default one, or set its type to RuntimeDefault.",
        patch="""\
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/my-container: null  # the older way to say it
spec:
  securityContext:
    appArmorProfile:
      type: RuntimeDefault
      localhostProfile: null
  containers:
    - name: my-container
      securityContext:
        appArmorProfile:
          type: RuntimeDefault
          localhostProfile: null
""",
        docs="https://kubernetes.io/docs/tutorials/security/apparmor/",
    ),
    Record(
        short="selinux",
        reference_id="enforceSELinux",
        title="Containers keep the SELinux type of containers",
        managed_check="selinux",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("excludedImages",),
        why="Another SELinux user, role or type takes away what keeps a container from its node's files.",
        fix="Remove seLinuxOptions, or keep only a level and a type of containers.",
        patch="""\
spec:
  securityContext:
    seLinuxOptions:
      user: null
      role: null
      type: container_t
  containers:
    - name: my-container
      securityContext:
        seLinuxOptions: null
""",
        docs=STANDARDS,
    ),
    Record(
        short="windows-host-process",
        reference_id="windowsBlockHostProcess",
        title="Windows Pods run no HostProcess containers",
        managed_check="host-process",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("excludedImages",),
        why="A HostProcess container is a process of the node with the node's rights, not a container.",
        fix="Set windowsOptions.hostProcess to false. Agents that need it belong into an excluded namespace.",
        patch="""\
spec:
  securityContext:
    windowsOptions:
      hostProcess: false
  containers:
    - name: my-container
      securityContext:
        windowsOptions:
          hostProcess: false
""",
        docs="https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/",
    ),
    Record(
        short="privileged",
        reference_id="privilegedContainers",
        title="Containers are not privileged",
        template="K8sAzureV2NoPrivilege",
        managed_check="privileged-containers",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("excludedContainers", "excludedImages"),
        why="A privileged container has every right of its node: whoever gets into it has the node.",
        fix="Set privileged to false, and add the single capability that is needed, if any.",
        patch="""\
spec:
  containers:
    - name: my-container
      securityContext:
        privileged: false
""",
        docs=STANDARDS,
    ),
    Record(
        short="proc-mount",
        reference_id="allowedProcMountType",
        title="Containers keep /proc masked",
        template="K8sAzureV4ProcMount",
        managed_check="proc-mount-type",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("excludedContainers", "excludedImages"),
        why="An unmasked /proc shows and changes settings of the node's kernel.",
        fix="Remove procMount, or set it to Default.",
        patch="""\
spec:
  containers:
    - name: my-container
      securityContext:
        procMount: Default
""",
        docs=STANDARDS,
    ),
    Record(
        short="capabilities",
        reference_id="containerAllowedCapabilities",
        title="Containers add no Linux capabilities that they should not have",
        template="K8sAzureV3AllowedCapabilities",
        managed_check="capabilities",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("allowedCapabilities", "requiredDropCapabilities", "excludedContainers", "excludedImages"),
        why="Each capability is a part of what root may do on the node, and some of them are as good as all of it.",
        fix="Drop ALL, and add only what the program needs and the policy allows, such as NET_BIND_SERVICE.",
        patch="""\
spec:
  containers:
    - name: my-container
      securityContext:
        capabilities:
          add: null  # only allowed ones may come back
          drop:
            - ALL
""",
        docs=STANDARDS,
    ),
    Record(
        short="seccomp",
        reference_id="allowedSeccompProfiles",
        title="Containers have an approved seccomp profile",
        template="K8sAzureV3AllowedSeccomp",
        managed_check="seccomp",
        pod_security=BASELINE,
        kinds=frozenset({POD}),
        parameters=("allowedSeccompProfiles", "excludedContainers", "excludedImages"),
        why="A seccomp profile keeps a container from system calls that it does not need and that attacks use.",
        fix="Set the seccomp profile of the Pod to RuntimeDefault.",
        patch="""\
spec:
  securityContext:
    seccompProfile:
      type: RuntimeDefault
      localhostProfile: null
  containers:
    - name: my-container
      securityContext:
        seccompProfile:
          type: RuntimeDefault
          localhostProfile: null
""",
        docs="https://kubernetes.io/docs/tutorials/security/seccomp/",
    ),
    Record(
        short="volume-types",
        reference_id="allowedVolumeTypes",
        title="Pods use only approved types of volumes",
        template="K8sAzureV2VolumeTypes",
        managed_check="volume-types",
        pod_security=RESTRICTED,
        kinds=frozenset({POD}),
        parameters=("allowedVolumeTypes", "excludedImages"),
        why="Some types of volumes reach the node's files or storage past the cluster's own access control.",
        fix="Use a persistentVolumeClaim, a configMap, a secret, a projected volume or an emptyDir.",
        patch="""\
spec:
  volumes:
    - name: my-volume
      nfs: null  # the type that it has now
      persistentVolumeClaim:
        claimName: my-claim
""",
        docs=STANDARDS,
    ),
)
