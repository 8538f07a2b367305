# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""unique-selectors: no two Services of a namespace select the same Pods on a common port.

The rule is that of Azure/draft, unique-service-selectors/template.yaml, with what came later: a common port
(`spec.ports[].port`; targetPort and protocol do not count) and the end of the text, both as seen on clusters in 2026.
Services without a selector are alike to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.policies.policy import Object, Parameters, Policy, Violation
from azext_safeguards.check.rego.values import MISSING, elements, get, literal, show
from azext_safeguards.domain.initiative.records import members

_SERVICE = ("", "Service")


def _selector(service: Object) -> str:
    """The selector as the template flattens it: `key:value` sorted and joined; values that are no text drop out."""
    pairs = elements(get(service, "spec", "selector"))
    found = [f"{key}:{value}" for key, value in pairs if isinstance(key, str) and isinstance(value, str)]
    return ",".join(sorted(found) if len(found) > 1 else found)


def _ports(service: Object) -> set[str]:
    """The ports that a Service offers, as Rego writes them."""
    ports = [get(port, "port") for _, port in elements(get(service, "spec", "ports"))]
    return {literal(port) for port in ports if port is not MISSING}


def _likenesses(service: Object) -> list[tuple[str, str]]:
    """Selector and port, for each port: only a Service that shares one of these can be in the way."""
    selector = _selector(service)
    return [(selector, port) for port in sorted(_ports(service))]


def _rule_among(service: Object, parameters: Parameters, others: Iterable[Object]) -> Iterable[Violation]:
    del service, parameters  # others are those with its selector and one of its ports
    for other in others:
        metadata = other["metadata"]
        message = (
            f"same selector as service <{show(metadata['name'])}> in namespace <{show(metadata['namespace'])}> "
            "with overlapping ports"
        )
        yield Violation(message, ("spec", "selector"))


POLICY = Policy(
    **members("unique-selectors"),
    rule_among=_rule_among,
    among=frozenset({_SERVICE}),
    keep=("selector", "ports"),
    looks_back=True,
    places=(("spec", "selector"),),
    likenesses=_likenesses,
    offline="Services that are on the cluster but not in the given files",
)
