# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""host-namespaces: no Pod in the process or IPC namespace of its node.

Text and rule are those of the Gatekeeper library (src/pod-security-policy/host-namespaces); Azure's kind is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from azext_safeguards.check.policies.pod_security.fields import holds, under
from azext_safeguards.check.policies.pod_security.pods import STANDARDS, pod_name
from azext_safeguards.check.policies.policy import POD, Confidence, Object, Parameters, Policy, Violation
from azext_safeguards.domain.initiative.titles import title_of


def _rule(pod: Object, _parameters: Parameters) -> Iterator[Violation]:
    spec = under(pod, "spec")
    for field in ("hostPID", "hostIPC"):
        if holds(under(spec, field)):
            yield Violation(f"Sharing the host namespace is not allowed: {pod_name(pod)}", ("spec", field))
            return


POLICY = Policy(
    short="host-namespaces",
    reference_id="blockHostNamespaces",
    constraint="k8sazurev3blockhostnamespace",
    title=title_of("host-namespaces"),
    why="A Pod with hostPID or hostIPC sees the processes and the shared memory of everything else on its node, "
    "and can reach into them.",
    fix="Remove hostPID and hostIPC, or set them to false. Agents that need them belong into an excluded namespace.",
    patch="""\
spec:
  hostPID: false
  hostIPC: false
""",
    docs=STANDARDS,
    kinds=frozenset({POD}),
    rule=_rule,
    pod_security="Baseline",
    confidence=Confidence.TWIN,
)
