# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""probes: every container has the required probes, each with a tcpSocket, httpGet or exec.

Source of rule and text: Azure/draft, pkg/safeguards/lib, container-enforce-probes/template.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azext_safeguards.check.policies.containers import is_excluded_image, is_excluded_name
from azext_safeguards.check.policies.policy import Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.values import MISSING, elements, get, literal, show
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, parameters: Parameters) -> Iterable[Violation]:
    spec = pod.get("spec")
    probes = parameters.get("requiredProbes")
    if not isinstance(spec, dict) or not probes:
        return ()
    found: dict[str, Path] = {}
    for index, container in elements(spec.get("containers")):
        if not isinstance(container, dict) or "name" not in container:
            continue
        for probe in probes:
            if not _is_there(container.get(probe)):
                break
        else:
            continue
        missing = [probe for probe in probes if not _is_there(container.get(probe))]
        if not is_excluded_name(container, parameters) and not is_excluded_image(container, parameters):
            for probe in missing:
                message = _message(pod, container["name"], probe, probes)
                if message:
                    found.setdefault(message, ("spec", "containers", index, probe))
    return [Violation(message, path) for message, path in found.items()]


def _is_there(probe: Any) -> bool:
    """Whether a probe has a handler; gRPC was none when the template was published, and null is one to Rego."""
    if not isinstance(probe, dict):
        return False
    # Asked of every container.
    get = probe.get
    return get("httpGet", False) is not False or get("tcpSocket", False) is not False or get("exec", False) is not False


def _message(pod: Object, container: Any, probe: str, probes: Any) -> str:
    """The text; "" for a Pod without a name, about which the template says nothing."""
    name = get(pod, "metadata", "name")
    if name is MISSING:
        return ""
    return (
        f"Container <{show(container)}> in your Pod <{show(name)}> has no <{probe}>. "
        f"Required probes: {literal(list(probes))}"
    )


POLICY = Policy(
    **members("probes"),
    rule=_rule,
)
