# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object after the other through the policies that act on its kind: expanded, excluded and mutated as a cluster
would."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from azext_safeguards.check.apiserver import Refusal
from azext_safeguards.check.apiserver.warnings import Warned, warn
from azext_safeguards.check.documents.reading import Document
from azext_safeguards.check.findings import Effect, ObjectDiff
from azext_safeguards.check.judging.admission import admit, identity, named, readmitted, refused_rows
from azext_safeguards.check.judging.consequences import BOTH_BOUNDS, both_bounds, culprit, explained, without_pods
from azext_safeguards.check.judging.excluded import matcher
from azext_safeguards.check.judging.expansion import TEMPLATES, implied_pod
from azext_safeguards.check.judging.ignoring import ignored_policies, reason_of
from azext_safeguards.check.judging.lists import objects_of, refusals_of
from azext_safeguards.check.judging.mutated import Mutated, Mutator, apply
from azext_safeguards.check.policies.policy import POD, Path, Policy, Rule, Violation
from azext_safeguards.check.policies.registry import NAMES
from azext_safeguards.check.policies.registry import policy as policy_named
from azext_safeguards.check.settings import Settings

if TYPE_CHECKING:
    from azext_safeguards.check.judging.own import Hook, Own

Plain = tuple[Any, ...]
"""The fields of a `Raw` or a `Kept` as a plain tuple, which is quick to make and which marshal can carry."""


_BUDGET = ("policy", "PodDisruptionBudget")

# No real object has so many; a hostile one may have a hundred thousand containers.
MOST_MESSAGES = 100


# Gatekeeper sorts what all constraints say of an object by the texts alone (recorded; frameworks' types.Results).
GATEKEEPER = "gatekeeper"

_EXCLUDED = "In an excluded namespace, and so not judged."


class Raw(NamedTuple):
    """A finding on its way: the first fields order those of one file as a cluster prints them."""

    object_number: int
    implied: bool
    spokesman: str
    """What comes before whom within one answer: AKS's own policies in their order, then Gatekeeper's."""
    message: str
    line: int
    column: int
    kind: str
    name: str
    namespace: str
    policy: str
    effect: Effect


class Kept(NamedTuple):
    """What is remembered of an object for the policies that need several: only what they read, and places."""

    object_number: int
    group: str
    kind: str
    name: str
    namespace: str
    content: dict[str, Any]
    places: dict[Path, tuple[int, int]]
    ignored: dict[str, str]
    """The policies whose findings the object says are known, each with the reason."""
    likenesses: dict[str, tuple[Hashable, ...]]
    """Short name of a policy -> what makes the object comparable to it, see `Policy.likenesses`."""


class Apart(NamedTuple):
    """What is told apart from the findings: one that the object says is known, or an object that is not judged."""

    state: str
    """`ignored`, `excluded`, or `apiserver` for what the API server itself warns of."""
    line: int
    column: int
    kind: str
    name: str
    namespace: str
    policy: str
    message: str
    effect: str
    implied: bool
    reason: str


class Judged(NamedTuple):
    """What one object gave."""

    refused: list[Plain]
    """See `Refused`, without the file."""
    raws: list[Plain]
    """See `Raw`."""
    kept: Plain | None
    """See `Kept`."""
    diff: ObjectDiff | None
    excluded: bool
    ignored: int
    notes: tuple[str, ...]
    apart: tuple[Plain, ...] = ()
    """See `Apart`."""
    seen: Plain | None = None
    """See `SeenObject`, without the file; None where objects are not to be remembered."""


