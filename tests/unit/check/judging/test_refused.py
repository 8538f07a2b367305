# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is refused before any policy, and what mutations make invalid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from azext_safeguards.check.apiserver.applying import as_sent
from azext_safeguards.check.findings import Refused
from azext_safeguards.check.judging.engine import Engine, Raw
from azext_safeguards.check.judging.files import FileResult, check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

SETTINGS = Settings(
    {"probes": "deny", "resource-limits": "deny", "resource-requests": "warn"},
    parameters={"requiredProbes": ["livenessProbe"], "cpuLimit": "2", "memoryLimit": "1Gi"},
    excluded_namespaces=("kube-system",),
)
MUTATING = replace(
    SETTINGS, mutations=("mutate-cpu-limits", "mutate-memory-limits", "mutate-max-unavailable"), want_diffs=True
)
POD = """apiVersion: v1
kind: Pod
metadata:
  name: p
spec:
  containers:
    - name: c
      image: i
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: c
          image: i
"""


def checked(text: str, settings: Settings = SETTINGS) -> FileResult:
    content = text.encode()
    return check_file(Engine(settings), Source("a.yaml", "", len(content), content))


def refused(text: str, settings: Settings = SETTINGS) -> list[Refused]:
    result = checked(text, settings)
    assert not result.raws, "no policy speaks of what is refused"
    return [Refused("a.yaml", *one) for one in result.refused]


@pytest.mark.parametrize(
    ("given", "instead", "place", "stage", "words"),
    [
        ("replicas: 3", 'replicas: "3"', (6, 13), "decode", "write it without quotes: 3"),
        ("replicas: 3", "replicas: 2.5", (6, 13), "decode", "takes a whole number, not 2.5"),
        ("replicas: 3", "replicas: -1", (6, 13), "validate", "must be greater than or equal to 0"),
        ("image: i", "image: i\n          livenesProbe: {}", (16, 11), "decode", "did you mean livenessProbe?"),
        ("image: i", "image: i\n          livenessprobe: {}", (16, 11), "decode", "did you mean livenessProbe?"),
        ("image: i", "image: i\n          env: [{name: A, value: 1}]", (16, 34), "decode", 'quote it: "1"'),
        ("image: i", "image: i\n          resources: {limits: {cpu: 500M}}", None, "", ""),
        ("image: i", "image: i\n          resources: {limits: {memory: 1GB}}", (16, 40), "decode", "did you mean 1G?"),
        ("image: i", "image: i\n          ports: [{containerPort: '80'}]", (16, 35), "decode", "without quotes: 80"),
        ("image: i", "image: i\n          livenessProbe: {}", (16, 26), "validate", "has no handler"),
        (
            "image: i",
            "image: i\n          volumeMounts: [{name: v, mountPath: /v}]",
            (16, 33),
            "validate",
            "volume 'v'",
        ),
        ("image: i", "command: [run]", (14, 11), "validate", "image is missing"),
        ("name: web", "name: Web", (4, 9), "validate", "takes lower-case letters"),
        ("name: web", "name: web\n  labels: {a: yes}", (5, 15), "read", 'quote it: "true"'),
        ("name: web", "generateName: web-", (4, 17), "read", "kubectl create"),
        ("  name: web", "  namespace: team", (3, 1), "read", "the object has no name"),
        ("labels: {app: web}", "labels: {app: other}", (11, 15), "validate", "does not match the labels"),
        ("apiVersion: apps/v1", "apiVersion: extensions/v1beta1", (1, 13), "read", "it is Deployment in apps/v1"),
        ("kind: Deployment", "kind: deployment", (2, 7), "decode", "the kind deployment is written Deployment"),
        ("kind: Deployment", "kind: DEPLOYMENT", (2, 7), "read", "it is Deployment in apps/v1"),
        ("apiVersion: apps/v1", "apiVersion: Apps/v1", (1, 13), "read", "can be no API group"),
        ("  name: web", "  name: we/b", (4, 9), "read", "may not contain '/'"),
        ("  name: web", "  name: '..'", (4, 9), "read", "may not be '..'"),
    ],
)
def test_what_is_refused_is_told_with_the_place_of_the_value(
    given: str, instead: str, place: tuple[int, int] | None, stage: str, words: str
) -> None:
    assert given in DEPLOYMENT
    text = DEPLOYMENT.replace(given, instead, 1)
    if place is None:
        assert checked(text).raws
        return
    (one,) = refused(text)
    assert (one.line, one.column, one.stage) == (*place, stage)
    assert words in one.reason
    assert one.cluster
    assert one.kind.lower() == "deployment"


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = POD.replace("name: p", "name: P").replace("image: i", "imagePullPolicy: Sometimes")
    assert [one.cluster.partition(":")[0] for one in refused(text)] == [
        "metadata.name",
        "spec.containers[0].image",
        "spec.containers[0].imagePullPolicy",
    ]


