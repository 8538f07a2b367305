# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Lists that kubectl sends nothing of, as kubectl 1.34.5 said it in front of an API server 1.34.4."""

from __future__ import annotations

import pytest

from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import FileResult, check_file
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source

_CORE = "io.k8s.api.core.v1"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_SPEC = "io.k8s.api.apps.v1.DeploymentSpec"
_LIST = "apiVersion: v1\nkind: List\nitems:\n"
_ONE = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {a: b}}\n"
_UNKNOWN = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, datta: {a: b}}\n"
_ODD = """\
- apiVersion: v1
  kind: Pod
  metadata: {name: one}
  spec:
    containers: [{image: b, ports: [{name: x}], resources: {limits: [a]}, env: {a: b}}]
    hostNetwork: "true"
    restartPolicy: 3
    terminationGracePeriodSeconds: 1.5
    volumes: x
- apiVersion: v1
  kind: Service
  metadata: {name: two}
  spec: {ports: [{port: "80", targetPort: [1]}], selector: {a: {b: c}}}
- apiVersion: v1
  kind: ConfigMap
  metadata: [a]
"""
_REST = "template: {spec: {containers: []}}"


def _checked(text: str) -> FileResult:
    content = text.encode()
    return check_file(Engine(Settings({"no-latest-tag": "deny"})), Source("a.yaml", "", len(content), content))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            _LIST + _ONE + _UNKNOWN + _ONE,
            [f'ValidationError(ConfigMap): unknown field "datta" in {_CORE}.ConfigMap'],
            id="unknown field",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMapList\nitems:\n" + _ONE + _UNKNOWN,
            [f'ValidationError(ConfigMapList.items[1]): unknown field "datta" in {_CORE}.ConfigMap'],
            id="list of a kind",
        ),
        pytest.param(
            _LIST + "- {apiVersion: v1, kind: Nope}\n- {apiVersion: v1, kind: ConfigMap, metadata: {labelz: {}}}\n",
            [f'ValidationError(ConfigMap.metadata): unknown field "labelz" in {_META}'],
            id="what kubectl does not know",
        ),
        pytest.param(
            _LIST + _ODD,
            [
                f'ValidationError(Pod.spec.containers[0].env): invalid type for {_CORE}.Container.env: got "map", '
                'expected "array"',
                'ValidationError(Pod.spec.containers[0].ports[0]): missing required field "containerPort" in '
                f"{_CORE}.ContainerPort",
                f"ValidationError(Pod.spec.containers[0].resources.limits): invalid type for {_CORE}."
                'ResourceRequirements.limits: got "array", expected "map"',
                f'ValidationError(Pod.spec.containers[0]): missing required field "name" in {_CORE}.Container',
                f'ValidationError(Pod.spec.hostNetwork): invalid type for {_CORE}.PodSpec.hostNetwork: got "string", '
                'expected "boolean"',
                f'ValidationError(Pod.spec.volumes): invalid type for {_CORE}.PodSpec.volumes: got "string", expected '
                '"array"',
                f"ValidationError(Service.spec.ports[0].port): invalid type for {_CORE}.ServicePort.port: got "
                '"string", expected "integer"',
                "ValidationError(Service.spec.ports[0].targetPort): invalid type for io.k8s.apimachinery.pkg.util."
                'intstr.IntOrString: got "array", expected "string"',
                f"ValidationError(Service.spec.selector.a): invalid type for {_CORE}.ServiceSpec.selector: got "
                '"map", expected "string"',
                f'ValidationError(ConfigMap.metadata): invalid type for {_META}: got "array", expected "map"',
            ],
            id="wrong types",
        ),
        pytest.param(
            f"apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- {{spec: {{{_REST}, foo: x}}}}",
            [
                f'ValidationError(DeploymentList.items[0].spec): unknown field "foo" in {_SPEC}',
                f'ValidationError(DeploymentList.items[0].spec): missing required field "selector" in {_SPEC}',
            ],
            id="items without a kind",
        ),
        pytest.param(
            "apiVersion: v1\nkind: PodList\nitems:\n- {apiVersion: apps/v1, kind: Deployment, spec: {selector: {}}}\n",
            [
                f'ValidationError(PodList.items[0].spec): unknown field "selector" in {_CORE}.PodSpec',
                f'ValidationError(PodList.items[0].spec): missing required field "containers" in {_CORE}.PodSpec',
            ],
            id="items of another kind",
        ),
    ],
)
def test_nothing_of_such_a_list_is_sent(text: str, told: list[str]) -> None:
    result = _checked(text)
    assert [row[-1] for row in result.refused] == told
    assert {row[5] for row in result.refused} == {"read"}
    assert not result.raws
    assert not result.holds_nothing


def test_the_place_is_that_of_the_field_or_the_value() -> None:
    [row] = _checked(_LIST + _ONE + _UNKNOWN).refused
    assert row[:2] == (5, 60)
    assert row[-2] == "the field datta is unknown here (did you mean data?), and kubectl sends nothing of the list"


def test_what_the_api_server_refuses_is_told_of_the_item_alone() -> None:
    bad_name = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: Two_}}\n"
    number = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: three}, data: {a: 1}}\n"
    pod = "- {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}\n"
    result = _checked(_LIST + bad_name + number + pod)
    assert [(row[3], row[5]) for row in result.refused] == [("Two_", "validate"), ("three", "decode")]
    assert result.raws
