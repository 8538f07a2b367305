# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What people paste that no policy said."""

from __future__ import annotations

import pytest

from azext_safeguards.check.explain.stages import ended_before
from tests.facts.warnings import rows

_INVALID = """\
The Deployment "no-selector" is invalid: 
* spec.selector: Required value
* spec.template.metadata.labels: Invalid value: {"app":"no-selector"}: `selector` does not match template `labels`
"""  # noqa: W291
_DECODED = (
    'Error from server (BadRequest): error when creating "a.yaml": Deployment in version "v1" cannot be handled as a '
    'Deployment: strict decoding error: unknown field "spec.template.spec.containers[0].livenessprobe"\n'
)
_MAPPING = (
    'error: resource mapping not found for name: "c" namespace: "" from "c.yaml": no matches for kind "CronJob" in '
    'version "batch/v1beta1"\nensure CRDs are installed first\n'
)
_HELM = (
    'Error: INSTALLATION FAILED: Deployment.apps "web" is invalid: spec.template.spec.containers[0].image: Required '
    "value\n"
)
_SECURITY = (
    'Error from server (Forbidden): error when creating "p.yaml": pods "p" is forbidden: violates PodSecurity '
    '"restricted:latest": allowPrivilegeEscalation != false (container "c" must set '
    "securityContext.allowPrivilegeEscalation=false)\n"
)
_QUOTA = 'pods "p" is forbidden: exceeded quota: team, requested: pods=1, used: pods=5, limited: pods=5\n'
_SEPARATOR = "error: error parsing a.yaml: invalid Yaml document separator: apiVersion: v1\n"
_UNTYPED = (
    'unable to get type info from the object "*unstructured.Unstructured": '
    "Object 'Kind' is missing in 'object has no kind field '\n"
)
_NO_LIST = "error: *unstructured.Unstructured is not a list: no Items field in this object\n"
_BUILD = (
    "Error: INSTALLATION FAILED: unable to build kubernetes objects from release manifest: error parsing : error "
    "converting YAML to JSON: yaml: line 4: found unknown escape character\n"
)
_OLD = (
    'Warning: spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" '
    "instead\n"
)
_CLASS = (
    "Warning: annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead\n"
)
_NAMESPACE = 'Error from server (NotFound): error when creating "a.yaml": namespaces "team-x" not found\n'


@pytest.mark.parametrize(
    ("text", "stage", "kind", "name", "said"),
    [
        (_INVALID, "validated", "Deployment", "no-selector", "does not match template `labels`"),
        (_HELM, "validated", "Deployment", "web", "containers[0].image: Required value"),
        (_DECODED, "decoded", "Deployment", "", "livenessprobe"),
        (_MAPPING, "read", "", "", 'no matches for kind "CronJob"'),
        (_SEPARATOR, "read", "", "", "invalid Yaml document separator"),
        (_UNTYPED, "read", "", "", "Object 'Kind' is missing"),
        (_NO_LIST, "read", "", "", "is not a list"),
        (_BUILD, "read", "", "", "found unknown escape character"),
        (_NAMESPACE, "namespace", "", "team-x", ""),
        (_SECURITY, "security", "", "restricted:latest", "allowPrivilegeEscalation != false"),
        (_OLD, "warned", "", "", 'use "kubernetes.io/os" instead'),
        (_CLASS, "warned", "", "", "please use 'spec.ingressClassName'"),
        ("Warning: v1 Endpoints is deprecated in v1.33+; use x\n", "warned", "", "", "v1 Endpoints is deprecated"),
        (_QUOTA, "quota", "", "team", "requested: pods=1"),
    ],
)
def test_the_stage_is_told(text: str, stage: str, kind: str, name: str, said: str) -> None:
    (one,) = ended_before("deployment.apps/other created\n" + text)
    assert (one.stage, one.kind, one.name) == (stage, kind, name)
    assert said in one.text
    assert one.sentence


@pytest.mark.parametrize(
    "text",
    [
        "probes",
        "Warning: Validation failed for ValidatingAdmissionPolicy 'aks-managed-x' with binding 'y': probes",
        "Warning: resource pods/a is missing the kubectl.kubernetes.io/last-applied-configuration annotation",
        "Warning: [azurepolicy-k8sazurev3containerlimits-0e8a839bcd103e7b96a8] container <c> has no resource limits",
        'Error from server (Forbidden): error when creating "a.yaml": admission webhook "validation.gatekeeper.sh" '
        "denied the request: [azurepolicy-x-0e8a839bcd103e7b96a8] container <c> has no resource limits",
    ],
)
def test_what_policies_say_is_none_of_it(text: str) -> None:
    assert ended_before(text) == []


def test_all_warnings_of_the_api_server_are_known() -> None:
    texts = {text for row in rows() for text in row.told}
    found = {text: [one.stage for one in ended_before(f"Warning: {text}\n")] for text in texts}
    assert found == {text: ["warned"] for text in texts}
    assert len(texts) > 80
