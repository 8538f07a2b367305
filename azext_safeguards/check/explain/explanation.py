# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pasted output, or names of policies, to what they mean: why, how to fix it, and how to let it pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from azext_safeguards.check.explain import managed
from azext_safeguards.check.explain.exclusion import Way, ways_out, ways_out_of_managed, ways_to_the_owner
from azext_safeguards.check.explain.names import by_constraint, by_managed_check, by_name, is_foreign
from azext_safeguards.check.explain.owners import Workload
from azext_safeguards.check.explain.pasted import Said, read
from azext_safeguards.check.explain.patches import Change, Patch, example, patches
from azext_safeguards.check.explain.subjects import is_about_template, subjects
from azext_safeguards.check.explain.texts import Named
from azext_safeguards.check.mutations.mutation import Mutation
from azext_safeguards.check.policies.policy import POD, Policy
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.domain.acting.records import OwnRecord

_MEMBER, _MANAGED, _FOREIGN = "safeguards", "aks", "other"


@dataclass(frozen=True)
class Explanation:
    """What is known about a text."""

    policies: list[dict[str, Any]]
    """One object for each policy that was recognised, in the order of the text."""

    strangers: list[str]
    """Constraints in the text that are no members of safeguards, and about which nothing else is known."""

    unrecognised: list[str]
    """Lines of the text that are no message of a policy."""

    patches: list[Patch] = field(default_factory=list)
    """For each object that the text names, all that is to be changed."""


@dataclass
class _Message:
    """One message with what was found out about it."""

    said: Said
    named: Named
    policy: Policy | None
    owner: str
    workload: Workload = field(default_factory=Workload)

    @property
    def change(self) -> Change | None:
        """What it wants changed; None where no policy of the initiative says the same."""
        if not self.policy:
            return None
        return Change(self.named, self.workload, is_about_template(self.said, self.policy, self.workload))


def explain(text: str) -> Explanation:
    """What a text means: names of policies, or what kubectl, helm, an event or a log printed.

    :param text: one or more names separated by blanks, or any number of lines.
    """
    asked = _asked_for(text)
    if asked:
        return Explanation(asked, [], [])
    paste = read(text)
    messages, strangers = _messages(paste.said)
    for message, workload in zip(
        messages, subjects([(one.said, one.named, one.policy) for one in messages]), strict=True
    ):
        message.workload = workload
    groups: dict[tuple[str, str], list[_Message]] = {}
    known: set[tuple[str, str, Workload, str]] = set()
    for message in messages:
        key = message.policy.short if message.policy else message.said.constraint
        same = (key, message.said.text, message.workload)
        if (*same, message.said.block.effect) not in known:
            groups.setdefault((key, message.owner), []).append(message)
        known |= {(*same, message.said.block.effect), (*same, "")}
    changes = [change for group in groups.values() for one in group if (change := one.change)]
    return Explanation(
        [_explained(group, paste.manifests) for group in groups.values()],
        list(dict.fromkeys(strangers)),
        list(dict.fromkeys(paste.others)),
        patches(changes, paste.manifests),
    )


def _messages(said: Sequence[Said]) -> tuple[list[_Message], list[str]]:
    """The messages whose policy is known, and the constraints of the others."""
    messages: list[_Message] = []
    strangers: list[str] = []
    for one in said:
        policy, owner = _policy_of(one)
        if not policy and owner != _MANAGED:
            strangers.append(one.constraint)
            continue
        named = one.named if one.named and policy and one.named.policy == policy.short else None
        messages.append(_Message(one, named or Named(policy.short if policy else ""), policy, owner))
    # `Disallowed capabilities detected:` only begins what the next lines say.
    told = {(one.said.constraint, id(one.said.block)) for one in messages if one.said.managed and any(one.named[1:])}
    counts = [any(one.named[1:]) or (one.said.constraint, id(one.said.block)) not in told for one in messages]
    return [one for one, does_count in zip(messages, counts, strict=True) if does_count], strangers


def _asked_for(text: str) -> list[dict[str, Any]]:
    """The objects about policies whose names are all that the text is; none when a word is no name."""
    found: dict[str, dict[str, Any]] = {}
    for word in text.split():
        own = managed.own_record(word)
        policy = None if own else by_name(word)
        if own:
            found[own.name] = _named_own(own)
        elif policy:
            found[policy.short] = _named_policy(policy)
        else:
            return []
    return list(found.values())


def _named_own(own: OwnRecord) -> dict[str, Any]:
    """The object about a mutator or an admission policy of AKS that was asked for by name."""
    like = REGISTRY.get(own.like)
    return {
        "policy": own.name,
        "owner": _MANAGED,
        "title": own.title,
        "why": own.why,
        "messages": [],
        "fix": own.fix,
        "patch": _example(like, own.name) if like else "",
        "howToExclude": [
            way for way in ways_out_of_managed() if own.pod_security or "--pss-level" not in way["command"]
        ],
        "note": _OF_POD_SECURITY.format(own.pod_security) if own.pod_security else _MUTATOR.format(own.webhook),
        "docs": own.docs,
    }


_UNREACHED = "No assignment reaches it: neither choices for single policies nor namespaces that an assignment excludes."
_OF_POD_SECURITY = (
    "An admission policy of AKS itself, on clusters whose safeguards AKS manages, for the Pod Security level {}. "
    f"{_UNREACHED} AKS Automatic has Baseline always."
)
_MUTATOR = (
    "A mutating webhook of AKS itself ({}), at the level Enforce of the safeguards that AKS manages, and so on all of "
    f"AKS Automatic. It changes objects before they are judged, and denies nothing. {_UNREACHED}"
)