def test_an_object_that_is_refused_hides_no_other() -> None:
    result = checked(f"{DEPLOYMENT.replace('3', 'x')}---\n{POD}")
    assert len(result.refused) == 1
    assert {Raw(*raw).name for raw in result.raws} == {"p"}


def test_it_is_refused_in_an_excluded_namespace_too() -> None:
    (one,) = refused(POD.replace("name: p", "name: p\n  namespace: kube-system").replace("image: i", "imag: i"))
    assert (one.namespace, one.name) == ("kube-system", "p")


def test_custom_resources_are_refused_for_their_metadata_alone() -> None:
    custom = "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: t\n{}spec: {{replicas: '3', anything: []}}\n"
    assert checked(custom.format("")).refused == []
    (one,) = refused(custom.format("  labels: {a: 1}\n"))
    assert (one.line, one.kind, one.stage) == (5, "Thing", "read")
    (one,) = refused(custom.format("  lables: {a: b}\n"))
    assert "did you mean labels?" in one.reason


@pytest.mark.parametrize("metadata", ["", "metadata: {name: k}\n"])
def test_a_kustomization_is_no_object_of_a_cluster(metadata: str) -> None:
    version = "kustomize.config.k8s.io/v1beta1"
    (one,) = refused(f"apiVersion: {version}\nkind: Kustomization\n{metadata}resources: [a.yaml]\n")
    assert one.cluster == f'no matches for kind "Kustomization" in version "{version}"'
    assert "where its folder is named" in one.reason


def test_members_that_are_null_are_not_sent() -> None:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, annotations: {a: null}, labels: {b: null}}\n"
        "spec:\n  selector: {matchLabels: {app: x, gone: null}}\n  template:\n"
        "    metadata: {labels: {app: x, other: null}}\n    spec:\n      containers:\n"
        "      - {name: c, image: i, resources: {limits: {cpu: null}, requests: {cpu: 1}}, env: [{name: A, value: }]}\n"
    )
    assert checked(text).refused == []
    (one,) = refused(text.replace("app: x, gone", "gone"))
    assert one.cluster == "spec.selector: Invalid value: {}: empty selector is invalid for deployment"
    # kubectl leaves the items of lists alone.
    (one,) = refused(text.replace("env: [", "env: [null, "))
    assert one.cluster == "spec.template.spec.containers[0].env[0].name: Required value"


def test_annotations_that_are_null_are_empty() -> None:
    given = {
        **{"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": None, "b": "1"}, "immutable": None},
        "metadata": {"name": "m", "labels": {"x": None}, "annotations": {"y": None, "z": "1"}},
    }
    assert as_sent(given) == {
        **{"apiVersion": "v1", "kind": "ConfigMap", "data": {"b": "1"}},
        "metadata": {"name": "m", "labels": {}, "annotations": {"y": "", "z": "1"}},
    }


def test_a_version_of_two_groups_is_refused() -> None:
    (one,) = refused("apiVersion: a.io/b/v1\nkind: Thing\nmetadata: {name: t}\n")
    assert (one.line, one.column, one.cluster) == (1, 13, "unexpected GroupVersion string: a.io/b/v1")


