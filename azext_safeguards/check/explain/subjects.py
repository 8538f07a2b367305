# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which object each message is about, as far as the message, its block and the messages beside it tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from azext_safeguards.check.explain.owners import (
    API_VERSIONS,
    TEMPLATES,
    Workload,
    implied_by,
    owner_of,
    owner_of_pod,
)
from azext_safeguards.check.explain.pasted import Block, Said
from azext_safeguards.check.explain.texts import Named
from azext_safeguards.check.policies.policy import POD, Policy

Message = tuple[Said, Named, Policy | None]


def subjects(messages: Sequence[Message]) -> list[Workload]:
    """The object that each message wants changed, in the order of the messages.

    All messages of one block are about one object, so that a message without a name has that of its neighbours.
    """
    own = [_subject(*message) for message in messages]
    blocks: dict[int, list[int]] = {}
    for number, (said, _, _) in enumerate(messages):
        blocks.setdefault(id(said.block), []).append(number)
    result = list(own)
    for numbers in blocks.values():
        shared = _shared([own[number] for number in numbers], _kinds(messages[number][1] for number in numbers))
        for number in numbers:
            if shared and (not own[number].name or own[number].name == shared.name):
                result[number] = _completed(own[number], shared)
    return [_named_elsewhere(one, result) for one in result]


def _named_elsewhere(own: Workload, others: Sequence[Workload]) -> Workload:
    """A workload of unknown kind, with the kind that the only other of its name has.

    The warnings and the denial of one object stand apart, and the denial alone tells what it is.
    """
    if own.kind or not own.name or own.guess:
        return own
    same = {(one.kind, one.namespace): one for one in others if one.name == own.name and one.kind in TEMPLATES}
    found = [one for one in same.values() if not own.namespace or one.namespace in ("", own.namespace)]
    return replace(found[0], is_template=own.is_template) if len(found) == 1 and not found[0].guess else own


def is_about_template(said: Said, policy: Policy, workload: Workload) -> bool:
    """Whether a message wants the Pod template of an object changed, rather than the object's own fields.

    Labels are the one thing that both have and a policy judges in both: each is told about by itself.
    """
    if policy.short == "no-aks-labels" and not said.implied and not said.block.is_event:
        return False
    return workload.is_template


def _subject(said: Said, named: Named, policy: Policy | None) -> Workload:
    """The object of one message, by itself and what is said around it."""
    block = said.block
    if _is_of_another(block, said, named, policy):
        block = Block(effect=block.effect)
    namespace = named.namespace or block.namespace
    if named.policy == "pod-disruption-budgets" and named.object:
        return Workload("PodDisruptionBudget", named.object, namespace)
    if policy is not None and POD not in policy.kinds:
        kind = named.kind if named.kind in API_VERSIONS else block.kind
        workload = Workload(kind or _only_kind(policy), named.object or block.name, namespace)
        implies_pods = all(kind in TEMPLATES for _, kind in policy.kinds)
        return replace(workload, is_template=workload.kind in TEMPLATES or (not workload.kind and implies_pods))
    pod = named.object
    if said.implied:
        if block.name and block.kind in TEMPLATES:
            return _controlled(block, namespace)
        return implied_by(pod, block.kind, namespace) if pod else Workload("", "", namespace, is_template=True)
    if block.is_event and block.name:
        return _controlled(block, namespace)
    if pod:
        return owner_of_pod(pod, namespace, block.is_event)
    if block.kind == "Pod" and block.name:
        return owner_of_pod(block.name, namespace, block.is_event)
    if block.name or block.kind:
        return _controlled(block, namespace)
    return Workload("", "", namespace, is_template=block.is_event)


def _is_of_another(block: Block, said: Said, named: Named, policy: Policy | None) -> bool:
    """Whether the line behind warnings is about another object than they are.

    kubectl prints the warnings of an object first, then what became of it; of one that is denied it says so at the very
    end, so that what follows its warnings is the next object.
    """
    if block.effect != "warn" or not block.is_closed or not block.name:
        return False
    if said.implied and named.object:
        return named.object.removesuffix("-pod").removesuffix("-job") != block.name or block.kind not in TEMPLATES
    if said.implied or policy is None or POD in policy.kinds:
        return block.kind not in TEMPLATES and block.kind != "Pod"
    return block.kind not in {kind for _, kind in policy.kinds}


def _controlled(block: Block, namespace: str) -> Workload:
    """The object of a block, or what controls it."""
    if block.owner[0]:
        return owner_of(block.owner[0], block.owner[1], namespace)
    if block.name:
        return owner_of(block.kind, block.name, namespace)
    # A controller that fails to create a Pod says so of a Pod without a name.
    return Workload("" if block.kind == "Pod" else block.kind, "", namespace, True)


def _only_kind(policy: Policy) -> str:
    """The kind that a policy judges, where it is one."""
    kinds = {kind for _, kind in policy.kinds}
    return kinds.pop() if len(kinds) == 1 else ""


def _kinds(named: Iterable[Named]) -> set[str]:
    """The kinds of workloads that messages name."""
    return {one.kind for one in named if one.kind in TEMPLATES}


def _shared(own: list[Workload], kinds: set[str]) -> Workload | None:
    """The one object that messages name; None where they name several, or none."""
    named = [one for one in own if one.name and one.kind not in ("PodDisruptionBudget", "Service", "StorageClass")]
    if len({one.name for one in named}) != 1:
        return None
    best = max(named, key=lambda one: (bool(one.kind), one.is_template, not one.guess))
    if not best.kind and len(kinds) == 1:
        best = replace(best, kind=kinds.pop(), guess="" if not best.guess else best.guess)
    namespace = next((one.namespace for one in named if one.namespace), "")
    return replace(best, namespace=best.namespace or namespace)


def _completed(own: Workload, shared: Workload) -> Workload:
    """A message's object with what its neighbours tell."""
    if own.kind and shared.kind and own.kind != shared.kind:
        return own
    if own.kind in ("PodDisruptionBudget", "Service", "StorageClass", "Node"):
        return own
    return shared
