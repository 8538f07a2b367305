# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a check finds: values that sources, engine, reports and baseline share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Effect = Literal["deny", "warn"]


class Finding(NamedTuple):
    """One message of one policy about one object in one file."""

    file: str
    """As the user named it, or below what the user named, with forward slashes; "<stdin>" for standard input."""

    line: int
    """From 1: the field at fault, or where it should be."""

    column: int
    kind: str
    name: str
    namespace: str
    """The namespace the object will be in; "" for objects that have none (Node, StorageClass)."""

    policy: str
    """The short name."""

    message: str
    """The policy's own text, without prefix and without the sentence that points to the documentation."""

    effect: Effect
    implied: bool
    """Whether it is about a Pod that the workload implies, not about the object itself."""


class IgnoredFinding(NamedTuple):
    """A finding that is known, by an annotation of its object or the baseline; fields as those of `Finding`."""

    file: str
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
    """What the annotation gives as the reason, or that the baseline knows it."""


class ExcludedObject(NamedTuple):
    """An object in an excluded namespace, which is not judged."""

    file: str
    line: int
    column: int
    kind: str
    name: str
    namespace: str
    reason: str


class UnreadableFile(NamedTuple):
    """A file, or a part of one, that could not be checked."""

    file: str
    line: int
    """From 1; 0 when it is about the file as a whole."""

    column: int
    reason: str


class UnjudgedPolicy(NamedTuple):
    """A policy at work that could not be judged, so that nothing is known of what it would say."""

    policy: str
    """The short name; the reference id of one that is not known."""

    reason: str


class Refused(NamedTuple):
    """An object, or a part of a file, that kubectl or the API server refuses before any policy sees it."""

    file: str
    line: int
    """From 1: where the value at fault begins."""

    column: int
    kind: str
    """"" with the two that follow where nobody can tell what the text holds."""

    name: str
    namespace: str
    stage: str
    """"read" by kubectl, "decode" or "validate" by the API server."""

    reason: str
    """In our words, with the way out where it is obvious."""

    cluster: str
    """What kubectl or the API server says."""


class SeenObject(NamedTuple):
    """An object that was read, and what AKS's own mutators set in it."""

    file: str
    line: int
    column: int
    kind: str
    name: str
    namespace: str
    mutators: tuple[str, ...]
    """The names of those that change it."""

    changes: tuple[tuple[str, Any], ...]
    """Path (`spec.containers[0].resources.requests.cpu`) and value of each field that they set."""


class OddPlace(NamedTuple):
    """Something that was read, though hardly as it was meant."""

    file: str
    line: int
    column: int
    reason: str


class ApiServerWarning(NamedTuple):
    """What the API server itself warns of though it takes the object; no policy has to do with it."""

    file: str
    line: int
    column: int
    kind: str
    name: str
    namespace: str
    text: str
    """As kubectl prints it behind `Warning: `."""


class ObjectDiff(NamedTuple):
    """What a cluster would change in one object."""

    file: str
    line: int
    kind: str
    name: str
    namespace: str
    policies: tuple[str, ...]
    """Short names of the mutations at work."""

    diff: str
    """A unified diff of the object (for a workload: of the Pod that it implies) as YAML, ending with a newline."""


@dataclass
class Report:
    """All that one run found, in a deterministic order: by file as given, then by place."""

    findings: list[Finding] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unreadable: list[UnreadableFile] = field(default_factory=list)
    unjudged: list[UnjudgedPolicy] = field(default_factory=list)
    ignored_findings: list[IgnoredFinding] = field(default_factory=list)
    """Those of annotations by file, then those that the baseline knows."""
    excluded_objects: list[ExcludedObject] = field(default_factory=list)
    odd: list[OddPlace] = field(default_factory=list)
    apiserver_warnings: list[ApiServerWarning] = field(default_factory=list)
    seen: list[SeenObject] = field(default_factory=list)
    """All objects, where they were to be remembered."""
    diffs: list[ObjectDiff] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What an offline check cannot know, each said once."""

    files: int = 0
    objects: int = 0
    """Kubernetes objects read."""

    excluded: int = 0
    """Objects in excluded namespaces, not judged."""

    others: int = 0
    """Documents that are no Kubernetes objects, for want of apiVersion or kind."""

    ignored: int = 0
    """Findings taken out by annotation or baseline."""

    owner: str = ""
    """Whose safeguards it was made against where they are not an assignment's: `AKS`, `AKS Automatic`."""

    level: str = ""
    version: str = ""

    idle: str = ""
    """Why nothing acts, so that nothing is found: a sentence without its end. Empty where something acts."""
