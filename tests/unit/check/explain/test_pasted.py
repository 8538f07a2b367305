# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.explain.pasted import Said, read

HASH = "0e8a839bcd103e7b96a8"
PROBES = f"azurepolicy-k8sazurev2containerenforceprob-{HASH}"
LIMITS = f"azurepolicy-k8sazurev3containerlimits-{HASH}"
DENIED = 'admission webhook "validation.gatekeeper.sh" denied the request: '
LIMIT_TEXT = "container <c> has no resource limits"
CAPABILITIES = "aks-managed-baseline-capabilities"

PASTES = [
    ("warning", f"Warning: [{LIMITS}] {LIMIT_TEXT}", [Said(LIMIT_TEXT, LIMITS, "warn")]),
    (
        "denial of several lines",
        f'Error from server (Forbidden): error when creating "deploy.yaml": {DENIED}[{LIMITS}] {LIMIT_TEXT}\n'
        f"[{PROBES}] [Implied by gatekeeper-expand-x] Container <c> in your Pod <w-pod> has no <livenessProbe>.",
        [
            Said(LIMIT_TEXT, LIMITS, "deny", file="deploy.yaml"),
            Said(
                "Container <c> in your Pod <w-pod> has no <livenessProbe>.",
                PROBES,
                "deny",
                implied=True,
                file="deploy.yaml",
            ),
        ],
    ),
    (
        "the newer ending",
        f"Warning: [{LIMITS}] {LIMIT_TEXT}. For more information, visit https://aka.ms/aks/deployment-safeguards",
        [Said(LIMIT_TEXT, LIMITS, "warn")],
    ),
    (
        "several in one line",
        f"Error: {DENIED}[{LIMITS}] {LIMIT_TEXT}, [{PROBES}] other text",
        [Said(LIMIT_TEXT, LIMITS, "deny"), Said("other text", PROBES, "deny")],
    ),
    (
        "event in a table, with the backslashes of Markdown",
        f"7s Warning FailedCreate replicaset/web-5d4 Error creating: {DENIED}\\[{LIMITS}\\] {LIMIT_TEXT}",
        [Said(LIMIT_TEXT, LIMITS, "deny", object="replicaset/web-5d4")],
    ),
    (
        "event of describe",
        f"  Warning  FailedCreate  3s (x4 over 9s)  job-controller  Error creating: {DENIED}[{LIMITS}] {LIMIT_TEXT}",
        [Said(LIMIT_TEXT, LIMITS, "deny")],
    ),
    (
        "warning of client-go",
        f"W1123 10:00:00.000000    1234 warnings.go:70] [{LIMITS}] {LIMIT_TEXT}",
        [Said(LIMIT_TEXT, LIMITS, "warn")],
    ),
    (
        "denial of a ValidatingAdmissionPolicy",
        f'Error from server (Forbidden): error when creating "p.yaml": pods "x" is forbidden: '
        f"ValidatingAdmissionPolicy '{CAPABILITIES}' with binding '{CAPABILITIES}-binding' denied request: "
        'Disallowed capabilities detected:\ncontainer "c" has disallowed capabilities: [SYS_PTRACE]',
        [
            Said(
                "Disallowed capabilities detected:", CAPABILITIES, "deny", managed=True, file="p.yaml", object="pods/x"
            ),
            Said(
                'container "c" has disallowed capabilities: [SYS_PTRACE]',
                CAPABILITIES,
                "deny",
                managed=True,
                file="p.yaml",
                object="pods/x",
            ),
        ],
    ),
    (
        "warning of a ValidatingAdmissionPolicy",
        "Warning: Validation failed for ValidatingAdmissionPolicy 'a-b' with binding 'c': HostPorts are forbidden",
        [Said("HostPorts are forbidden", "a-b", "warn", managed=True)],
    ),
    ("text alone", LIMIT_TEXT, [Said(LIMIT_TEXT)]),
    ("colours", f"\x1b[33;1mWarning:\x1b[0m [{LIMITS}] {LIMIT_TEXT}", [Said(LIMIT_TEXT, LIMITS, "warn")]),
    (
        "a denial does not colour a later warning",
        f"x: {DENIED}[{LIMITS}] {LIMIT_TEXT}\nWarning: [{LIMITS}] {LIMIT_TEXT}",
        [Said(LIMIT_TEXT, LIMITS, "deny"), Said(LIMIT_TEXT, LIMITS, "warn")],
    ),
    (
        "the message on the next line",
        f'Error from server (Forbidden): error when creating "a.yaml": {DENIED}\n[{LIMITS}] {LIMIT_TEXT}',
        [Said(LIMIT_TEXT, LIMITS, "deny", file="a.yaml")],
    ),
    ("lists in a text are no constraints", f"Warning: [{LIMITS}] a [b] c", [Said("a [b] c", LIMITS, "warn")]),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in PASTES], ids=[row[0] for row in PASTES])
def test_what_was_said(text, said):
    paste = read(text)
    assert list(paste.said) == said
    assert paste.others == ()


def test_what_kubectl_prints_anyway_is_passed_over_and_the_rest_is_kept():
    paste = read(
        "$ kubectl apply -f .\ndeployment.apps/web created\nservice/web unchanged (dry run)\n\n"
        'Error from server (NotFound): namespaces "x" not found\nLAST SEEN   TYPE\n  something else\n'
    )
    assert paste.said == ()
    assert paste.others == ('Error from server (NotFound): namespaces "x" not found', "something else")


@given(st.text(st.sampled_from('[]azurepolicy-k8s:" \n\\<>Warning') | st.characters()))
def test_any_text_is_taken_apart(text):
    read(text)
