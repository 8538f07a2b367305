# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object under judgement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azext_safeguards.check.apiserver.refusals import Refusal
from azext_safeguards.check.documents.reading import Document
from azext_safeguards.check.findings import Effect, ObjectDiff
from azext_safeguards.check.judging.acting import Acting, Asked
from azext_safeguards.check.judging.admission import readmitted, refused_rows
from azext_safeguards.check.judging.consequences import BOTH_BOUNDS, both_bounds, culprit, explained, without_pods
from azext_safeguards.check.judging.expansion import implied_pod
from azext_safeguards.check.judging.ignoring import ignored_policies, reason_of
from azext_safeguards.check.judging.judged import GATEKEEPER, MOST_MESSAGES, Judged, Plain
from azext_safeguards.check.judging.mutated import Mutated, apply
from azext_safeguards.check.policies.policy import POD, Path, Violation

if TYPE_CHECKING:
    from azext_safeguards.check.judging.own import Hook

_BUDGET = ("policy", "PodDisruptionBudget")


class Subject:
    """One object under judgement."""

    # What most objects do not have.
    _annotations: Any = None
    _ignored: tuple[str, ...] = ()
    _ignored_count = 0
    _notes: tuple[str, ...] = ()
    _apart: tuple[Plain, ...] = ()
    _mutations: tuple[str, ...] = ()

    def __init__(
        self,
        asked: Asked,
        acting: Acting,
        document: Document,
        original: dict[str, Any],
        at: Path,
        number: int,
        identity: tuple[str, str, str, str],
        file: str,
    ) -> None:
        self._asked = asked
        self._acting = acting
        self._document = document
        self._original = original
        self._at = at
        self._number = number
        self._group, self._kind, self._name, self._namespace = identity
        self._file = file
        self._raws: list[Plain] = []

    def judge(self, content: dict[str, Any], hook: Hook | None) -> Judged:
        """All that is to be said about the object.

        :param content: the object as the API server hands it on.
        :param hook: AKS's own mutators, as they changed it; None where none was asked.
        """
        acting, diff = self._acting, None
        annotations = content["metadata"].get("annotations")
        if annotations:
            self._annotations = annotations
            self._ignored, self._notes = ignored_policies(annotations)
        admitted = content
        if acting.is_mutated:
            content, refusals, diff = self._mutated(content, (self._group, self._kind), ())
            if refusals:
                who = (self._kind, self._name, self._namespace)
                rows = refused_rows(self._document, self._at, who, refusals)
                return Judged(rows, [], None, None, False, 0, ())
        if hook:
            diff = self._of_aks(hook, admitted) or diff
        self._apply(acting, content, (), False)
        if acting.template:
            diff = self._judge_pod(content, acting.template) or diff
        kept = self._kept(content) if acting.comparing else None
        return Judged([], self._raws, kept, diff, False, self._ignored_count, self._notes, self._apart)

    def _of_aks(self, hook: Hook, content: dict[str, Any]) -> ObjectDiff | None:
        """Collects what AKS's admission policies say of the object; what its mutators changed, where that is asked."""
        for number, (effect, said) in enumerate(hook.said(content)):
            if said.policy in self._ignored:
                self._ignore(said.policy, effect, said.text, said.path, False)
            else:
                # They say what they say in their order, before the constraints of Gatekeeper.
                order = f"{said.policy} {number:04}"
                line, column = self._document.locate(self._at + said.path)
                who = (self._kind, self._name, self._namespace)
                self._raws.append((self._number, False, order, said.text, line, column, *who, said.policy, effect))
        self._notes += tuple(hook.notes)
        wanted = self._asked.wants_diffs and hook.result and hook.result.names
        return self._diff(hook.result, ()) if wanted and hook.result else None

    def _judge_pod(self, content: dict[str, Any], template: Path) -> ObjectDiff | None:
        """Judges the Pod that a workload implies."""
        pod = implied_pod(content, template, self._name, self._namespace)
        if not pod:
            return None
        acting, diff = self._asked.pod, None
        if acting.is_mutated:
            pod, refusals, diff = self._mutated(pod, POD, template)
            for one in refusals[:MOST_MESSAGES]:
                self._add(culprit(one, self._mutations), "deny", without_pods(one), template + one.path, False)
        self._apply(acting, pod, template, True)
        return diff

    def _apply(self, acting: Acting, content: dict[str, Any], prefix: Path, implied: bool) -> None:
        """Collects what the policies of a kind say about the object, or about its Pod."""
        parameters = self._asked.parameters
        for policy, effect, rule in acting.rules:
            found = rule(content, parameters)
            if found:
                self._collect(policy.short, effect, found, prefix, implied)

    def _collect(self, short: str, effect: Effect, found: Iterable[Violation], prefix: Path, implied: bool) -> None:
        """Collects what one policy says."""
        for count, (message, path) in enumerate(found):
            if count == MOST_MESSAGES:
                about = f"{self._kind}/{self._name}"
                self._notes += (f"{short}: only the first {count} messages about {about} are shown.",)
                break
            if short in self._ignored:
                self._ignore(short, effect, message, prefix + path, implied)
            else:
                self._add(short, effect, message, prefix + path, implied)

    def _ignore(self, short: str, effect: Effect, message: str, path: Path, implied: bool) -> None:
        """Collects a finding that the object says is known."""
        self._ignored_count += 1
        place = self._document.locate(self._at + path)
        who = (self._kind, self._name, self._namespace)
        reason = reason_of(self._annotations, short)
        self._apart += (("ignored", *place, *who, short, message, effect, implied, reason),)

    def _add(self, short: str, effect: Effect, message: str, path: Path, implied: bool) -> None:
        line, column = self._document.locate(self._at + path)
        who = (self._kind, self._name, self._namespace)
        self._raws.append((self._number, implied, GATEKEEPER, message, line, column, *who, short, effect))

    def _mutated(
        self, content: dict[str, Any], kind: tuple[str, str], template: Path
    ) -> tuple[dict[str, Any], list[Refusal], ObjectDiff | None]:
        """An object as mutations leave it, what they make invalid, and what they change where that is to be shown."""
        result = self._asked.mutator.mutate(content, kind)
        self._mutations = result.names
        if kind == _BUDGET and both_bounds(content.get("spec")):
            self._notes += (BOTH_BOUNDS,)
        if not result.names:
            return content, [], None
        after, refusals = readmitted(content, result.content, *kind)
        if template:
            # The API server fills in a Pod when it is created; the one that Gatekeeper expands is left as it is.
            after = result.content
        else:
            refusals = [explained(one, result.names) for one in refusals]
        return after, refusals, self._diff(result, template) if self._asked.wants_diffs else None

    def _diff(self, result: Mutated, template: Path) -> ObjectDiff:
        """What was changed, in the user's own text."""
        from azext_safeguards.check.diffs import unified

        before = self._original
        if template:
            before = implied_pod(before, template, self._name, self._namespace) or {}
        line, _ = self._document.locate(self._at)
        shown = (self._kind, self._name, self._namespace)
        return ObjectDiff(self._file, line, *shown, result.names, unified(before, apply(before, result.changes)))

    def _kept(self, content: dict[str, Any]) -> Plain:
        """What the policies need of this object that look at several."""
        acting, spec = self._acting, content.get("spec")
        kept: dict[str, Any] = {
            "apiVersion": content["apiVersion"],
            "kind": self._kind,
            "metadata": {"name": self._name, "namespace": self._namespace},
            "spec": {key: spec[key] for key in acting.members if key in spec} if isinstance(spec, dict) else spec,
        }
        places = {path: self._document.locate(self._at + path) for path in acting.places}
        likenesses = {one.short: tuple(one.likenesses(kept)) for one in acting.comparing}
        ignored = {short: reason_of(self._annotations, short) for short in self._ignored} if self._ignored else {}
        who = (self._group, self._kind, self._name, self._namespace)
        return (self._number, *who, kept, places, ignored, likenesses)
