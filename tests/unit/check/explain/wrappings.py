# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The ways in which messages of one denial reach a person. Each takes the lines that a cluster prints."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Callable, Sequence

Lines = Sequence[str]
Wrapping = Callable[[Lines], bytes]

WEBHOOK = 'admission webhook "validation.gatekeeper.sh" denied the request: '
FILE = 'error when creating "deploy.yaml": '


def denial(lines: Lines) -> str:
    """As kubectl prints it: the first after the head, the others on lines of their own."""
    return f"Error from server (Forbidden): {FILE}{WEBHOOK}" + "\n".join(lines)


def _text(make: Callable[[Lines], str]) -> Wrapping:
    return lambda lines: make(lines).encode()


def _prefixed(prefix: str) -> Wrapping:
    return _text(lambda lines: "\n".join(prefix + line for line in denial(lines).split("\n")))


def _update(lines: Lines) -> str:
    applied = json.dumps({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {}})
    patch = json.dumps({"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied}}})
    return (
        f'Error from server (Forbidden): error when applying patch:\n{patch}\nto:\nResource: "apps/v1, '
        'Resource=deployments", GroupVersionKind: "apps/v1, Kind=Deployment"\nName: "web", Namespace: "team-a"\n'
        f'for: "deploy.yaml": error when patching "deploy.yaml": {WEBHOOK}' + "\n".join(lines)
    )


def _helm_one_line(lines: Lines) -> str:
    message = f"failed to create resource: {WEBHOOK}" + "\n".join(lines)
    return f'level=WARN msg="upgrade failed" name=rel error={json.dumps(message)}\nError: UPGRADE FAILED: {message}'


def _json_log(lines: Lines) -> str:
    # Go's encoder escapes angle brackets.
    error = json.dumps(WEBHOOK + "\n".join(lines)).replace("<", "\\u003c").replace(">", "\\u003e")
    return f'{{"level":"error","ts":"2026-11-27T10:00:00Z","msg":"Reconciler error","error":{error}}}'


def _json_in_json(lines: Lines) -> str:
    return json.dumps({"time": "2026-11-27T10:00:00Z", "log": _json_log(lines)})


def _klog(lines: Lines) -> str:
    error = 'sync "team-a/web-6d4cf56db6" failed with ' + WEBHOOK + "\n".join(lines)
    return f'E1127 10:00:00.000000       1 replica_set.go:557] "Unhandled Error" err={json.dumps(error)}'


def _event(resource: str) -> Wrapping:
    joined = f"2m  Warning  FailedCreate  {resource}  Error creating: {WEBHOOK}"
    return _text(lambda lines: "LAST SEEN  TYPE  REASON  OBJECT  MESSAGE\n" + joined + " ".join(lines))


def _described(lines: Lines) -> str:
    return (
        "Name:           web-6d4cf56db6\nNamespace:      team-a\nControlled By:  Deployment/web\nEvents:\n"
        "  Type     Reason        Age                From                   Message\n"
        "  ----     ------        ----               ----                   -------\n"
        f"  Warning  FailedCreate  3s (x15 over 85s)  replicaset-controller  Error creating: {WEBHOOK}"
        + "\n".join(lines)
    )


def _narrow(lines: Lines) -> str:
    """As a terminal of 80 columns gives it when it is copied."""
    rows = denial(lines).split("\n")
    return "\n".join(row[at : at + 80] for row in rows for at in range(0, len(row), 80))


def _word_wrapped(lines: Lines) -> str:
    rows = denial(lines).split("\n")
    wrap = textwrap.TextWrapper(100, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrap.fill(row) for row in rows)


def _power_shell(lines: Lines) -> bytes:
    text = (
        f"kubectl : {denial(lines)}\nAt line:1 char:1\n+ kubectl apply -f deploy.yaml\n+ ~~~~~~~~~~\n"
        "    + CategoryInfo          : NotSpecified: (Error from server:String) [], RemoteException\n"
        "    + FullyQualifiedErrorId : NativeCommandError\n"
    )
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


def _terraform(lines: Lines) -> str:
    rows = f"Error: apply failed: {WEBHOOK}".split("\n") + list(lines)
    return "\n".join(["╷", *(f"│ {row}" for row in rows), "╵"])


def _events_in_json(lines: Lines) -> str:
    about = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6d4cf56db6", "namespace": "team-a"}
    event = {"involvedObject": about, "kind": "Event", "message": f"Error creating: {WEBHOOK}" + "\n".join(lines)}
    return json.dumps({"apiVersion": "v1", "items": [{**event, "reason": "FailedCreate"}], "kind": "List"}, indent=4)


def _described_by(controller: str, kind: str) -> Wrapping:
    """Without the line that says what controls it."""
    head = f"Name:           {kind}\nNamespace:      team-a\nEvents:\n  Type     Reason        Age   From   Message\n"
    row = f"  Warning  FailedCreate  3s (x15 over 85s)  {controller}-controller  Error creating: {WEBHOOK}"
    return _text(lambda lines: head + row + "\n".join(lines))


def _typeset(lines: Lines) -> str:
    return denial(lines).replace('"', "\u201c").replace("<", "\u2039").replace(">", "\u203a")


DENIALS: dict[str, Wrapping] = {
    "create": _text(denial),
    "create, the messages on the next line": _text(lambda lines: denial(["", *lines])),
    "update": _text(_update),
    "server-side": _text(lambda lines: f"Error from server (Forbidden): {WEBHOOK}" + "\n".join(lines)),
    "create deployment": _text(lambda lines: f"error: failed to create deployment: {WEBHOOK}" + "\n".join(lines)),
    "set image": _text(
        lambda lines: f"error: failed to patch image update to pod template: {WEBHOOK}" + "\n".join(lines)
    ),
    "helm install": _text(lambda lines: f"Error: INSTALLATION FAILED: {WEBHOOK}" + "\n".join(lines)),
    "helm upgrade": _text(_helm_one_line),
    "flux": _text(lambda lines: f"Deployment/team-a/web dry-run failed (Forbidden): {WEBHOOK}" + "\n".join(lines)),
    "a log in JSON": _text(_json_log),
    "a log in JSON in JSON": _text(_json_in_json),
    "klog": _text(_klog),
    "an event of a ReplicaSet": _event("replicaset/web-6d4cf56db6"),
    "an event of a Job": _event("job/nightly-29012345"),
    "an event of a DaemonSet": _event("daemonset/agent"),
    "described": _text(_described),
    "described, a DaemonSet": _described_by("daemonset", "agent"),
    "described, a Job": _described_by("job", "once"),
    "an event in the long form": _event("ReplicaSet/web-6d4cf56db6"),
    "an event of a StatefulSet": _text(
        lambda lines: (
            "7s  Warning  FailedCreate  statefulset/db  create Pod db-0 in StatefulSet db failed error: "
            + WEBHOOK
            + " ".join(lines)
        )
    ),
    "events in JSON": _text(_events_in_json),
    "typeset": _text(_typeset),
    "Ansible": _text(lambda lines: f"Deployment web: Failed to create object: {WEBHOOK}" + "\n".join(lines)),
    "Terraform's provider": _text(
        lambda lines: (
            f"Error: Failed to create deployment: {WEBHOOK}"
            + "\n".join(lines)
            + "\n\n  with kubernetes_deployment.web,"
        )
    ),
    "GitHub": _prefixed("2026-11-27T10:00:00.1234567Z "),
    "GitHub, by gh": _prefixed("deploy\tApply\t2026-11-27T10:00:00.1234567Z "),
    "Azure Pipelines": _prefixed("2026-11-27T10:00:00.1234567Z ##[error]"),
    "GitLab": _prefixed("\x1b[0K2026-11-27T10:00:00.123456Z 01E "),
    "Jenkins": _prefixed("[2026-11-27T10:00:00.123Z] "),
    "syslog": _prefixed("Nov 27 10:00:00 runner deploy[123]: "),
    "colours": _text(lambda lines: "\n".join(f"\x1b[31;1m{line}\x1b[0m" for line in denial(lines).split("\n"))),
    "80 columns": _text(_narrow),
    "wrapped at words": _text(_word_wrapped),
    "Terraform": _text(_terraform),
    "PowerShell": _power_shell,
    "UTF-16 without a mark": lambda lines: denial(lines).encode("utf-16-le"),
    "UTF-8 with a mark": lambda lines: b"\xef\xbb\xbf" + denial(lines).encode(),
    "HTML": _text(lambda lines: html.escape(denial(lines), quote=True)),
    "Markdown": _text(lambda lines: denial(lines).replace("[", "\\[").replace("]", "\\]").replace("<", "\\<")),
    "Windows lines": _text(lambda lines: denial(lines).replace("\n", "\r\n")),
    "the older add-on": _text(lambda lines: denial([line.replace("[azure", "[denied by azure", 1) for line in lines])),
    "the newer ending": _text(
        lambda lines: denial(
            [f"{line}. For more information, visit https://aka.ms/aks/deployment-safeguards" for line in lines]
        )
    ),
    "messages alone": _text("\n".join),
}
"""Where it came from -> how it looks."""

WARNINGS: dict[str, Wrapping] = {
    "kubectl": _text(lambda lines: "\n".join(f"Warning: {line}" for line in lines) + "\ndeployment.apps/web created\n"),
    "client-go": _text(
        lambda lines: "\n".join(f"W1127 10:00:00.000000    1234 warnings.go:70] {line}" for line in lines)
    ),
    "GitHub": _text(lambda lines: "\n".join(f"2026-11-27T10:00:00.1234567Z Warning: {line}" for line in lines)),
    "colours": _text(lambda lines: "\n".join(f"\x1b[33;1mWarning:\x1b[0m {line}" for line in lines)),
}
"""The same of warnings."""
