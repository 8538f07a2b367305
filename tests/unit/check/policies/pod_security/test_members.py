# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What holds for all Pod Security members together."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azext_safeguards.check.policies import pod_security
from azext_safeguards.check.policies.policy import POD, Policy
from azext_safeguards.domain.initiative.catalog import bundled
from azext_safeguards.domain.initiative.names import POD_SECURITY, SHORT_NAMES
from azext_safeguards.domain.initiative.pod_security import parameters_for
from tests.unit.check.policies.pod_security.cases import defaults

_FOLDER = Path(pod_security.__file__).parent
POLICIES: list[Policy] = [
    module.POLICY
    for name in sorted(path.stem for path in _FOLDER.glob("*.py"))
    if hasattr(module := import_module(f"{pod_security.__name__}.{name}"), "POLICY")
]
GOOD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "c",
                "image": "i",
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                "volumeMounts": [{"name": "v", "mountPath": "/v"}],
            }
        ],
        "volumes": [{"name": "v", "emptyDir": {}}],
    },
}
PLAIN: dict[str, Any] = {**GOOD, "spec": {"containers": [{"name": "c", "image": "i"}]}}


def says(pod: Any, level: str) -> set[str]:
    """The members that a level turns on and that say something about a Pod."""
    on = [policy for policy in POLICIES if level == "Restricted" or policy.pod_security == "Baseline"]
    parameters = {**defaults(), **parameters_for(level)}
    return {policy.short for policy in on if policy.rule and list(policy.rule(pod, parameters))}


def test_the_fifteen_members_of_the_initiative() -> None:
    assert {policy.reference_id for policy in POLICIES} == set(POD_SECURITY)
    assert all(policy.short == SHORT_NAMES[policy.reference_id] for policy in POLICIES)
    assert all(policy.kinds == {POD} for policy in POLICIES)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.short)
def test_a_member_reads_only_parameters_that_the_initiative_passes_to_it(policy: Policy) -> None:
    member = next(item for item in bundled()["3.0.0"].members if item.reference_id == policy.reference_id)
    assert set(policy.parameters) <= set(member.parameters.values())


@pytest.mark.parametrize("level", ["Baseline", "Restricted"])
def test_parameters_of_a_level_are_the_initiatives(level: str) -> None:
    assert set(parameters_for(level)) <= set(bundled()["3.0.0"].parameters)


def test_no_other_level() -> None:
    with pytest.raises(ValueError, match="Privileged"):
        parameters_for("Privileged")


def test_what_kubernetes_allows_at_a_level_passes() -> None:
    assert says(GOOD, "Restricted") == set()
    assert says(PLAIN, "Baseline") == set()
    localhost = {"seccompProfile": {"type": "Localhost", "localhostProfile": "a"}}
    app_armor = {"appArmorProfile": {"type": "Localhost", "localhostProfile": "a"}}
    context = {**localhost, **app_armor, "capabilities": {"add": ["SYS_CHROOT"]}}
    assert says({**GOOD, "spec": {"containers": [{"name": "c", "securityContext": context}]}}, "Baseline") == set()


def test_what_kubernetes_forbids_at_a_level_fails() -> None:
    assert says(PLAIN, "Restricted") == {"users-groups", "no-privilege-escalation", "capabilities", "seccomp"}
    context = {
        "privileged": True,
        "capabilities": {"add": ["SYS_ADMIN"]},
        "procMount": "Unmasked",
        "seccompProfile": {"type": "Unconfined"},
        "appArmorProfile": {"type": "Unconfined"},
        "seLinuxOptions": {"user": "u"},
        "windowsOptions": {"hostProcess": True},
    }
    spec = {
        "hostPID": True,
        "hostNetwork": True,
        "securityContext": {"sysctls": [{"name": "kernel.msgmax"}]},
        "containers": [{"name": "c", "securityContext": context}],
        "volumes": [{"name": "v", "hostPath": {"path": "/"}}],
    }
    baseline = {policy.short for policy in POLICIES if policy.pod_security == "Baseline"}
    assert says({**GOOD, "spec": spec}, "Baseline") == baseline


_KEYS = (
    "spec",
    "metadata",
    "name",
    "containers",
    "initContainers",
    "volumes",
    "securityContext",
    "add",
    "drop",
    "ports",
    "hostPort",
    "type",
    "capabilities",
    "seccompProfile",
    "appArmorProfile",
    "seLinuxOptions",
    "windowsOptions",
    "sysctls",
    "hostPath",
    "path",
    "annotations",
    "nodeSelector",
    "volumeMounts",
    "readOnly",
    "runAsUser",
    "runAsNonRoot",
    "privileged",
    "localhostProfile",
)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_ANY = st.recursive(
    _SCALARS | st.sampled_from(["Localhost", "v", "*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS) | st.text(), inner, max_size=5),
    max_leaves=25,
)
_CONTEXT = st.dictionaries(st.sampled_from(_KEYS), _ANY, max_size=4) | _ANY
_CONTAINER = st.fixed_dictionaries(
    {"name": _ANY}, optional={"securityContext": _CONTEXT, "volumeMounts": _ANY, "ports": _ANY}
)
_SPEC = st.fixed_dictionaries(
    {"containers": st.lists(_CONTAINER, max_size=2) | _ANY},
    optional={"securityContext": _CONTEXT, "volumes": st.lists(_ANY, max_size=2) | _ANY, "nodeSelector": _ANY},
)


@settings(max_examples=150, deadline=None)
@given(pod=st.fixed_dictionaries({"metadata": _ANY, "spec": _SPEC | _ANY}) | st.dictionaries(st.text(), _ANY))
def test_any_shape_is_judged_without_failing_and_twice_alike(pod: dict[str, Any]) -> None:
    before = json.dumps(pod)
    for parameters in (defaults(), {**defaults(), **parameters_for("Restricted")}):
        for policy in POLICIES:
            assert policy.rule
            first = list(policy.rule(pod, parameters))
            assert first == list(policy.rule(pod, parameters))
            assert all(isinstance(item.message, str) for item in first)
    assert json.dumps(pod) == before


def test_an_ordinary_pod_costs_few_calls() -> None:
    """Counted, not timed, as machines are shared; `make bench` has the time."""
    parameters = {**defaults(), **parameters_for("Restricted")}
    rules = [policy.rule for policy in POLICIES if policy.rule]
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    for rule in rules:
        list(rule(GOOD, parameters))
        sys.setprofile(count)
        try:
            list(rule(GOOD, parameters))
        finally:
            sys.setprofile(before)
    # Today 43 for a rule.
    assert calls / len(rules) < 60
