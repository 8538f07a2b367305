# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pasted output, or names of policies, to what they mean: why, how to fix it, and how to let it pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.check.explain.exclusion import ways_out, ways_out_of_managed, ways_to_the_owner
from azext_safeguards.check.explain.names import by_constraint, by_managed_check, by_name
from azext_safeguards.check.explain.pasted import Said, read
from azext_safeguards.check.explain.patches import filled_in
from azext_safeguards.check.explain.texts import Named, named
from azext_safeguards.check.mutations.mutation import Mutation
from azext_safeguards.check.policies.policy import POD, Policy
from azext_safeguards.check.policies.registry import REGISTRY

_EXPANDED = "-pod"


@dataclass(frozen=True)
class Explanation:
    """What is known about a text."""

    policies: list[dict[str, Any]]
    """One object for each policy that was recognised, in the order of the text."""

    strangers: list[str]
    """Constraints in the text that are no members of safeguards, and about which nothing else is known."""

    unrecognised: list[str]
    """Lines of the text that are no message of a policy."""


@dataclass
class _Gathered:
    """All that a text has about one policy."""

    policy: Policy
    messages: list[tuple[Said, Named]] = field(default_factory=list)

    def add(self, said: Said, names: Named) -> None:
        """Takes a message up, once."""
        if (said, names) not in self.messages:
            self.messages.append((said, names))


def explain(text: str) -> Explanation:
    """What a text means: names of policies, or what kubectl or an event printed.

    :param text: one or more names separated by blanks, or any number of lines.
    """
    asked = _asked_for(text)
    if asked:
        return Explanation([_named_policy(policy) for policy in asked], [], [])
    paste = read(text)
    gathered: dict[tuple[str, str], _Gathered] = {}
    strangers: list[str] = []
    for said in paste.said:
        policy, origin = _policy_of(said)
        if not policy:
            strangers.append(said.constraint)
            continue
        names = named(said.text, policy.short) or Named(policy.short)
        gathered.setdefault((policy.short, origin), _Gathered(policy)).add(said, names)
    return Explanation(
        [_explained(item, origin) for (_, origin), item in gathered.items()],
        list(dict.fromkeys(strangers)),
        list(dict.fromkeys(paste.others)),
    )


def _asked_for(text: str) -> list[Policy | Mutation]:
    """The policies whose names are all that the text is; none when a word is no name."""
    found: dict[str, Policy | Mutation] = {}
    for word in text.split():
        policy = by_name(word)
        if not policy:
            return []
        found[policy.short] = policy
    return list(found.values())


_MEMBER, _MANAGED, _FOREIGN = "member", "managed", "foreign"


def _policy_of(said: Said) -> tuple[Policy | None, str]:
    """The policy that said something, and whether as a member of safeguards, managed by AKS, or somebody else's."""
    by_text = named(said.text)
    if said.managed:
        policy = by_managed_check(said.constraint) or (REGISTRY[by_text.policy] if by_text else None)
        ours = said.constraint.startswith("aks-managed-")
        return policy, _MANAGED if ours else _FOREIGN
    policy = by_constraint(said.constraint) if said.constraint else None
    if policy or not by_text:
        return policy, _MEMBER
    # A policy whose constraint is not published is told by its text alone.
    text_policy = REGISTRY[by_text.policy]
    expected = not said.constraint or not text_policy.constraint
    return text_policy, _MEMBER if expected else _FOREIGN


def _named_policy(policy: Policy | Mutation) -> dict[str, Any]:
    """The object about a policy that was asked for by name."""
    if isinstance(policy, Policy):
        return _explained(_Gathered(policy), _MEMBER)
    return {
        "policy": policy.short,
        "title": policy.title,
        "why": policy.why,
        "messages": [],
        "fix": "It changes objects and denies nothing. Set the field yourself where another value is right.",
        "patch": "",
        "howToExclude": ways_out(policy, (), (), ""),
        "note": "It acts at the level Enforcement only.",
        "docs": policy.docs,
    }


def _explained(item: _Gathered, origin: str) -> dict[str, Any]:
    """The object about one policy."""
    policy = item.policy
    containers = [names.container for _, names in item.messages if names.container]
    images = [names.image for _, names in item.messages if names.image]
    namespace = next((names.namespace for _, names in item.messages if names.namespace), "")
    ways = {
        _MEMBER: lambda: ways_out(policy, containers, images, namespace),
        _MANAGED: lambda: ways_out_of_managed(namespace),
        _FOREIGN: ways_to_the_owner,
    }[origin]()
    return {
        "policy": policy.short,
        "title": policy.title,
        "why": policy.why,
        "messages": [_message(said, names) for said, names in item.messages],
        "fix": policy.fix,
        "patch": _patch(item),
        "howToExclude": ways,
        "note": _note(item, origin),
        "docs": policy.docs,
    }


def _message(said: Said, names: Named) -> dict[str, Any]:
    """One message as it is returned; what the text does not tell is null."""
    return {
        "message": said.text,
        "effect": said.effect or None,
        "object": _object(said, names) or None,
        "container": names.container or None,
        "namespace": names.namespace or None,
        "file": said.file or None,
        "constraint": said.constraint or None,
        "implied": said.implied,
    }


def _object(said: Said, names: Named) -> str:
    """The object of a message as kind/name; a name alone where the kind is not told."""
    if names.object:
        return f"{names.kind or 'Pod'}/{names.object}"
    return said.object


def _patch(item: _Gathered) -> str:
    """The patches of all objects that are named, as documents of one YAML text."""
    groups: dict[tuple[str, bool], list[Named]] = {}
    for said, names in item.messages:
        implied = said.implied and POD in item.policy.kinds
        name = names.object or said.object.rpartition("/")[2]
        if implied:
            name = name.removesuffix(_EXPANDED)
        groups.setdefault((name, implied or _is_workload(said, item.policy)), []).append(names)
    patches = [
        filled_in(
            item.policy,
            [one.container for one in several if one.container],
            _fields(several),
            [one.volume for one in several if one.volume],
            name,
            implied,
        )
        for (name, implied), several in groups.items()
    ] or [filled_in(item.policy)]
    return "---\n".join(dict.fromkeys(patches))


def _is_workload(said: Said, policy: Policy) -> bool:
    """Whether a message about Pods came with the event of a workload, whose Pod template is to be changed then."""
    kind = said.object.partition("/")[0]
    return POD in policy.kinds and kind in ("replicaset", "daemonset", "statefulset", "job", "deployment")


def _fields(several: list[Named]) -> list[str]:
    """The fields to keep in a patch; all where a message names none."""
    return [one.field for one in several] if all(one.field for one in several) else []


def _note(item: _Gathered, origin: str) -> str:
    """What the reader must know beside; "" for nothing."""
    if origin == _FOREIGN:
        constraint = next(said.constraint for said, _ in item.messages)
        return (
            f"{constraint} is no member of deployment safeguards. It says what {item.policy.short} says, but only "
            "whoever assigned it can let this pass."
        )
    if origin == _MANAGED:
        return "AKS itself manages this check on the cluster; choices for single policies do not reach it."
    if item.policy.pod_security and not item.messages:
        level = item.policy.pod_security
        return f"A Pod Security policy of v3.0.0, for the level {level}. No safeguards level turns it on."
    return ""
