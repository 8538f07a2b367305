# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object after the other through the policies that act on its kind: expanded, excluded and mutated as a cluster
would."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azext_safeguards.check.apiserver.warnings.warned import Warned
from azext_safeguards.check.documents.reading import Document
from azext_safeguards.check.judging.acting import Asked
from azext_safeguards.check.judging.admission import identity, named, refused_rows, taken
from azext_safeguards.check.judging.excluded import matcher
from azext_safeguards.check.judging.judged import GATEKEEPER as GATEKEEPER
from azext_safeguards.check.judging.judged import MOST_MESSAGES as MOST_MESSAGES
from azext_safeguards.check.judging.judged import Apart as Apart
from azext_safeguards.check.judging.judged import Judged, Plain
from azext_safeguards.check.judging.judged import Kept as Kept
from azext_safeguards.check.judging.judged import Raw as Raw
from azext_safeguards.check.judging.lists import objects_of, refusals_of
from azext_safeguards.check.judging.subject import Subject
from azext_safeguards.check.policies.policy import Path
from azext_safeguards.check.settings import Settings

if TYPE_CHECKING:
    from azext_safeguards.check.judging.own import Hook, Own

_EXCLUDED = "In an excluded namespace, and so not judged."


class Engine:
    """Judges objects by the settings given; has no state between objects."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_excluded = matcher(settings.excluded_namespaces)
        self._own = _own(settings) if settings.mutators or settings.admission else None
        self._asked = Asked(settings, self._own.kinds if self._own else ())

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
        namespace = self._settings.default_namespace
        admitted, refusals, warned = taken(content, namespace, hook)
        if admitted is None:
            return _refused(refused_rows(document, at, identity(content, namespace), refusals))
        acting = self._asked.by_kind.get((group, kind))
        if acting is None:
            return self._warned(document, admitted, at, warned) if warned else None
        who = identity(admitted, namespace)
        if who[2] and self._is_excluded(who[2]):
            apart = ("excluded", *document.locate(at), *who, "", "", "", False, _EXCLUDED)
            said = self._warned(document, admitted, at, warned).apart if warned else ()
            return Judged([], [], None, None, True, 0, (), (apart, *said))
        metadata = admitted["metadata"]
        metadata["name"] = who[1]
        if who[2]:
            metadata["namespace"] = who[2]
        judged = Subject(self._asked, acting, document, content, at, number, (group, *who), file).judge(admitted, hook)
        if warned and not judged.refused:
            more = self._warned(document, admitted, at, warned).apart
            return judged._replace(apart=(*judged.apart, *more))
        return judged

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
