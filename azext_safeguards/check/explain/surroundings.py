# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What stands around the messages: who printed them, and about which object and file.

The forms are those of kubectl and helm (recorded sessions), of Kubernetes' events and controllers, and of Flux.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from azext_safeguards.check.explain.owners import kind_of

_N = r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?"
_DONE = (
    r"created|configured|unchanged|deleted|replaced|patched|scaled|restarted|labeled|annotated|serverside-applied|"
    r"(?:image|env|resource requirements|serviceaccount) updated"
)

# The kinds of things that stand around messages. One that begins a denial or a warning begins a block: all messages in
# it are about one object.
_FORMS: tuple[tuple[str, str], ...] = (
    ("error", r"^[ \t]{0,40}(?:Error from server|Error: |error: |The \S+ \"[^\"\n]*\" is invalid)"),
    ("warning", r"\bWarning:\s(?!\s*(?:Failed|[A-Z]\w+\s{2}))|^[WE]\d{4} [^\n]{0,80}?warnings\.go:\d+\]"),
    ("denial", r"(?:admission\s{1,80}webhook\s{1,80}\"[^\"\n]{1,253}\"\s{1,80})?denied\s{1,80}the\s{1,80}request:"),
    ("file", r"error when \w+ \"(?P<file>[^\"\n]{1,500})\""),
    (
        "object",
        r"GroupVersionKind: \"[^\"\n]{0,100}Kind=(?P<kind>\w{1,60})\"\s{1,9}Name: \"(?P<name>[^\"\n]{0,253})\", "
        r"Namespace: \"(?P<namespace>[^\"\n]{0,253})\"\s{1,9}for: \"(?P<file>[^\"\n]{1,500})\"",
    ),
    (
        "object",
        rf"(?<![\w.-])(?P<kind>[a-z]{{2,60}}(?:\.[a-z0-9.-]{{1,100}})?)\s{{1,80}}\"(?P<name>{_N})\"\s{{1,80}}is\s{{1,80}}forbidden",
    ),
    ("object", rf"The (?P<kind>[a-z]{{2,60}}) \"(?P<name>{_N})\" is invalid"),
    (
        "object",
        rf"(?<!\w)(?P<kind>[A-Z]\w{{2,60}})/(?P<namespace>{_N})/(?P<name>{_N}) "
        r"(?:dry-run failed|namespace not specified)",
    ),
    ("object", r"[Ff]ailed to (?:create|update|patch|replace) (?P<kind>[a-z]{3,60}): (?=admission webhook)"),
    # Ansible.
    ("object", rf"(?<!\w)(?P<kind>[A-Z]\w{{2,60}}) (?P<name>{_N}): Failed to (?:create|patch|apply) object"),
    ("event", rf"\bFailed\w{{0,40}}\s{{1,80}}(?P<kind>[A-Za-z]{{2,60}})/(?P<name>{_N})"),
    ("event", rf"\bcreate Pod {_N} in (?P<kind>StatefulSet) (?P<name>{_N}) failed"),
    # `kubectl get events -o json` and `-o yaml`.
    (
        "event",
        r"\binvolvedObject\"?:\s{0,9}\{?(?=[^{}]{0,300}?\bkind\"?: \"?(?P<kind>[A-Z]\w{2,60}))"
        rf"(?=[^{{}}]{{0,300}}?\bname\"?: \"?(?P<name>{_N}))"
        rf"(?:(?=[^{{}}]{{0,400}}?\bnamespace\"?: \"?(?P<namespace>{_N})))?",
    ),
    # The column of `kubectl describe` that says who reports.
    ("reporter", r"\s(?P<kind>replicaset|daemonset|statefulset|job|cronjob|replication)-controller\s"),
    ("event", rf"Failed to create new (?P<kind>replica set) \"(?P<name>{_N})\""),
    ("event", rf"\bsync \"(?P<namespace>{_N})/(?P<name>{_N})\" failed with"),
    ("event", r"\bError creating: "),
    ("describe", rf"^Name:[ \t]{{1,80}}(?P<name>{_N})[ \t]{{0,80}}$"),
    ("namespace", rf"^Namespace:[ \t]{{1,80}}(?P<namespace>{_N})[ \t]{{0,80}}$"),
    ("owner", rf"^Controlled By:[ \t]{{1,80}}(?P<kind>[A-Z]\w{{2,60}})/(?P<name>{_N})[ \t]{{0,80}}$"),
    ("done", rf"^(?P<kind>[a-z]{{2,60}}(?:\.[a-z0-9.-]{{1,100}})?)/(?P<name>{_N}) (?:{_DONE})"),
    ("end", r"^[ \t]{0,40}(?:\$ |PS [A-Z]:|\[exit \d)"),
)
_COMPILED = tuple((form, re.compile(pattern, re.MULTILINE)) for form, pattern in _FORMS)

