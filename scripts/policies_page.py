# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writes docs/policies.md and a page for each policy from the policies themselves: `make docs`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from azext_safeguards.check.mutations import REGISTRY as MUTATIONS
from azext_safeguards.check.mutations.mutation import Mutation
from azext_safeguards.check.policies.policy import POD, Confidence, Policy
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, Definitions
from azext_safeguards.domain.initiative.pod_security import LEVELS, parameters_for

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "policies.md"
PAGES = DOCS / "policies"

_INTRODUCTION = """\
# Policies

<!-- Made by `make docs` from azext_safeguards/check; do not edit. -->

What each policy of deployment safeguards wants, why, and how to fix what it finds. `az aks safeguards explain` shows
the same for a denial that kubectl printed; `az aks safeguards check` finds it before ([check.md](check.md)). Each name
leads to the policy's own page.
"""
_LISTS = """
Workloads stand for the Pods that they imply: a policy on Pods also judges Deployments, StatefulSets, DaemonSets,
ReplicaSets, ReplicationControllers, Jobs and CronJobs.
"""
_POD_SECURITY = """
## Pod Security

Members of v3.0.0 that no level turns on, because with the initiative's own parameters they would block every volume and
every added capability. `az aks safeguards check --version v3.0.0 --pod-security Baseline|Restricted` judges by them.
How AKS turns a Pod Security level into parameters is not published, so the levels are those of Kubernetes, said with
the initiative's parameters; what is not named keeps the initiative's default:
"""
_MUTATIONS = """
## Mutations

What a cluster at Enforcement changes before it judges; `az aks safeguards check --show-mutations` shows it.
"""
_CONFIDENCE = {
    Confidence.TEMPLATE: "the policy's template was published",
    Confidence.TWIN: "by a policy of the Gatekeeper library that does the same; Azure's may differ",
    Confidence.DESCRIPTION: "by description and documentation only; Azure's rule may differ",
}


def pages() -> dict[Path, str]:
    """Every page: the list of all policies, and one page for each."""
    return {PAGE: page(), **{PAGES / f"{policy.short}.md": _section(policy) for policy in REGISTRY.values()}}


def page() -> str:
    """The page that lists all policies, with an anchor for each."""
    core = [policy for policy in REGISTRY.values() if not policy.pod_security]
    pod_security = [policy for policy in REGISTRY.values() if policy.pod_security]
    parts = [_INTRODUCTION, "\n", _table(core), _LISTS]
    parts += [_POD_SECURITY, *map(_level, LEVELS), "\n", _pod_security_table(pod_security)]
    parts += [_MUTATIONS, "\n", *_mutation_table(MUTATIONS.values())]
    return "".join(parts)


def _versions(reference_id: str) -> list[bool]:
    """In which safeguards versions a member acts, oldest version first."""
    return [reference_id in version.active for version in PROFILE_VERSIONS.values()]


def _marks(reference_id: str) -> str:
    return " | ".join("yes" if acts else "" for acts in _versions(reference_id))


def _table(policies: Iterable[Policy]) -> str:
    """The list of policies with the versions that have them."""
    names = list(PROFILE_VERSIONS)
    lines = [f"| policy | wants | {' | '.join(names)} |", "|---|---|" + "---|" * len(names)]
    lines += [f"| {_link(policy)} | {policy.title} | {_marks(policy.reference_id)} |" for policy in policies]
    return "\n".join(lines) + "\n"


def _link(policy: Policy) -> str:
    """The name of a policy with its anchor, which leads to its page."""
    return f'<a id="{policy.short}"></a>[{policy.short}](policies/{policy.short}.md)'


def _pod_security_table(policies: Iterable[Policy]) -> str:
    lines = ["| policy | wants | from level |", "|---|---|---|"]
    lines += [f"| {_link(policy)} | {policy.title} | {policy.pod_security} |" for policy in policies]
    return "\n".join(lines) + "\n"


def _mutation_table(mutations: Collection[Mutation]) -> list[str]:
    names = list(PROFILE_VERSIONS)
    lines = [f"| mutation | does | {' | '.join(names)} |", "|---|---|" + "---|" * len(names)]
    lines += [
        f'| <a id="{one.short}"></a>[{one.short}]({one.docs}) | {one.title} | {_marks(one.reference_id)} |'
        for one in mutations
    ]
    # With its reason a row would be wider than a terminal.
    return [f"{line}\n" for line in [*lines, "", *(f"- **{one.short}**: {one.why}" for one in mutations)]]


def _level(level: str) -> str:
    """The parameters of a Pod Security level."""
    lines = [f"- **{level}**: " + ", ".join(f"`{name}={_value(value)}`" for name, value in _of(level))]
    return "\n" + "\n".join(lines) + "\n"


def _of(level: str) -> list[tuple[str, Any]]:
    return list(parameters_for(level).items())


def _section(policy: Policy) -> str:
    """All about one policy."""
    level = f" Pod Security level: {policy.pod_security}." if policy.pod_security else ""
    lines = [
        f"# {policy.short}\n",
        "<!-- Made by `make docs` from azext_safeguards/check; do not edit. -->\n",
        f"{policy.title}.\n",
        f"**Why.** {policy.why}\n",
        f"**Fix.** {policy.fix}\n",
        f"```yaml\n{policy.patch}```\n",
        f"- judges: {_kinds(policy)}.{level}",
        f"- reference id: `{policy.reference_id}`"
        + (f"; constraint: `{policy.constraint}`" if policy.constraint else ""),
    ]
    if policy.parameters:
        lines.append(f"- parameters: {', '.join(map(_parameter, policy.parameters))}")
    if policy.offline:
        lines.append(f"- an offline check does not know: {policy.offline}")
    lines.append(f"- how the rule is known: {_CONFIDENCE[policy.confidence]}")
    lines.append(f"- more: <{policy.docs}>")
    lines.append("\nAll policies: [policies.md](../policies.md).")
    return "\n".join(lines) + "\n"


def _kinds(policy: Policy) -> str:
    names = sorted(kind for _, kind in policy.kinds)
    return ", ".join(names) + (" and the Pods of workloads" if POD in policy.kinds else "")


def _parameter(name: str) -> str:
    """A parameter with the initiative's default, where it has one."""
    for pin in ("3.0.*", "2.1.*"):
        definition = Definitions().get(pin)
        parameter = definition.parameters.get(name) if definition else None
        if parameter:
            return f"`{name}`" + ("" if parameter.required else f" (default `{_value(parameter.default)}`)")
    return f"`{name}`"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for path in PAGES.glob("*.md"):
        path.unlink()
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
