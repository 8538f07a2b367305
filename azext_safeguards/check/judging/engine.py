# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object after the other through the policies that act on its kind: expanded, excluded and mutated as a cluster
would."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from azext_safeguards.check.documents.reading import Document
from azext_safeguards.check.findings import Effect, ObjectDiff
from azext_safeguards.check.judging.excluded import matcher
from azext_safeguards.check.judging.expansion import TEMPLATES, implied_pod
from azext_safeguards.check.judging.ignoring import ignored_policies, reason_of
from azext_safeguards.check.judging.mutated import Mutator
from azext_safeguards.check.policies.policy import POD, Path, Policy
from azext_safeguards.check.policies.registry import NAMES
from azext_safeguards.check.policies.registry import policy as policy_named
from azext_safeguards.check.settings import Settings

_CLUSTER_SCOPED = frozenset(
    {("", "Node"), ("", "Namespace"), ("", "PersistentVolume"), ("storage.k8s.io", "StorageClass")}
)


Plain = tuple[Any, ...]
"""The fields of a `Raw` or a `Kept` as a plain tuple, which is quick to make and which marshal can carry."""


# No real object has so many; a hostile one may have a hundred thousand containers.
MOST_MESSAGES = 100


_EXCLUDED = "In an excluded namespace, and so not judged."


class Raw(NamedTuple):
    """A finding on its way: the first fields order those of one file as a cluster prints them."""

    object_number: int
    implied: bool
    constraint: str
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
    """`ignored` or `excluded`."""
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