class Engine:
    """Judges objects by the settings given; has no state between objects."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_excluded = matcher(settings.excluded_namespaces)
        self._mutator = Mutator(settings.mutations, None if settings.want_diffs else frozenset(settings.effects))
        acting = [(policy_named(short), effect) for short, effect in settings.effects.items() if short in NAMES]
        self._alone: dict[tuple[str, str], list[tuple[Policy, Effect, Rule]]] = {}
        self._keep: dict[tuple[str, str], set[str]] = {}
        self._places: dict[tuple[str, str], set[Path]] = {}
        self._comparing: dict[tuple[str, str], list[Policy]] = {}
        for one, effect in acting:
            if one.rule:
                for kind in one.kinds:
                    self._alone.setdefault(kind, []).append((one, effect, one.rule))
            if one.rule_among:
                for kind in one.kinds:
                    self._places.setdefault(kind, set()).update(one.places)
                for kind in one.among | one.kinds:
                    self._keep.setdefault(kind, set()).update(one.keep)
                    self._comparing.setdefault(kind, []).append(one)
        pods = POD in self._alone or self._mutator.acts_on(POD)
        workloads = set(TEMPLATES) if pods else set()
        self._own = _own(settings) if settings.mutators or settings.admission else None
        asked = self._own.kinds if self._own else ()
        self._judged = {*self._alone, *self._keep, *workloads, *self._mutator.kinds, *asked}

    def objects(self, document: Document) -> Iterable[tuple[Any, Path]]:
        """The Kubernetes objects of a document with their paths; the items of a list count one by one."""
        return objects_of(document.data)

    def unopened(self, document: Document) -> list[Plain]:
        """What kubectl does not send of a list; see `Refused`, without the file."""
        who = (document.data["kind"], "", "")
        return refused_rows(document, (), who, refusals_of(document.data))

    def named(self, data: Any) -> tuple[str, str, str]:
        """Kind, name and namespace of what a text holds that kubectl does not read; empty where it is no object."""
        return named(data, self._settings.default_namespace)

    def judge(self, document: Document, content: dict[str, Any], at: Path, number: int, file: str) -> Judged | None:
        """What the API server and the policies say about one object; None when neither says anything of its kind."""
        if self._own or self._settings.want_objects:
            return self._judge_for_aks(document, content, at, number, file)
        return self._judge(document, content, at, number, file, None)

    def _judge_for_aks(
        self, document: Document, content: dict[str, Any], at: Path, number: int, file: str
    ) -> Judged | None:
        """The same where AKS's own mutators may change the object, or where it is to be remembered."""
        namespace = self._settings.default_namespace
        who = identity(content, namespace)
        own = None if who[2] and self._is_excluded(who[2]) else self._own
        hook = own.hook((content["apiVersion"].rpartition("/")[0], content["kind"])) if own else None
        judged = self._judge(document, content, at, number, file, hook)
        if not self._settings.want_objects:
            return judged
        changed = (hook.names, hook.changes) if hook else ((), ())
        seen = (*document.locate(at), *who, *changed)
        return (judged or Judged([], [], None, None, False, 0, ()))._replace(seen=seen)

    def _judge(
        self, document: Document, content: dict[str, Any], at: Path, number: int, file: str, hook: Hook | None
    ) -> Judged | None:
        group, kind = content["apiVersion"].rpartition("/")[0], content["kind"]
        admitted, refusals = admit(content, self._settings.default_namespace, hook)
        if admitted is None:
            who = identity(content, self._settings.default_namespace)
            return _refused(refused_rows(document, at, who, refusals))
        warned = warn(admitted, group, kind)
        if (group, kind) not in self._judged:
            return self._warned(document, admitted, at, warned) if warned else None
        who = identity(admitted, self._settings.default_namespace)
        if who[2] and self._is_excluded(who[2]):
            apart = ("excluded", *document.locate(at), *who, "", "", "", False, _EXCLUDED)
            said = self._warned(document, admitted, at, warned).apart if warned else ()
            return Judged([], [], None, None, True, 0, (), (apart, *said))
        more = self._warned(document, admitted, at, warned).apart if warned else ()
        admitted["metadata"]["name"] = who[1]
        if who[2]:
            admitted["metadata"]["namespace"] = who[2]
        judged = _Subject(self, document, content, admitted, at, number, (group, *who), file).judge(hook)
        return Judged(*judged[:7], (*judged.apart, *more)) if more and not judged.refused else judged

    def _warned(self, document: Document, admitted: dict[str, Any], at: Path, warned: list[Warned]) -> Judged:
        """What the API server itself warns of, which stands apart from what policies say."""
        who = identity(admitted, self._settings.default_namespace)
        apart = [
            ("apiserver", *document.locate_value(at + one.path), *who, "", one.text, "", False, "") for one in warned
        ]
        return Judged([], [], None, None, False, 0, (), tuple(apart))