def _policy_of(said: Said) -> tuple[Policy | None, str]:
    """The policy that said something, and whose it is: a member of safeguards, AKS's own, or somebody else's."""
    by_text = REGISTRY[said.named.policy] if said.named else None
    if said.managed:
        policy = by_managed_check(said.constraint) or by_text
        return policy, _MANAGED if managed.is_managed(said.constraint) else _FOREIGN
    if not said.constraint:
        return by_text, _MEMBER
    policy = by_constraint(said.constraint)
    if policy:
        return policy, _MEMBER
    return by_text, _FOREIGN if is_foreign(said.constraint, by_text) else _MEMBER


def _named_policy(policy: Policy | Mutation) -> dict[str, Any]:
    """The object about a policy that was asked for by name."""
    changes = isinstance(policy, Mutation)
    return {
        "policy": policy.short,
        "owner": _MEMBER,
        "title": policy.title,
        "why": policy.why,
        "messages": [],
        "fix": "It changes objects and denies nothing. Set the field yourself where another value is right."
        if isinstance(policy, Mutation)
        else policy.fix,
        "patch": "" if isinstance(policy, Mutation) else _example(policy),
        "howToExclude": ways_out(policy, ()),
        "note": "It acts at the level Enforcement only." if changes else _note_by_name(policy),
        "docs": policy.docs,
    }


def _example(policy: Policy, name: str = "") -> str:
    is_of_pod = POD in policy.kinds and "template:" not in policy.patch
    return example(name or policy.short, policy.patch, for_pod=is_of_pod)


def _note_by_name(policy: Policy | Mutation) -> str:
    if isinstance(policy, Policy) and policy.pod_security:
        return f"A Pod Security policy of v3.0.0, for the level {policy.pod_security}. No safeguards level turns it on."
    return ""


def _explained(group: list[_Message], manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The object about one policy."""
    first = group[0]
    policy, owner, constraint = first.policy, first.owner, first.said.constraint
    about: Policy | managed.Managed = policy or managed.about(constraint)
    ways: dict[str, Callable[[], list[Way]]] = {
        _MEMBER: lambda: ways_out(policy, [one.named for one in group]) if policy else [],
        _MANAGED: lambda: ways_out_of_managed(managed.is_pod_security(constraint), first.workload.namespace),
        _FOREIGN: ways_to_the_owner,
    }
    found = patches([change for one in group if (change := one.change)], manifests)
    return {
        "policy": policy.short if policy else constraint,
        "owner": owner,
        "title": about.title,
        "why": about.why,
        "messages": [_message(one) for one in group],
        "fix": about.fix,
        "patch": "".join(patch.text for patch in found if patch.part),
        "howToExclude": ways[owner](),
        "note": _note(group, found),
        "docs": policy.docs if policy else managed.DOCS,
    }


def _reached(constraint: str) -> str:
    """What excluding namespaces from AKS's own safeguards does about one of its policies."""
    if managed.is_pod_security(constraint):
        return (
            "A namespace that is excluded from AKS's own safeguards is spared it, with all the others; that is seen on "
            "clusters, and AKS does not document it. A single policy can't be left out, and on AKS Automatic it always "
            "acts, so that the object has to change."
        )
    return "It guards what is AKS's own, and excluded namespaces do not reach it either: the object has to change."


def _message(one: _Message) -> dict[str, Any]:
    """One message as it is returned; what the text does not tell is null."""
    said, named, workload = one.said, one.named, one.workload
    return {
        "message": said.text,
        "effect": said.block.effect or None,
        "object": _object(said, named) or None,
        "workload": f"{workload.kind or 'workload'}/{workload.name}" if workload.name else None,
        "guess": workload.guess or None,
        "container": named.container or None,
        "namespace": workload.namespace or named.namespace or None,
        "file": said.block.file or None,
        "constraint": said.constraint or None,
        "implied": said.implied,
    }


def _object(said: Said, named: Named) -> str:
    """The object of a message as kind/name, as the text has it; a name alone where the kind is not told."""
    if named.object:
        return f"{named.kind or 'Pod'}/{named.object}"
    block = said.block
    return f"{block.kind}/{block.name}".strip("/") if block.name else ""


def _note(group: list[_Message], found: Sequence[Patch]) -> str:
    """What the reader must know beside; "" for nothing."""
    first = group[0]
    notes: list[str] = []
    if first.owner == _FOREIGN and first.policy:
        notes.append(
            f"{first.said.constraint} is no member of deployment safeguards. It says what {first.policy.short} says, "
            "but only whoever assigned it can let this pass."
        )
    elif first.owner == _MANAGED:
        notes.append(
            f"{first.said.constraint} is a policy of AKS itself. {_UNREACHED} {_reached(first.said.constraint)}"
        )
    elif any(one.said.is_old for one in group):
        notes.append(
            "The text has the form of an older Azure Policy add-on; any other assignment of the same policy looks the "
            "same."
        )
    if any(not one.named.container and "in your Pod has no" in one.said.text for one in group):
        notes.append("The names are missing: a web page takes <name> for a tag. Paste what the terminal has.")
    for patch in found:
        notes += [f"{line[:1].upper()}{line[1:]}." for line in patch.missing]
        if patch.workload.guess:
            notes.append(f"A guess: {patch.workload.guess}.")
    return " ".join(dict.fromkeys(notes))