def test_policies_see_the_canonical_object() -> None:
    text = POD.replace("image: i", "image: i\n      resources: {limits: {cpu: 2.5, memory: 0.5Gi}}")
    messages = [Raw(*raw).message for raw in checked(text).raws]
    assert "container <c> cpu limit <2500m> is higher than the maximum allowed of <2>" in messages
    # Limits that nobody requested are requested, of a Pod and not of a template.
    assert not [message for message in messages if "request" in message]
    text = DEPLOYMENT.replace("image: i", "image: i\n          resources: {limits: {cpu: 1, memory: 0.5Gi}}")
    assert "container <c> has no resource requests" in [Raw(*raw).message for raw in checked(text).raws]


REQUESTS = "image: i\n{0}resources:\n{0}  requests: {{cpu: '1', memory: 1Gi}}"


def test_a_pod_that_a_default_limit_makes_invalid_is_refused() -> None:
    text = POD.replace("image: i", REQUESTS.format(" " * 6))
    assert checked(text).refused == []
    cpu, memory = refused(text, MUTATING)
    assert (cpu.line, cpu.column, cpu.stage) == (10, 25, "validate")
    assert cpu.reason == (
        "mutate-cpu-limits makes the Pod invalid: the cpu request of 1 is higher than the cpu limit of 500m; set "
        "resources.limits.cpu yourself, at least as high as the request"
    )
    assert "must be less than or equal to cpu limit of 500m" in cpu.cluster
    assert "memory limit of 500Mi" in memory.cluster


def test_a_workload_whose_pods_a_default_limit_makes_invalid_is_accepted_and_useless() -> None:
    result = checked(DEPLOYMENT.replace("image: i", REQUESTS.format(" " * 10)), MUTATING)
    assert result.refused == []
    found = [raw for raw in (Raw(*one) for one in result.raws) if raw.policy.startswith("mutate-")]
    assert [(raw.policy, raw.effect, raw.line) for raw in found] == [
        ("mutate-cpu-limits", "deny", 17),
        ("mutate-memory-limits", "deny", 17),
    ]
    assert found[0].message.startswith("accepted, but none of its Pods will be created: ")


def test_limits_of_ones_own_are_left_alone() -> None:
    text = REQUESTS.format(" " * 6) + "\n        limits: {cpu: '1', memory: 1Gi}"
    assert (
        refused(
            POD.replace("image: i", text).replace("image", "livenessProbe: {exec: {command: [a]}}\n      image"),
            MUTATING,
        )
        == []
    )


def test_a_diff_speaks_of_the_user_s_own_text() -> None:
    text = POD.replace("image: i", "image: i\n      resources: {limits: {cpu: 0.5}, requests: null}")
    (diff,) = checked(text, MUTATING).diffs
    changed = [line for line in diff.diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == ["+        memory: 500Mi"]
    assert "cpu: 0.5" in diff.diff


def test_a_budget_that_might_get_two_bounds_is_told_of() -> None:
    budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {minAvailable: 1}\n"
    result = checked(budget, MUTATING)
    assert result.refused == []
    assert len(result.notes) == 1
    assert "cannot be both set" in result.notes[0]
    (one,) = refused(budget.replace("minAvailable: 1", "minAvailable: 1, maxUnavailable: 1"), MUTATING)
    assert (one.line, one.reason) == (4, "minAvailable and maxUnavailable cannot be both set")


@pytest.mark.parametrize(
    ("text", "holds_nothing"),
    [
        ("a: 1\n", True),
        ("# nothing\n", True),
        ("Kind: Pod\napiVersion: v1\n", True),
        ("- a\n", True),
        ("prose\n", True),
        ("apiVersion: v1\nkind: List\nitems: []\n", False),
        (POD, False),
        ("a: [\n", False),
        ("--- {a: 1}\n", False),
    ],
)
def test_a_file_that_holds_no_object_is_known(text: str, holds_nothing: bool) -> None:
    assert checked(text).holds_nothing is holds_nothing


@pytest.mark.parametrize(
    ("version", "kind", "instead"),
    [
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/v2"),
        ("policy/v1beta1", "PodDisruptionBudget", "policy/v1"),
        ("batch/v1beta1", "CronJob", "batch/v1"),
        ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", "flowcontrol.apiserver.k8s.io/v1"),
        ("extensions/v1beta1", "Ingress", "networking.k8s.io/v1"),
    ],
)
def test_a_version_that_is_no_more_is_told_with_the_one_that_took_its_place(version: str, kind: str, instead: str):
    found = checked(f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n")
    (one,) = found.refused
    assert one[6] == f"no cluster has the kind {kind} in {version}; it is {kind} in {instead}"
    assert one[7] == f'no matches for kind "{kind}" in version "{version}"'


@pytest.mark.parametrize(
    ("metadata", "count"), [("", 0), ("metadata:\n", 0), ("metadata: {}\n", 1), ("metadata: {name: }\n", 1)]
)
def test_a_custom_resource_without_a_name_may_be_none(metadata: str, count: int) -> None:
    found = refused(f"apiVersion: example.com/v1\nkind: Thing\n{metadata}spec: {{a: 1}}\n")
    assert [one.cluster for one in found] == ["metadata.name: Required value: name or generateName is required"] * count


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a/b", "invalid resource name \"a/b\": [may not contain '/']"),
        ("a/b%", "invalid resource name \"a/b%\": [may not contain '/' may not contain '%']"),
        (".", "invalid resource name \".\": [may not be '.']"),
    ],
)
@pytest.mark.parametrize("version", ["v1", "example.com/v1"])
def test_a_name_that_can_be_no_part_of_a_url_is_told_by_kubectl(name: str, told: str, version: str) -> None:
    kind = "ConfigMap" if version == "v1" else "Thing"
    (one,) = refused(f'apiVersion: {version}\nkind: {kind}\nmetadata: {{name: "{name}"}}\n')
    assert (one.stage, one.cluster) == ("read", told)