class Engine:
    """Judges objects by the settings given; has no state between objects."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_excluded = matcher(settings.excluded_namespaces)
        self._mutator = Mutator(settings.mutations, None if settings.want_diffs else frozenset(settings.effects))
        acting = [(policy_named(short), effect) for short, effect in settings.effects.items() if short in NAMES]
        self._alone: dict[tuple[str, str], list[tuple[Policy, Effect]]] = {}
        self._keep: dict[tuple[str, str], set[str]] = {}
        self._places: dict[tuple[str, str], set[Path]] = {}
        self._comparing: dict[tuple[str, str], list[Policy]] = {}
        for one, effect in acting:
            if one.rule:
                for kind in one.kinds:
                    self._alone.setdefault(kind, []).append((one, effect))
            if one.rule_among:
                for kind in one.kinds:
                    self._places.setdefault(kind, {()}).update(one.places)
                for kind in one.among | one.kinds:
                    self._keep.setdefault(kind, set()).update(one.keep)
                    self._comparing.setdefault(kind, []).append(one)
        pods = POD in self._alone or self._mutator.acts_on(POD)
        workloads = set(TEMPLATES) if pods else set()
        self._judged = {*self._alone, *self._keep, *workloads, *self._mutator.kinds}

    def objects(self, document: Document) -> Iterator[tuple[Any, Path]]:
        """The Kubernetes objects of a document with their paths; the items of a List count one by one."""
        yield from _objects(document.data, ())

    def judge(self, document: Document, content: dict[str, Any], at: Path, number: int, file: str) -> Judged | None:
        """What the policies say about one object; None for a kind that none of them looks at."""
        api_version = content["apiVersion"]
        group = api_version.rpartition("/")[0]
        kind = content["kind"]
        if (group, kind) not in self._judged:
            return None
        metadata = content.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        name = _text(metadata.get("name")) or _text(metadata.get("generateName"))
        namespace = ""
        if (group, kind) not in _CLUSTER_SCOPED:
            namespace = _text(metadata.get("namespace")) or self._settings.default_namespace
            if self._is_excluded(namespace):
                line, column = document.locate(at)
                apart = ("excluded", line, column, kind, name, namespace, "", "", "", False, _EXCLUDED)
                return Judged([], None, None, True, 0, (), (apart,))
            if metadata.get("namespace") != namespace or (name and metadata.get("name") != name):
                content = {
                    **content,
                    "metadata": {**metadata, "namespace": namespace, **({"name": name} if name else {})},
                }
        subject = _Subject(self, document, content, at, number, (group, kind, name, namespace), file)
        return subject.judge(metadata.get("annotations"))


class _Subject:
    """One object under judgement."""

    def __init__(
        self,
        engine: Engine,
        document: Document,
        content: dict[str, Any],
        at: Path,
        number: int,
        identity: tuple[str, str, str, str],
        file: str,
    ) -> None:
        self._engine = engine
        self._document = document
        self._content = content
        self._at = at
        self._number = number
        self._group, self._kind, self._name, self._namespace = identity
        self._file = file
        self._raws: list[Plain] = []
        self._ignored_count = 0
        self._apart: list[Plain] = []
        self._annotations: Any = None

    def judge(self, annotations: Any) -> Judged:
        """All that is to be said about the object."""
        engine = self._engine
        kind = (self._group, self._kind)
        self._annotations = annotations
        self._ignored, notes = ignored_policies(annotations) if annotations else ((), ())
        self._notes = list(notes)
        content, diff = self._mutated(self._content, kind)
        for policy, effect in engine._alone.get(kind, ()):
            self._apply(policy, effect, content, (), False)
        template = TEMPLATES.get(kind)
        if template:
            pod = implied_pod(content, template, self._name, self._namespace)
            if pod:
                pod, diff = self._mutated(pod, POD)
                for policy, effect in engine._alone.get(POD, ()):
                    self._apply(policy, effect, pod, template, True)
        members = engine._keep.get(kind)
        kept = self._kept(content, members) if members is not None else None
        return Judged(self._raws, kept, diff, False, self._ignored_count, tuple(self._notes), tuple(self._apart))

    def _apply(self, policy: Policy, effect: Effect, content: dict[str, Any], prefix: Path, implied: bool) -> None:
        """Collects what one policy says about the object, or about its Pod."""
        assert policy.rule
        for count, (message, path) in enumerate(policy.rule(content, self._engine._settings.parameters)):
            if count == MOST_MESSAGES:
                about = f"{self._kind}/{self._name}"
                self._notes.append(f"{policy.short}: only the first {count} messages about {about} are shown.")
                break
            line, column = self._document.locate(self._at + prefix + path)
            identity = (self._kind, self._name, self._namespace)
            if policy.short in self._ignored:
                self._ignored_count += 1
                reason = reason_of(self._annotations, policy.short)
                said = (policy.short, message, effect, implied, reason)
                self._apart.append(("ignored", line, column, *identity, *said))
                continue
            constraint = policy.constraint or policy.short
            self._raws.append(
                (self._number, implied, constraint, message, line, column, *identity, policy.short, effect)
            )

    def _mutated(self, content: dict[str, Any], kind: tuple[str, str]) -> tuple[dict[str, Any], ObjectDiff | None]:
        """An object as mutations leave it, and what they changed where that is to be shown."""
        mutator = self._engine._mutator
        if not mutator.acts_on(kind):
            return content, None
        result, names = mutator.mutate(content, kind)
        if not names or not self._engine._settings.want_diffs:
            return result, None
        from azext_safeguards.check.diffs import unified

        line, _ = self._document.locate(self._at)
        shown = (self._kind, self._name, self._namespace)
        return result, ObjectDiff(self._file, line, *shown, names, unified(content, result))

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
        wanted = self._engine._places.get(kind, ())
        places = {path: self._document.locate(self._at + path) for path in wanted}
        identity = (self._group, self._kind, self._name, self._namespace)
        ignored = {short: reason_of(self._annotations, short) for short in self._ignored}
        likenesses = {one.short: tuple(one.likenesses(kept)) for one in self._engine._comparing[kind]}
        return (self._number, *identity, kept, places, ignored, likenesses)


def _objects(data: Any, at: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The objects of some data: itself, or the items of a List, to any depth."""
    if not isinstance(data, dict):
        return
    kind, items = data.get("kind"), data.get("items")
    if not isinstance(kind, str) or not isinstance(data.get("apiVersion"), str):
        return
    if kind.endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            yield from _objects(item, (*at, "items", index))
        return
    yield data, at


def _text(value: Any) -> str:
    """A name as it is printed; "" for what is no name."""
    return value if isinstance(value, str) else ""