def _own(settings: Settings) -> Own:
    """AKS's own part, which is loaded for those whose safeguards AKS manages only."""
    from azext_safeguards.check.judging.own import Own

    return Own(settings)


def _refused(rows: list[Plain]) -> Judged:
    return Judged(rows, [], None, None, False, 0, ())


class _Subject:
    """One object under judgement."""

    def __init__(
        self,
        engine: Engine,
        document: Document,
        original: dict[str, Any],
        content: dict[str, Any],
        at: Path,
        number: int,
        identity: tuple[str, str, str, str],
        file: str,
    ) -> None:
        self._engine = engine
        self._document = document
        self._original = original
        self._content = content
        self._at = at
        self._number = number
        self._group, self._kind, self._name, self._namespace = identity
        self._file = file
        self._raws: list[Plain] = []
        self._ignored_count = 0
        self._apart: list[Plain] = []
        self._annotations = content["metadata"].get("annotations")

    def judge(self, hook: Hook | None) -> Judged:
        """All that is to be said about the object.

        :param hook: AKS's own mutators, as they changed it; None where none was asked.
        """
        engine = self._engine
        kind = (self._group, self._kind)
        self._ignored, notes = ignored_policies(self._annotations) if self._annotations else ((), ())
        self._notes = list(notes)
        content, refusals, diff = self._mutated(self._content, kind, ())
        if refusals:
            who = (self._kind, self._name, self._namespace)
            return _refused(refused_rows(self._document, self._at, who, refusals))
        if hook:
            diff = self._of_aks(hook, kind) or diff
        self._apply(kind, content, (), False)
        template = TEMPLATES.get(kind)
        if template:
            diff = self._judge_pod(content, template) or diff
        members = engine._keep.get(kind)
        kept = self._kept(content, members) if members is not None else None
        said = (tuple(self._notes), tuple(self._apart))
        return Judged([], self._raws, kept, diff, False, self._ignored_count, *said)

    def _of_aks(self, hook: Hook, kind: tuple[str, str]) -> ObjectDiff | None:
        """Collects what AKS's admission policies say of the object; what its mutators changed, where that is asked."""
        for number, (effect, said) in enumerate(hook.said(self._content)):
            if said.policy in self._ignored:
                self._ignore(said.policy, effect, said.text, said.path, False)
            else:
                # They say what they say in their order, before the constraints of Gatekeeper.
                order = f"{said.policy} {number:04}"
                line, column = self._document.locate(self._at + said.path)
                who = (self._kind, self._name, self._namespace)
                self._raws.append((self._number, False, order, said.text, line, column, *who, said.policy, effect))
        self._notes += hook.notes
        wanted = self._engine._settings.want_diffs and hook.result and hook.result.names
        return self._diff(hook.result, ()) if wanted and hook.result else None

    def _judge_pod(self, content: dict[str, Any], template: Path) -> ObjectDiff | None:
        """Judges the Pod that a workload implies."""
        pod = implied_pod(content, template, self._name, self._namespace)
        if not pod:
            return None
        mutated, refusals, diff = self._mutated(pod, POD, template)
        for one in refusals[:MOST_MESSAGES]:
            self._add(culprit(one, self._names), "deny", without_pods(one), one.path, template)
        self._apply(POD, mutated, template, True)
        return diff

    def _apply(self, kind: tuple[str, str], content: dict[str, Any], prefix: Path, implied: bool) -> None:
        """Collects what the policies of a kind say about the object, or about its Pod."""
        parameters = self._engine._settings.parameters
        for policy, effect, rule in self._engine._alone.get(kind, ()):
            found = rule(content, parameters)
            if found:
                self._collect(policy, effect, found, prefix, implied)

    def _collect(self, policy: Policy, effect: Effect, found: Iterable[Violation], prefix: Path, implied: bool) -> None:
        """Collects what one policy says."""
        for count, (message, path) in enumerate(found):
            if count == MOST_MESSAGES:
                about = f"{self._kind}/{self._name}"
                self._notes.append(f"{policy.short}: only the first {count} messages about {about} are shown.")
                break
            if policy.short in self._ignored:
                self._ignore(policy.short, effect, message, prefix + path, implied)
                continue
            self._add(policy.short, effect, message, path, prefix, implied)

    def _ignore(self, short: str, effect: Effect, message: str, path: Path, implied: bool) -> None:
        """Collects a finding that the object says is known."""
        self._ignored_count += 1
        place = self._document.locate(self._at + path)
        who = (self._kind, self._name, self._namespace)
        reason = reason_of(self._annotations, short)
        self._apart.append(("ignored", *place, *who, short, message, effect, implied, reason))

    def _add(self, short: str, effect: Effect, message: str, path: Path, prefix: Path, implied: bool = False) -> None:
        line, column = self._document.locate(self._at + prefix + path)
        who = (self._kind, self._name, self._namespace)
        self._raws.append((self._number, implied, GATEKEEPER, message, line, column, *who, short, effect))

    def _mutated(
        self, content: dict[str, Any], kind: tuple[str, str], template: Path
    ) -> tuple[dict[str, Any], list[Refusal], ObjectDiff | None]:
        """An object as mutations leave it, what they make invalid, and what they change where that is to be shown."""
        mutator = self._engine._mutator
        if not mutator.acts_on(kind):
            return content, [], None
        result = mutator.mutate(content, kind)
        self._names = result.names
        if kind == _BUDGET and both_bounds(content.get("spec")):
            self._notes.append(BOTH_BOUNDS)
        if not result.names:
            return content, [], None
        after, refusals = readmitted(content, result.content, *kind)
        if template:
            # The API server fills in a Pod when it is created; the one that Gatekeeper expands is left as it is.
            after = result.content
        else:
            refusals = [explained(one, result.names) for one in refusals]
        return after, refusals, self._diff(result, template) if self._engine._settings.want_diffs else None

    def _diff(self, result: Mutated, template: Path) -> ObjectDiff:
        """What was changed, in the user's own text."""
        from azext_safeguards.check.diffs import unified

        before = self._original
        if template:
            before = implied_pod(before, template, self._name, self._namespace) or {}
        line, _ = self._document.locate(self._at)
        shown = (self._kind, self._name, self._namespace)
        return ObjectDiff(self._file, line, *shown, result.names, unified(before, apply(before, result.changes)))

    def _kept(self, content: dict[str, Any], members: set[str]) -> Plain:
        """What the policies need of this object that look at several."""
        spec = content.get("spec")
        kept: dict[str, Any] = {
            "apiVersion": content["apiVersion"],
            "kind": self._kind,
            "metadata": {"name": self._name, "namespace": self._namespace},
            "spec": {key: spec[key] for key in members if key in spec} if isinstance(spec, dict) else spec,
        }
        kind = (self._group, self._kind)
        places = {}
        for path in self._engine._places.get(kind, ()):
            places[path] = self._document.locate(self._at + path)
        likenesses = {}
        for one in self._engine._comparing[kind]:
            likenesses[one.short] = tuple(one.likenesses(kept))
        ignored = {short: reason_of(self._annotations, short) for short in self._ignored} if self._ignored else {}
        who = (self._group, self._kind, self._name, self._namespace)
        return (self._number, *who, kept, places, ignored, likenesses)
