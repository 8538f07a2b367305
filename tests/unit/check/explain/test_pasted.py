# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.explain.pasted import read

HASH = "0e8a839bcd103e7b96a8"
PROBES = f"azurepolicy-k8sazurev2containerenforceprob-{HASH}"
LIMITS = f"azurepolicy-k8sazurev3containerlimits-{HASH}"
DENIED = 'admission webhook "validation.gatekeeper.sh" denied the request: '
LIMIT_TEXT = "container <c> has no resource limits"
CAPABILITIES = "aks-managed-baseline-capabilities"

# What is pasted; and of each message the constraint, the text, the effect, and kind/name that stand around it.
PASTES = [
    ("warning", f"Warning: [{LIMITS}] {LIMIT_TEXT}", [(LIMITS, LIMIT_TEXT, "warn", "")]),
    (
        "a text of unknown wording",
        f"Warning: [{LIMITS}] a [b] c\nWarning: [{PROBES}] d",
        [(LIMITS, "a [b] c", "warn", ""), (PROBES, "d", "warn", "")],
    ),
    (
        "several in one line",
        f"Error: {DENIED}[{LIMITS}] {LIMIT_TEXT}, [{PROBES}] other text",
        [(LIMITS, LIMIT_TEXT, "deny", ""), (PROBES, "other text", "deny", "")],
    ),
    (
        "a ValidatingAdmissionPolicy",
        f'Error from server (Forbidden): error when creating "p.yaml": pods "x" is forbidden: '
        f"ValidatingAdmissionPolicy '{CAPABILITIES}' with binding '{CAPABILITIES}-binding' denied request: "
        'Disallowed capabilities detected:\ncontainer "c" has disallowed capabilities: [SYS_PTRACE]',
        [
            (CAPABILITIES, "Disallowed capabilities detected", "deny", "Pod/x"),
            (CAPABILITIES, 'container "c" has disallowed capabilities: [SYS_PTRACE]', "deny", "Pod/x"),
        ],
    ),
    (
        "one that names no reason",
        "The pods \"x\" is invalid: : ValidatingAdmissionPolicy 'a-b' with binding 'c' denied request: my own text",
        [("a-b", "my own text", "deny", "Pod/x")],
    ),
    (
        "one that warns",
        "Warning: Validation failed for ValidatingAdmissionPolicy 'a-b' with binding 'c': HostPorts are forbidden "
        "under baseline security policy",
        [("a-b", "HostPorts are forbidden under baseline security policy", "warn", "")],
    ),
    (
        "a denial does not colour a later warning",
        f"Error from server: {DENIED}[{LIMITS}] {LIMIT_TEXT}\nWarning: [{LIMITS}] {LIMIT_TEXT}",
        [(LIMITS, LIMIT_TEXT, "deny", ""), (LIMITS, LIMIT_TEXT, "warn", "")],
    ),
    (
        "what was made is named after its warnings",
        f"Warning: [{LIMITS}] {LIMIT_TEXT}\npod/a created\nWarning: [{LIMITS}] {LIMIT_TEXT}\n"
        "daemonset.apps/b configured",
        [(LIMITS, LIMIT_TEXT, "warn", "Pod/a"), (LIMITS, LIMIT_TEXT, "warn", "DaemonSet/b")],
    ),
    (
        "another team's",
        f"Error from server: {DENIED}[psp-privileged] no\n[other-one] no, neither",
        [("psp-privileged", "no", "deny", ""), ("other-one", "no, neither", "deny", "")],
    ),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in PASTES], ids=[row[0] for row in PASTES])
def test_what_was_said(text, said):
    paste = read(text)
    assert [
        (one.constraint, one.text, one.block.effect, f"{one.block.kind}/{one.block.name}".strip("/"))
        for one in paste.said
    ] == said
    assert paste.others == ()


def test_what_kubectl_prints_anyway_is_passed_over_and_the_rest_is_kept():
    paste = read(
        "$ kubectl apply -f .\ndeployment.apps/web created\nservice/web unchanged (dry run)\n\n"
        'Error from server (NotFound): namespaces "x" not found\nLAST SEEN   TYPE\n  something else\n[info] done\n'
    )
    assert paste.said == ()
    assert paste.others == ('Error from server (NotFound): namespaces "x" not found', "something else", "[info] done")


def test_the_file_is_named():
    (said,) = read(f'Error from server: error when creating "a b.yaml": {DENIED}[{LIMITS}] {LIMIT_TEXT}').said
    assert said.block.file == "a b.yaml"


@given(st.text(st.sampled_from('[]azurepolicy-k8s:" \n\\<>Warning') | st.characters()))
def test_any_text_is_taken_apart(text):
    read(text)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece",
    [
        "\\",
        "\n\n",
        "a",
        "[azurepolicy-",
        "error when applying patch:\n{",
        "HostPath volume ",
        "Warning: [aaa] ",
        f"\n[{PROBES}] Container <c> in your Pod <p> has no <x>.",
    ],
)
def test_the_time_grows_with_the_text_only(piece):
    def taken(count: int) -> float:
        start = time.process_time()
        read(piece * count)
        return time.process_time() - start

    taken(100)
    assert taken(80_000 // len(piece)) < 20 * taken(20_000 // len(piece)) + 0.5
