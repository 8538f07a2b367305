# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What holds for every policy."""

import json
import pkgutil
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from azext_safeguards.check import policies
from azext_safeguards.check.documents.reading import read_text
from azext_safeguards.check.judging.engine import Engine, Raw
from azext_safeguards.check.policies.policy import POD, Policy
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.check.settings import Settings
from azext_safeguards.domain.initiative.names import POD_SECURITY, SHORT_NAMES

PARAMETERS = {
    "requiredProbes": ["readinessProbe", "livenessProbe"],
    "cpuLimit": "200m",
    "memoryLimit": "1Gi",
    "allowedContainerImagesRegex": "^a",
    "reservedTaints": ["a"],
    "labels": ["a"],
    "excludedContainers": ["b"],
    "excludedImages": ["c*"],
}
KEYS = [
    "spec",
    "template",
    "containers",
    "initContainers",
    "ephemeralContainers",
    "name",
    "image",
    "resources",
    "limits",
    "requests",
    "cpu",
    "memory",
    "readinessProbe",
    "livenessProbe",
    "httpGet",
    "replicas",
    "affinity",
    "podAntiAffinity",
    "topologySpreadConstraints",
    "selector",
    "matchLabels",
    "ports",
    "port",
    "minAvailable",
    "maxUnavailable",
    "taints",
    "key",
    "labels",
    "metadata",
    "provisioner",
    "lifecycle",
    "preStop",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
WORDS = st.sampled_from(["a", "b", "c:latest", "1Gi", "500m", "50%", "1e3", "kubernetes.io/azure-disk"])
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=30,
)
CONTAINERS = st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5) | VALUES, max_size=3)
SPECS = VALUES | st.fixed_dictionaries({"containers": CONTAINERS, "initContainers": CONTAINERS})

by_name = pytest.mark.parametrize("policy", REGISTRY.values(), ids=REGISTRY)


def test_every_module_is_registered():
    found = {
        module.name.removeprefix(policies.__name__ + ".")
        for module in pkgutil.walk_packages(policies.__path__, policies.__name__ + ".")
    }
    known = {policy.short.replace("-", "_") for policy in REGISTRY.values()}
    modules = {name for name in found if hasattr(_imported(name), "POLICY")}
    assert {name.rpartition(".")[2] for name in modules} == known


def _imported(name):
    return __import__(f"{policies.__name__}.{name}", fromlist=["POLICY"])


@by_name
def test_names_are_those_of_the_initiative(policy: Policy):
    assert SHORT_NAMES[policy.reference_id] == policy.short
    assert (policy.pod_security is not None) <= (policy.reference_id in POD_SECURITY)
    assert re.fullmatch(r"(k8sazurev\d[a-z]+)?", policy.constraint)
    assert len(policy.constraint) <= 30


@by_name
def test_the_words_are_fit_to_print(policy: Policy):
    assert not policy.title.endswith(".")
    assert policy.why.endswith(".")
    assert policy.fix.endswith(".")
    assert isinstance(yaml.safe_load(policy.patch), dict)
    assert policy.patch.endswith("\n")
    assert policy.docs.startswith(("https://learn.microsoft.com/azure/", "https://kubernetes.io/docs/"))
    assert policy.kinds


@by_name
@settings(max_examples=30, deadline=None)
@given(spec=SPECS, metadata=VALUES, other=SPECS, top=VALUES)
def test_no_shape_of_json_breaks_a_rule(policy: Policy, spec, metadata, other, top):
    one = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "provisioner": top}
    named = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x", "namespace": "n"}, "spec": other}
    before = json.dumps(one)
    if policy.rule:
        found = [list(policy.rule(one, PARAMETERS)) for _ in range(2)]
        assert found[0] == found[1]
        messages = [message for message, _ in found[0]]
        assert len(set(messages)) == len(messages)
        assert all(path for _, path in found[0])
    if policy.rule_among:
        judged = {**one, "metadata": {"name": "y", "namespace": "n"}}
        assert policy.likenesses(judged) == policy.likenesses(judged)
        list(policy.rule_among(judged, PARAMETERS, [named, {**named, "kind": "Service"}]))
    assert json.dumps(one) == before


# Every policy that looks at Pods has something to say about one of these.
SPOILED = [
    """
    hostPID: true
    hostNetwork: true
    securityContext: {sysctls: [{name: kernel.msgmax, value: "1"}], windowsOptions: {hostProcess: true}}
    volumes: [{name: v, hostPath: {path: /}}]
    containers:
    - name: c
      image: docker.io/x:latest
      ports: [{containerPort: 80, hostPort: 80}]
      volumeMounts: [{name: v, mountPath: /v}]
      securityContext:
        privileged: true
        allowPrivilegeEscalation: true
        runAsUser: 0
        capabilities: {add: [SYS_ADMIN]}
        seLinuxOptions: {type: spc_t}
        seccompProfile: {type: Unconfined}
        appArmorProfile: {type: Unconfined}
    """,
    """
    nodeSelector: {kubernetes.io/os: windows}
    containers:
    - name: c
      image: x
      securityContext: {windowsOptions: {runAsUserName: ContainerAdministrator}}
    """,
    # A process file system without masks needs users of its own.
    """
    hostUsers: false
    containers:
    - name: c
      image: x
      securityContext: {procMount: Unmasked}
    """,
]


def _said(policy: Policy, manifest):
    """(message, line within the Pod's specification, whether a workload implied the Pod) of each finding."""
    text = yaml.safe_dump(manifest, sort_keys=False)
    (document,) = read_text(text.encode())
    engine = Engine(Settings({policy.short: "deny"}, parameters=PARAMETERS))
    ((content, at),) = engine.objects(document)
    judged = engine.judge(document, content, at, 1, "a.yaml")
    top = 1 + next(i for i, line in enumerate(text.splitlines()) if line.strip() in ("containers:", "hostPID: true"))
    return [(raw.message, raw.line - top, raw.implied) for raw in (Raw(*plain) for plain in judged.raws)]


@by_name
def test_pods_of_workloads_are_judged_as_pods_are(policy: Policy):
    if POD not in policy.kinds or not policy.rule:
        return
    found = []
    for spec in map(yaml.safe_load, SPOILED):
        named = {"name": "w-pod", "namespace": "team", "labels": {"a": "x"}}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": named, "spec": spec}
        template = {"metadata": {"labels": {"a": "x"}}, "spec": spec}
        workload = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "w", "namespace": "team"},
            "spec": {"selector": {"matchLabels": {"a": "x"}}, "template": template},
        }
        alone, within = _said(policy, pod), _said(policy, workload)
        assert [(message, line, True) for message, line, _ in alone] == within
        assert not any(implied for _, _, implied in alone)
        found += alone
    assert found
