# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Why a tool failed, from what tools of several makes print; `RECORDED` was printed by the programs it names."""

import io
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.sources.find import find_sources
from azext_safeguards.check.sources.reasons import reason

NO_FILE = (
    "accumulating resources: accumulation err='accumulating resources from 'none.yaml': evalsymlink failure on "
    "'/k/none.yaml' : lstat /k/none.yaml: no such file or directory': must build at directory: not a valid directory: "
    "evalsymlink failure on '/k/none.yaml' : lstat /k/none.yaml: no such file or directory"
)
PATCH = (
    "trouble configuring builtin PatchTransformer with config: ` path: p.yaml target: kind: X `: "
    'unable to parse SM or JSON patch from [path: "p.yaml"]'
)
INVALID = 'invalid Kustomization: json: unknown field "resourcez"'
RECORDED = {
    "kubectl 1.34.5, no file": (f"error: {NO_FILE}\n", NO_FILE),
    "kubectl 1.34.5, bad patch": (
        "error: trouble configuring builtin PatchTransformer with config: `\npath: p.yaml\ntarget:\n  kind: X\n`: "
        'unable to parse SM or JSON patch from [path: "p.yaml"]\n',
        PATCH,
    ),
    "kubectl 1.37.1, unknown field": (f"error: {INVALID}\n", INVALID),
    "kubectl 1.21.0, unknown field": ('Error: json: unknown field "resourcez"\n', 'json: unknown field "resourcez"'),
    "kubectl 1.34.5, unknown flag": (
        "error: unknown flag: --bogus\nSee 'kubectl kustomize --help' for usage.\n",
        "unknown flag: --bogus See 'kubectl kustomize --help' for usage.",
    ),
    "gcloud's kubectl 1.32.4, no file": (
        f'E1128 00:37:43.495887   26898 run.go:72] "command failed" err="{NO_FILE}"\n',
        NO_FILE,
    ),
    "gcloud's kubectl 1.32.4, bad patch": (
        'E1128 00:37:43.601336   26904 run.go:72] "command failed" err=<\n'
        "\ttrouble configuring builtin PatchTransformer with config: `\n\tpath: p.yaml\n\ttarget:\n\t  kind: X\n"
        '\t`: unable to parse SM or JSON patch from [path: "p.yaml"]\n >\n',
        PATCH,
    ),
    "gcloud's kubectl 1.32.4, unknown field": (
        'E1128 00:37:43.773056   26922 run.go:72] "command failed" '
        'err="invalid Kustomization: json: unknown field \\"resourcez\\""\n',
        INVALID,
    ),
    "helm 3.9.4, warnings first": (
        "WARNING: Kubernetes configuration file is group-readable. This is insecure. Location: /kc\n"
        "WARNING: Kubernetes configuration file is world-readable. This is insecure. Location: /kc\n"
        "Error: parse error at (broken/templates/a.yaml:2): unexpected EOF\n\n"
        "Use --debug flag to render out invalid YAML\n",
        "parse error at (broken/templates/a.yaml:2): unexpected EOF",
    ),
    "helm 3.9.4, schema": (
        "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nschema:\n"
        "- (root): port is required\n\n",
        "values don't meet the specifications of the schema(s) in the following chart(s): schema: "
        "- (root): port is required",
    ),
    "helm 4.1.4, fail of two lines": (
        'Error: execution error at (fail/templates/a.yaml:1:3): first line\nsecond "quoted" line\n\n'
        "Use --debug flag to render out invalid YAML\n",
        'execution error at (fail/templates/a.yaml:1:3): first line second "quoted" line',
    ),
}
# In the formats that their libraries document.
WRITTEN = {
    "klog, a note and a warning before": (
        'I1127 12:00:00.000000       1 a.go:1] "Starting"\nW1127 12:00:00.000000 1 b.go:2] old\n'
        'E1127 12:00:00.000000     123 run.go:72] "command failed" err="a \\"b\\"\\tc\\u00fc\\n d \\x41"\n',
        'a "b" cü d A',
    ),
    "klog, message and more values": (
        'E1127 12:00:00.000000 123 x.go:7] "Cannot read" path="/a b" err="no such file" code=2\n',
        "Cannot read: no such file",
    ),
    "klog, several lines and more values": (
        'E1127 12:00:00.000000 1 x.go:7] "Cannot read it" err=<\n\tone\n\ttwo\n > path="/a"\nmore\n',
        "Cannot read it: one two",
    ),
    "klog, unstructured": ("F1127 12:00:00.000000 1 helpers.go:119] error: bad\n\ngoroutine 1 [running]:\n", "bad"),
    "klog, cut off": ('E1127 12:00:00.000000 1 run.go:72] "command failed" err="half a', "half a"),
    "gcloud": (
        "WARNING: Could not setup log file in /home/somebody/.config/gcloud/logs\n"
        "ERROR: (gcloud.components.kubectl) Cannot find it.\n",
        "Cannot find it.",
    ),
    "gcloud around kubectl": ("ERROR: (gcloud.beta.x-y) error: bad\n", "bad"),
    "logrus": ('time="2026-11-28T12:00:00Z" level=fatal msg="cannot \\"x\\"" error="no y"\n', 'cannot "x": no y'),
    "slog": ("time=2026-11-28T12:00:00.000Z level=WARN msg=old\nlevel=ERROR msg=bad\n", "bad"),
    "logrus on a terminal": ("\x1b[31mFATA\x1b[0m[0000] bad\n", "bad"),
    "log": ("2026/11/28 12:00:00 main.go:12: bad\n", "bad"),
    "log with an error": ("2026/11/28 12:00:00 error: bad\nmore\n\nless", "bad more"),
    "of a server": ("Error from server (NotFound): nothing\n", "Error from server (NotFound): nothing"),
    "on the next line": ("Error:\n  bad\n", "bad"),
    "asdf": ("No version is set for command kubectl\nConsider adding one\n", "No version is set for command kubectl"),
    "nothing but a warning": ("warning: odd\n", "odd"),
    "klog, characters by number": (
        'E1127 12:00:00.000000 1 run.go:72] "command failed" err="\\U0001f600 \\u00e9 \\xff \\N"\n',
        "\U0001f600 é \ufffd \\N",
    ),
    "klog, as JSON": (
        '{"ts":1764330000000.1,"caller":"cli/run.go:72","msg":"command failed","err":"no field \\"x\\""}\n',
        'no field "x"',
    ),
    "zap": (
        '{"level":"info","ts":1,"msg":"starting"}\n{"level":"error","msg":"cannot render","error":"no file"}\n',
        "cannot render: no file",
    ),
    "log/slog, as JSON": ('{"time":"2026-11-28T10:00:00Z","level":"ERROR","msg":"bad values"}\n', "bad values"),
    "zerolog": ("10:00AM INF starting\n10:00AM ERR bad values\n", "bad values"),
    "hclog": ("2026-11-28T10:00:00.000Z [WARN]  old\n2026-11-28T10:00:00.000Z [ERROR] bad values\n", "bad values"),
    "a logged error before the one it ended with": (
        'E1127 12:00:00.100000 1 memcache.go:265] "Unhandled Error" err="refused"\nerror: bad\n',
        "bad",
    ),
    "an error that says nothing": ("level=error msg=bad\nError: exit status 1\n", "bad"),
    "kustomize's deprecations": ("# Warning: 'bases' is deprecated.\nrawResources failed\n", "rawResources failed"),
    "mise, without a version": (
        "mise WARN  missing: kubectl@1.34.5\n"
        "mise ERROR No version is set for shim: kubectl\nSet a global default version with one of the following:\n"
        "mise use -g kubectl@1.36.1\nmise ERROR Run with --verbose or MISE_VERBOSE=1 for more information\n",
        "No version is set for shim: kubectl Set a global default version with one of the following: "
        "mise use -g kubectl@1.36.1",
    ),
    "asdf 0.16": (
        "No preset version installed for command kubectl\nPlease install a version by running one of these:\n",
        "No preset version installed for command kubectl",
    ),
    "snap": (
        '2026/11/28 12:00:00.123456 cmd_run.go:1055: WARNING: cannot create user data directory: cannot create "/h"\n'
        "cannot create user data directory: /h: Permission denied\n",
        "cannot create user data directory: /h: Permission denied",
    ),
    "docker": (
        "Unable to find image 'alpine/helm:3.9' locally\n"
        "docker: Error response from daemon: no such host.\n\nRun 'docker run --help' for more information\n",
        "Error response from daemon: no such host.",
    ),
    "docker, the error of kubectl": (
        "Unable to find image 'x' locally\nlatest: Pulling from x\n4f4fb700ef54: Pull complete\nerror: bad\n",
        "bad",
    ),
    "podman": (
        'time="2026-11-28T10:00:00Z" level=warning msg="The cgroupv2 manager is set to systemd"\n'
        "Trying to pull docker.io/x:latest...\nError: initializing source docker://x:latest: denied\n",
        "initializing source docker://x:latest: denied",
    ),
    "minikube": (
        "    > kubectl.sha256:  64 B / 64 B [----] 100.00% ? p/s 0s\n\n"
        "\u274c  Exiting due to INET_CACHE_KUBECTL: no certificate\n",
        "Exiting due to INET_CACHE_KUBECTL: no certificate",
    ),
    "minikube without colours": ("* Starting\nX Exiting due to K8S_X: bad\n", "Exiting due to K8S_X: bad"),
    "k3s": (
        'time="2026-11-28T12:00:00Z" level=warning msg="Unable to read /etc/rancher/k3s/k3s.yaml"\n'
        'error: error loading config file "/etc/rancher/k3s/k3s.yaml": permission denied\n',
        'error loading config file "/etc/rancher/k3s/k3s.yaml": permission denied',
    ),
    "PowerShell": ("kubectl : error: bad\n", "bad"),
    "cmd": (
        "'kubectl' is not recognized as an internal or external command,\noperable program or batch file.\n",
        "'kubectl' is not recognized as an internal or external command, operable program or batch file.",
    ),
    "command-not-found": (
        "Command 'helm' not found, but can be installed with:\nsudo snap install helm\nAsk your administrator.\n",
        "Command 'helm' not found, but can be installed with: sudo snap install helm",
    ),
    "Python": (
        'Traceback (most recent call last):\n  File "/usr/bin/kubectl", line 3, in <module>\n    main()\n'
        "ModuleNotFoundError: No module named 'x'\nmore\n",
        "ModuleNotFoundError: No module named 'x'",
    ),
    "links and titles of terminals": (
        "\x1b]0;title\x07\x1b[1;31merror:\x1b[0m see \x1b]8;;https://x\x1b\\this\x1b]8;;\x1b\\\x1b[K\n",
        "see this",
    ),
    "helm 4, warnings first": (
        'level=WARN msg="failed to load plugin (ignoring)" plugin_yaml=/x error="no"\nError: chart is missing\n',
        "chart is missing",
    ),
    "an ERROR in a sentence": ("ERROR bad\n", "ERROR bad"),
    "other objects of JSON": ('{"kind": "A"}\n', '{"kind": "A"}'),
}


