# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""host-ports: no host network, and only approved ports of the node.

The text is that of the Gatekeeper library (src/pod-security-policy/host-network-ports); Azure's own values, which it
prints, are those of the definition (Azure/azure-policy, HostNetworkPorts.json 7.0.0). That `allowHostNetwork` and
`excludedImages` keep the definition's defaults follows from the initiative, which does not pass them. A port 0 is no
port: Kubernetes drops it before any policy sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azext_safeguards.check.policies.containers import ALL_LISTS, containers
from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import pod_name
from azext_safeguards.check.policies.policy import Confidence, Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.values import show
from azext_safeguards.domain.initiative.records import members


def _rule(pod: Object, parameters: Parameters) -> Iterator[Violation]:
    allowed = parameters.get("allowedHostPorts") or []
    path = _fault(pod, allowed)
    if path:
        values = {"allowHostNetwork": False, "allowedHostPorts": allowed, "excludedImages": []}
        yield Violation(
            f"The specified hostNetwork and hostPort are not allowed, pod: {pod_name(pod)}. "
            f"Allowed values: {show(values)}",
            path,
        )


def _fault(pod: Object, allowed: list[Any]) -> Path | None:
    """The first field at fault: the policy has one message for a Pod, however many there are."""
    if holds(under(pod, "spec", "hostNetwork")):
        return ("spec", "hostNetwork")
    for container, path in containers(pod, *ALL_LISTS):
        ports = container.get("ports")
        for index, port in enumerate(ports if isinstance(ports, list) else ()):
            number = under(port, "hostPort")
            if holds(number) and number != 0 and not _is_allowed(number, allowed):
                return (*path, "ports", index, "hostPort")
    return None


def _is_allowed(number: Any, allowed: list[Any]) -> bool:
    """Whether a port is in the list, whose entries are like "80" or "3000-5000"."""
    if not isinstance(number, int):
        return False
    for entry in allowed:
        low, _, high = str(entry).partition("-")
        if low.isdecimal() and (not high or high.isdecimal()) and int(low) <= number <= int(high or low):
            return True
    return False


POLICY = Policy(
    **members("host-ports"),
    rule=_rule,
    confidence=Confidence.TWIN,
)
