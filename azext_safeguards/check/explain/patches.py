# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Patches: for each object that messages name, all that they want changed, as one YAML document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from azext_safeguards.check.explain.fixes import FIXES
from azext_safeguards.check.explain.fragments import Fragment, Known, Part, merged
from azext_safeguards.check.explain.owners import API_VERSIONS, TEMPLATES, Workload
from azext_safeguards.check.explain.texts import Named, named
from azext_safeguards.check.explain.yaml_text import yaml_lines
from azext_safeguards.output.text import visible

FIRST_LINE = "# A patch by az aks safeguards explain"
"""How a file with a patch begins."""

# Of a message about a registry and one about a tag the first says more about the image, so it comes last.
_LAST = "allowed-images"


@dataclass(frozen=True)
class Change:
    """What one message wants changed, and where."""

    named: Named
    workload: Workload
    in_template: bool = False
    """Whether it is the Pod template of the object that is to be changed, where both have the field."""


@dataclass(frozen=True)
class Patch:
    """One document."""

    workload: Workload
    policies: tuple[str, ...]
    part: Mapping[str, Any]
    """The patch; empty where the messages tell too little for one."""

    missing: tuple[str, ...]
    """What is to be done beside it, and why it is not in the patch."""

    @property
    def text(self) -> str:
        """The document, which begins with `---`; comments alone where there is no patch."""
        head = ["---", *(f"# {visible(line)}" for line in self._comments())]
        return "\n".join([*head, *(yaml_lines(self.part) if self.part else ())]) + "\n"

    @property
    def file_text(self) -> str:
        """The document as the whole of a file, with how to apply it."""
        workload = self.workload
        target = f"{workload.kind.lower() or 'KIND'} {workload.name or 'NAME'}"
        namespace = f" -n {workload.namespace}" if workload.namespace else ""
        head = [
            FIRST_LINE,
            "# To a manifest: kubectl patch --local -f MANIFEST --patch-file THIS -o yaml; or in Kustomize's patches.",
            f"# On the cluster: {visible(f'kubectl patch {target}{namespace} --patch-file THIS')}",
        ]
        return "\n".join(head) + "\n" + self.text.removeprefix("---\n")

    def _comments(self) -> list[str]:
        workload = self.workload
        where = f" in namespace {workload.namespace}" if workload.namespace else ""
        what = f"{workload.kind or ('A workload' if workload.is_template else 'An object')} {workload.name}".strip()
        comments = [f"{what}{where}: {', '.join(self.policies)}"]
        if workload.guess:
            comments.append(f"A guess: {workload.guess}.")
        if not workload.kind and not workload.is_template and "containers" in str(self.part):
            comments.append("For a Pod; in a workload all of spec belongs below spec.template.")
        if not workload.kind and workload.is_template:
            comments.append("The kind is not told; in a CronJob spec.template is spec.jobTemplate.spec.template.")
        comments += [f"Not in this patch: {line}." for line in self.missing]
        return comments


def patches(changes: Sequence[Change], manifests: Sequence[Mapping[str, Any]] = ()) -> list[Patch]:
    """One patch for each object, in the order in which the objects come up.

    :param manifests: objects that are known as a whole.
    """
    groups: dict[tuple[str, str, str], list[Change]] = {}
    workloads = list(dict.fromkeys(change.workload for change in changes))
    for change in changes:
        one = _fullest(change.workload, workloads)
        groups.setdefault((one.kind, one.name, one.namespace), []).append(change)
    return [_patch(group, workloads, manifests) for group in groups.values()]


def _fullest(workload: Workload, others: Sequence[Workload]) -> Workload:
    """The same object with all that is known of it: messages may leave kind and namespace out."""
    if not workload.name:
        return workload
    same = [
        one
        for one in others
        if one.name == workload.name
        and (one.kind == workload.kind or (not workload.kind and one.kind in TEMPLATES) or not one.kind)
        and ("" in (one.namespace, workload.namespace) or one.namespace == workload.namespace)
    ]
    best = max([workload, *same], key=lambda one: (bool(one.kind), bool(one.namespace), not one.guess))
    namespaces = {one.namespace for one in same if one.namespace}
    return replace(best, namespace=best.namespace or (namespaces.pop() if len(namespaces) == 1 else ""))


def _patch(changes: list[Change], workloads: Sequence[Workload], manifests: Sequence[Mapping[str, Any]]) -> Patch:
    """The patch of one object."""
    workload = _fullest(changes[0].workload, workloads)
    known = _known(workload, changes, manifests)
    part: Part = {}
    missing: list[str] = []
    policies = list(dict.fromkeys(change.named.policy for change in changes))
    for change in sorted(changes, key=lambda one: one.named.policy == _LAST):
        fix = FIXES.get(change.named.policy)
        fragment = fix(change.named, known) if fix else Fragment(missing="see the fix")
        part = merged(part, fragment.whole)
        placed = replace(workload, is_template=change.in_template)
        part = merged(part, _placed(fragment.pod, placed))
        if fragment.missing:
            missing.append(f"{change.named.policy}: {fragment.missing}")
    return Patch(workload, tuple(policies), _headed(part, workload), tuple(dict.fromkeys(missing)))


def _placed(pod: Part, workload: Workload) -> Part:
    """A change to a Pod where the Pod stands in the object."""
    part = pod
    for step in reversed(workload.template if pod else ()):
        part = {step: part}
    return part


def _headed(part: Part, workload: Workload) -> Part:
    """The patch with the names by which tools find its object, as far as they are known."""
    if not part:
        return {}
    head: Part = {}
    if workload.kind in API_VERSIONS and workload.name:
        head = {"apiVersion": API_VERSIONS[workload.kind], "kind": workload.kind}
    if workload.name:
        head["metadata"] = {"name": workload.name}
    return dict(merged(head, part))


def _known(workload: Workload, changes: Iterable[Change], manifests: Sequence[Mapping[str, Any]]) -> Known:
    """What is known of the object beside each single message."""
    said = [change.named for change in changes]
    manifest = next((one for one in manifests if _is_of(one, workload)), {})
    pod: Any = manifest
    for step in workload.template:
        pod = pod.get(step) if isinstance(pod, Mapping) else None
    return Known(
        images={one.container: one.image for one in said if one.container and one.image},
        regular=frozenset(one.container for one in said if one.policy == "probes"),
        manifest=manifest,
        pod=pod if isinstance(pod, Mapping) else {},
        name=workload.name,
    )


def _is_of(manifest: Mapping[str, Any], workload: Workload) -> bool:
    """Whether a manifest is the object's."""
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return bool(workload.name) and name == workload.name and manifest.get("kind") == workload.kind


def for_finding(policy: str, message: str, kind: str, name: str, namespace: str, implied: bool) -> str:
    """The patch for one finding of a check, whose object is known; "" where its message tells too little.

    :param policy: the short name.
    :param implied: whether it is about a Pod that the object implies.
    """
    workload = Workload(kind, name, namespace, kind in TEMPLATES)
    in_template = implied or (workload.is_template and policy != "no-aks-labels")
    (patch,) = patches([Change(named(message, policy) or Named(policy), workload, in_template)])
    return patch.text.removeprefix("---\n") if patch.part else ""


def example(policy: str, patch: str, for_pod: bool) -> str:
    """The patch of a policy that was asked for by name, as a document of its own.

    :param for_pod: whether it is that of a Pod, which stands in a template where a workload makes Pods.
    """
    pod = "# For a Pod; in a workload all of it belongs below spec.template.\n" if for_pod else ""
    return f"---\n# {policy}: an example, with names to be replaced by yours\n{pod}{patch}"