@pytest.mark.parametrize(("printed", "expected"), [*RECORDED.values(), *WRITTEN.values()], ids=[*RECORDED, *WRITTEN])
def test_the_reason_is_bare_from_either_stream(printed, expected):
    assert reason(b"", printed.encode(), 1) == expected
    assert reason(b"", printed.replace("\n", "\r\n").encode(), 1) == expected
    on_stdout = reason(printed.encode(), b"", 3)
    assert on_stdout in (expected, f"it ended with exit code 3, and printed: {expected}")
    assert reason(printed.encode(), b"INFO[0000] starting\n", 1) in (expected, "starting")


def test_an_error_on_stdout_comes_before_what_is_none_on_stderr():
    assert reason(b"kind: A\nerror: bad", b"W1127 12:00:00.000000 1 b.go:2] old\nplease wait", 1) == "bad"
    assert reason(b"error: half", b"error: bad", 1) == "bad"
    assert reason(b"nonsense\n", b"", 3) == "it ended with exit code 3, and printed: nonsense"
    assert reason(b"kind: A\n", b"please wait\n", 3) == "please wait"
    assert reason(b"", b" \n", 3) == "it ended with exit code 3"


def test_a_reason_is_short_and_from_the_end_of_a_flood():
    flood = b"kind: A\n" * 1_000_000
    assert reason(flood + b"error: bad", b"", 1) == "bad"
    assert reason(b"", b"error: " + b"x" * 60_000, 1) == "x" * 500


