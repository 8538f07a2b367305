# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's admission policies: texts as its documentation and public logs have them."""

import pytest

from azext_safeguards.check.admission import RULES, denial, judge, warning
from azext_safeguards.check.explain.explanation import explain
from azext_safeguards.check.policies.workloads import POD_PLACES
from azext_safeguards.domain.acting.records import ADMISSION

POD = ("", "Pod")


def pod(spec=None, containers=({"name": "c"},), **metadata):
    return {"metadata": {"name": "p", **metadata}, "spec": {"containers": list(containers), **(spec or {})}}


def secured(key="containers", name="c", **context):
    return pod({key: [{"name": name, "securityContext": context}]})


def said(names, item, kind=POD):
    return [(one.policy.removeprefix("aks-managed-"), one.text) for one in judge(names, item, kind)]


HOST_PATHS = (
    "HostPath volumes detected: [varlogpods, hostfs] HostPath volumes are forbidden under restricted security policy "
    "unless containers mounting them are from allowed images"
)
APPARMOR = "AppArmor profile type must be one of: undefined/nil, RuntimeDefault, or Localhost"
BASELINE = [
    (
        "capabilities",
        secured(name="chaos-daemon", capabilities={"add": ["SYS_PTRACE", "KILL"]}),
        ['Disallowed capabilities detected: container "chaos-daemon" has disallowed capabilities: [SYS_PTRACE]'],
    ),
    ("capabilities", secured(capabilities={"add": ["CHOWN"], "drop": ["ALL"]}), []),
    ("privileged-containers", secured(privileged=True), ["Privileged containers are disallowed"]),
    (
        "privileged-containers",
        secured("initContainers", privileged=True),
        ["Privileged init containers are disallowed"],
    ),
    (
        "privileged-containers",
        secured("ephemeralContainers", privileged=True),
        ["Privileged ephemeral containers are disallowed"],
    ),
    ("privileged-containers", secured(privileged=False), []),
    (
        "host-namespaces",
        pod({"hostNetwork": True, "hostIPC": True, "hostPID": False}),
        [
            "Host network namespaces are disallowed: spec.hostNetwork is set to true",
            "Host IPC namespaces are disallowed: spec.hostIPC is set to true",
        ],
    ),
    (
        "hostpath-volumes",
        pod({"volumes": [{"name": "varlogpods", "hostPath": {}}, {"name": "e"}, {"name": "hostfs", "hostPath": {}}]}),
        [HOST_PATHS],
    ),
    ("hostpath-volumes", pod({"volumes": [{"name": "e", "emptyDir": {}}]}), []),
    (
        "host-ports",
        pod(containers=[{"name": "c", "ports": [{"containerPort": 1}, {"containerPort": 2, "hostPort": 2}]}]),
        ["HostPorts are forbidden under baseline security policy"],
    ),
    ("host-ports", pod(containers=[{"name": "c", "ports": [{"containerPort": 1, "hostPort": 0}]}]), []),
    (
        "proc-mount-type",
        secured(procMount="Unmasked"),
        ["ProcMount must be undefined/nil or 'Default' in spec.containers[*].securityContext.procMount"],
    ),
    ("proc-mount-type", secured(procMount="Default"), []),
    (
        "seccomp",
        pod({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}),
        [
            "Seccomp profile must not be explicitly set to Unconfined. Allowed values are: undefined/nil, "
            "RuntimeDefault, or Localhost"
        ],
    ),
    ("seccomp", secured(seccompProfile={"type": "RuntimeDefault"}), []),
    (
        "selinux",
        secured(seLinuxOptions={"type": "spc_t"}),
        [
            "SELinux type must be one of: undefined/empty, container_t, container_init_t, container_kvm_t, or "
            "container_engine_t"
        ],
    ),
    ("selinux", secured(seLinuxOptions={"type": "container_t", "level": "s0"}), []),
    (
        "sysctls",
        pod({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_syncookies"}, {"name": "kernel.msgmax"}]}}),
        ["Disallowed sysctl detected. Only baseline Kubernetes pod security standard sysctls are permitted"],
    ),
    ("apparmor", secured(appArmorProfile={"type": "Unconfined"}), [APPARMOR]),
    ("apparmor", secured(appArmorProfile={"type": "Localhost"}), []),
    (
        "apparmor",
        pod(annotations={"container.apparmor.security.beta.kubernetes.io/c": "unconfined"}),
        ["AppArmor annotation values must be undefined/nil, runtime/default, or localhost/*"],
    ),
    ("apparmor", pod(annotations={"container.apparmor.security.beta.kubernetes.io/c": "localhost/x"}), []),
    (
        "host-process",
        pod({"securityContext": {"windowsOptions": {"hostProcess": True}}}),
        ["HostProcess containers are disallowed"],
    ),
    (
        "host-probes-lifecycle-hooks",
        pod(containers=[{"name": "c", "livenessProbe": {"httpGet": {"host": "10.0.0.1", "port": 1}}}]),
        ["Probes must not set host: it must be undefined/nil or empty"],
    ),
    ("host-probes-lifecycle-hooks", pod(containers=[{"name": "c", "livenessProbe": {"httpGet": {"port": 1}}}]), []),
]
FINE = {"runAsNonRoot": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
RESTRICTED = [
    ("capabilities", pod(), ["All containers must drop ALL capabilities under restricted policy"]),
    (
        "capabilities",
        secured(capabilities={"drop": ["ALL"], "add": ["CHOWN"]}),
        ["Only NET_BIND_SERVICE may be added to capabilities under restricted policy"],
    ),
    ("capabilities", secured(**FINE), []),
    ("privilege-escalation", pod(), ["Privilege escalation must be set to false under restricted policy"]),
    ("privilege-escalation", secured(**FINE), []),
    (
        "run-as-non-root",
        pod(),
        ["Containers must not run as root user in spec.containers[*].securityContext.runAsNonRoot"],
    ),
    ("run-as-non-root", pod({"securityContext": {"runAsNonRoot": True}}), []),
    (
        "run-as-non-root",
        secured(runAsNonRoot=True, runAsUser=0),
        ["Containers must not run as root user: spec.securityContext.runAsUser is set to 0"],
    ),
    ("seccomp", pod(), ['Seccomp profile must be "RuntimeDefault" or "Localhost" under restricted policy']),
    ("seccomp", pod({"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}), []),
    (
        "volume-types",
        pod({"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "nfs": {}}]}),
        [
            "Only the following volume types are allowed under restricted policy: configMap, csi, downwardAPI, "
            "emptyDir, ephemeral, persistentVolumeClaim, projected, secret"
        ],
    ),
]
CASES = [
    *(("aks-managed-baseline-" + name, *rest) for name, *rest in BASELINE),
    *(("aks-managed-restricted-" + name, *rest) for name, *rest in RESTRICTED),
]


@pytest.mark.parametrize(("policy", "item", "texts"), CASES)
def test_a_text_about_a_pod(policy, item, texts):
    assert [one.text for one in judge([policy], item, POD)] == texts


def test_every_policy_has_a_rule_and_is_tried():
    assert set(RULES) == set(ADMISSION) == {policy for policy, _, texts in CASES if texts}


@pytest.mark.parametrize(("kind", "place"), POD_PLACES.items())
def test_workloads_are_asked_about_by_their_template(kind, place):
    item = pod({"hostPID": True})
    for step in reversed(place):
        item = {step: item}
    (one,) = judge(["aks-managed-baseline-host-namespaces"], item, kind)
    assert one.path == (*place, "spec", "hostPID")


def test_a_clean_pod_passes_both_levels():
    spec = {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}
    assert said(ADMISSION, pod(spec, [{"name": "c", "securityContext": FINE}])) == []


def test_other_kinds_and_unknown_policies_say_nothing():
    assert said(ADMISSION, pod({"hostPID": True}), ("", "Service")) == []
    assert said(["aks-managed-baseline-new"], pod({"hostPID": True})) == []


def test_what_a_cluster_prints():
    name = "aks-managed-baseline-capabilities"
    assert denial(name, "TEXT") == (
        "ValidatingAdmissionPolicy 'aks-managed-baseline-capabilities' with binding "
        "'aks-managed-baseline-capabilities-binding' denied request: TEXT"
    )
    assert warning(name, "TEXT") == (
        "Validation failed for ValidatingAdmissionPolicy 'aks-managed-baseline-capabilities' with binding "
        "'aks-managed-baseline-capabilities-binding': TEXT"
    )


@pytest.mark.parametrize(("policy", "item", "texts"), [case for case in CASES if case[2]])
def test_each_text_is_one_that_explain_knows(policy, item, texts):
    printed = f'Error from server (Forbidden): pods "p" is forbidden: {denial(policy, texts[0])}'
    (found,) = explain(printed).policies
    assert (found["owner"], bool(found["fix"]), bool(found["title"])) == ("aks", True, True)