_NOISE = re.compile(
    rf"\S+ (?:{_DONE})(?: \(.*\))?\Z|\S+ \"[^\"]+\" (?:deleted|created).*\Z"
    r"|(?:NAMESPACE\s+)?LAST SEEN\s|\$ |PS [A-Z]:|Events:\Z|Type\s+Reason\s+Age|[-~=+|\s]{3,}\Z|\[exit \d+\]\Z"
    r"|Error from server(?: \(\w+\))?:?\Z|to:\Z"
    r"|.*(?:denied the request|is forbidden|error when applying patch|error when \w+ \"[^\"]*\"):\Z"
    r"|Resource: \"|Name: \"|for: \"|release \"|[\[\]{}()\"'.,;:]+\Z"
    r"|At line:\d|\+ |\+?\s*CategoryInfo|\+?\s*FullyQualifiedErrorId|Error: UPGRADE FAILED|Error: INSTALLATION FAILED"
    r"|level=\w+ msg=|##\[|::|(?:Name|Namespace|Labels|Annotations|Selector|Replicas|Controlled By|Priority|Node|"
    r"CreationTimestamp|Pods Status|Pod Template|Containers|Image|Port|Host Port|Environment|Mounts|Volumes|"
    r"Node-Selectors?|Tolerations|Desired Number of Nodes Scheduled|Current Number of Nodes Scheduled|"
    r"Conditions|StrategyType|MinReadySeconds|RollingUpdateStrategy|app):"
    r"|Normal\s+\w+|Warning\s+Failed|Error creating:\Z"
    # CI jobs and tools that say that a command failed, and objects printed as JSON or YAML.
    r"|Process completed with exit code|Run kubectl|ERROR: Job failed|section_(?:start|end):|.*: exit status \d+\Z"
    r"|with kubernetes_\w+\.|on \S+\.tf line \d+|\d+: resource \"kubernetes_"
    r"|(?:- )?\"?(?:apiVersion|kind|metadata|name|namespace|ownerReferences|items|status|conditions|reason|type|count|"
    r"lastTransitionTime|lastTimestamp|firstTimestamp|involvedObject|source|component|uid|resourceVersion|fieldPath|"
    r"replicas|observedGeneration|reportingComponent|reportingInstance|eventTime|creationTimestamp)\"?:(?: |\Z)"
)


class Around(NamedTuple):
    """One thing that stands around messages."""

    start: int
    end: int
    form: str
    """error, warning, denial, file, object, event, describe, namespace, owner, reporter, done or end."""

    kind: str = ""
    """As Kubernetes writes kinds; "" where none is named, or none that is known."""

    name: str = ""
    namespace: str = ""
    file: str = ""


def find_around(text: str) -> list[Around]:
    """All that stands around messages, in order."""
    found = []
    for form, pattern in _COMPILED:
        for match in pattern.finditer(text):
            groups = {name: value for name, value in match.groupdict().items() if value}
            if "kind" in groups:
                groups["kind"] = kind_of(groups["kind"])
            elif form == "event" and "name" in groups:
                groups["kind"] = "ReplicaSet"
            found.append(Around(match.start(), match.end(), form, **groups))
    return sorted(found, key=lambda one: (one.start, one.end))


def is_noise(line: str) -> bool:
    """Whether a line is what kubectl, helm or a shell print anyway."""
    return _NOISE.match(line) is not None