def test_an_unknown_field_is_told_as_go_quotes_it() -> None:
    (one,) = refused('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"a\\u00a0\\"b": 1\n')
    assert one.cluster == 'unknown field "a\\u00a0\\"b"'


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"enforce": "restricted", "enforce-version": "latest", "warn-version": "v1.99"}, []),
        (
            {"enforce": "Restricted"},
            ['enforce]: Invalid value: "Restricted": must be one of privileged, baseline, restricted'],
        ),
        ({"audit": ""}, ['audit]: Invalid value: "": must be one of privileged, baseline, restricted']),
        ({"warn-version": "v9"}, ['warn-version]: Invalid value: "v9": must be "latest" or "v1.x"']),
        ({"warn-version": "v1.01"}, ['warn-version]: Invalid value: "v1.01": must be "latest" or "v1.x"']),
    ],
)
def test_a_namespace_names_standards_of_pods_that_there_are(labels: dict[str, str], told: list[str]) -> None:
    lines = "".join(f"    pod-security.kubernetes.io/{name}: '{value}'\n" for name, value in labels.items())
    found = refused(f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team\n  labels:\n{lines}")
    assert [one.cluster for one in found] == [f"metadata.labels[pod-security.kubernetes.io/{text}" for text in told]


def test_rules_of_scaling_have_policies_or_none_is_named() -> None:
    text = (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n  maxReplicas: 3\n"
        "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}\n  behavior:\n    scaleUp: {policies: %s}\n"
    )
    assert not refused(text % "null")
    (one,) = refused(text % "[]")
    assert one.cluster == "spec.behavior.scaleUp.policies: Required value: must specify at least one Policy"
    assert (one.line, one.column) == (8, 25)


def test_bytes_of_a_secret_may_be_numbers() -> None:
    assert not refused(
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata: {name: s}\n"
        "data: {tls.crt: [1], tls.key: []}\n"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # A type of its own is written as JSON that may stand in a page, a text as it is.
        (
            POD.replace("spec:", "spec:\n  restartPolicy: <x>&"),
            'Unsupported value: "\\u003cx\\u003e\\u0026": supported',
        ),
        (
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: r}\n"
            "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}\n"
            "subjects: [{kind: <x>&, name: a}]\n",
            'Unsupported value: "<x>&": supported',
        ),
        (
            DEPLOYMENT.replace("labels: {app: web}", "labels: {app: <x>&}"),
            '{"app":"\\u003cx\\u003e\\u0026"}: `selector`',
        ),
    ],
)
def test_a_value_is_quoted_as_go_quotes_its_type(text: str, told: str) -> None:
    assert told in refused(text)[0].cluster