@given(
    st.text()
    | st.lists(
        st.sampled_from(["E1127 12:00:00.000000 1 r.go:1] ", '"', "err=", "<\n", "\t", "\\u", "d8", "level=E a-msg="])
    )
)
def test_any_text_has_a_reason_of_one_line_that_can_be_printed(text):
    for stream in ("".join(text), f'E1127 12:00:00.000000 1 r.go:1] "x" err="{"".join(text)}"'):
        found = reason(b"", stream.encode("utf-8", "replace"), 1)
        assert found
        assert len(found.splitlines()) == 1
        found.encode()


@given(st.text(st.characters(codec="utf-8")))
def test_quoting_is_undone(text):
    """For what Go and JSON quote alike."""
    quoted = json.dumps(text, ensure_ascii=False)
    expected = " ".join(f"x: {text}".split())
    if text.strip():
        found = reason(b"", f'E1127 12:00:00.000000 1 r.go:1] "x" err={quoted}'.encode(), 1)
        assert found == expected[:500]


@pytest.mark.tools
@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("kustomization.yaml", "resourcez: []\n", f"kustomize cannot render it: {INVALID}"),
        ("Chart.yaml", "apiVersion: v2\nname: ../x\nversion: 1.0.0\n", 'validation: chart.metadata.name "../x" is'),
    ],
)
def test_what_the_pinned_tools_print(tree, file, text, expected):
    tree({f"a/{file}": text})
    (item,) = find_sources(["a"], io.BytesIO())
    assert expected in item.reason


def test_a_broken_kubectl_is_named_with_what_it_says(tree, programs, found):
    programs(kubectl="import sys\nprint('nonsense')\nsys.exit(3)")
    tree({"a/kustomization.yaml": ""})
    assert found("a") == [("a", "kustomize cannot render it: it ended with exit code 3, and printed: nonsense")]
    assert os.environ["PATH"].count(os.pathsep) == 0
