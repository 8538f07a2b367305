# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What kubectl prints about an object that no policy ever saw: refused by kubectl or by the API server, or by admission
that is Kubernetes' own.

The forms were recorded from kubectl and kube-apiserver 1.34.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = r"[^\"\n]{1,253}"
_REST = r"(?P<text>[^\n]{0,2000}(?:\n\* [^\n]{0,2000})*)"
_READ = (
    r"error: (?:error parsing|unable to decode|error validating|no objects passed to apply|resource mapping not found)"
    rf"{_REST}(?:\nensure CRDs are installed first)?",
    rf"error: (?P<text>from {_NAME}: cannot use generate name with apply)",
    r"error: (?P<text>error when retrieving current configuration of:[^\n]{0,500})",
    r"unable to build kubernetes objects from [\w ]{1,40}: (?P<text>[^\n]{1,1000})",
    r"(?P<text>error converting YAML to JSON: [^\n]{0,500}|invalid Yaml document separator: [^\n]{0,200})",
    r"unable to get type info from the object [^\n]{1,80}: (?P<text>Object '\w{4,10}' is missing in [^\n]{1,300})",
    r"(?P<text>Object '(?:Kind|apiVersion)' is missing in [^\n]{1,300})",
    r"(?P<text>\*unstructured\.Unstructured is not a list: no Items field in this object)",
    r"(?P<text>no matches for kind \"[^\n]{1,300}(?:\nensure CRDs are installed first)?)",
)
# The API server's own warnings have no bracket with a policy in front; see check/apiserver/warnings.
_WARNED = (
    r"Warning: (?P<text>(?:(?:spec|metadata|template|allowedTopologies|endpoints|subsets|scheduling|nodeTopology)[.\[]"
    r"[^\n:]{1,300}: [^\n]{1,600}|\.metadata\.ownerReferences contains [^\n]{1,300}|volume \"[^\n]{1,600}"
    r"|spec[\w.]{0,40}: In Indexed Jobs [^\n]{1,300}|annotation [^\n ]{1,300} is deprecated, [^\n]{1,300}"
    r"|[\w./-]{2,100} [A-Z]\w{1,80} is deprecated in v1\.[^\n]{1,200}"
    r"|unknown field \"[^\n]{1,300}"
    r"|spec\.\w{1,40} is ignored [^\n]{1,100}|tls: [^\n]{1,200}|unrecognized format [^\n]{1,100}))"
)
_FORMS: tuple[tuple[str, str], ...] = (
    ("validated", rf"The (?P<kind>[A-Z]\w{{1,80}}) \"(?P<name>{_NAME})\" is invalid: ?{_REST}"),
    ("validated", rf"(?P<kind>[A-Z]\w{{1,80}})(?:\.[\w.-]{{1,100}})? \"(?P<name>{_NAME})\" is invalid: ?{_REST}"),
    (
        "decoded",
        r"(?P<kind>[A-Z]\w{1,80}) in version \"[\w.]{1,20}\" cannot be handled as an? [A-Z]\w{1,80}: " rf"{_REST}",
    ),
    ("namespace", rf"namespaces \"(?P<name>{_NAME})\" not found"),
    ("security", r"violates PodSecurity \"(?P<name>[\w.:-]{1,60})\": (?P<text>[^\n]{0,2000})"),
    ("quota", r"exceeded quota: (?P<name>[^\s,]{1,253}), (?P<text>[^\n]{0,500})"),
    *(("read", form) for form in _READ),
    ("warned", _WARNED),
)
_COMPILED = tuple((stage, re.compile(pattern)) for stage, pattern in _FORMS)


class Ended(NamedTuple):
    """An object that ended before policies of safeguards were asked, or by something that is none of them."""

    start: int
    end: int
    stage: str
    """read, decoded, validated, namespace, security or quota; warned for what was let in."""

    kind: str
    name: str
    text: str
    """What the API server says of it."""

    @property
    def lead(self) -> str:
        """What became of the object, in a few words."""
        return "Let in, with a warning that is no policy's" if self.stage == "warned" else "Refused before any policy"

    @property
    def sentence(self) -> str:
        """Who refused it, and that it was no policy of safeguards."""
        what = " ".join(filter(None, (self.kind, self.name))) or "the object"
        return {
            "read": "kubectl could not read or send this; it never reached the cluster, and no policy saw it",
            "decoded": f"the API server could not read {what}: a field is unknown or of a wrong type; no policy saw it",
            "validated": f"the API server refused {what} for the values of its fields; no policy saw it",
            "namespace": f"there is no namespace {self.name}; no policy saw the object",
            "security": f"Pod Security admission of Kubernetes refused it (level {self.name}, by a label of the "
            "namespace); that is none of the safeguards",
            "warned": "the API server itself warns of it and takes the object; that is none of the safeguards",
            "quota": f"the ResourceQuota {self.name} of the namespace is used up; that is none of the safeguards",
        }[self.stage]


def ended_before(text: str) -> list[Ended]:
    """What in a text was refused by others than policies, in order, each once."""
    found: list[Ended] = []
    for stage, pattern in _COMPILED:
        for match in pattern.finditer(text):
            if not any(one.start < match.end() and match.start() < one.end for one in found):
                groups = match.groupdict()
                told = " ".join((groups.get("text") or "").split()).strip(" :")
                found.append(
                    Ended(*match.span(), stage, groups.get("kind") or "", groups.get("name") or "", told[:1000])
                )
    return sorted(found)
