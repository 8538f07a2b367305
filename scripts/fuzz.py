# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Feeds the check what nobody would write: `python -m scripts.fuzz FOLDER -max_total_time=300`.

Needs atheris (`pip install atheris`), which no test and no check depends on. FOLDER/corpus keeps what was interesting,
for the next run to begin with; what broke something is in FOLDER as `crash-...`, `oom-...` or `timeout-...`. Such a
file given in place of FOLDER is tried alone. Further arguments are libFuzzer's.
"""

from __future__ import annotations

import json
import random
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

_BOUNDS = ("-timeout=20", "-rss_limit_mb=2048", "-max_len=8192")

_CONTAINER = {
    "name": "c",
    "image": "registry.example.com/a:latest",
    "command": ["run"],
    "resources": {"requests": {"cpu": "1e3"}, "limits": {"cpu": "2000", "memory": "1Gi"}},
    "livenessProbe": {"httpGet": {"path": "/", "port": 80}},
    "lifecycle": {"preStop": {"exec": {"command": ["sleep"]}}},
    "ports": [{"containerPort": 80, "hostPort": 80}],
    "securityContext": {
        "runAsUser": 0,
        "privileged": True,
        "allowPrivilegeEscalation": True,
        "capabilities": {"add": ["ALL"], "drop": ["NET_RAW"]},
        "seccompProfile": {"type": "Unconfined"},
        "seLinuxOptions": {"user": "u"},
        "windowsOptions": {"hostProcess": True},
    },
}
_ALLOWED_BEFORE = ("name", "image", "command", "resources", "securityContext")
_POD = {
    "containers": [_CONTAINER],
    "initContainers": [{**{key: _CONTAINER[key] for key in _ALLOWED_BEFORE}, "name": "i"}],
    "hostNetwork": True,
    "volumes": [{"name": "v", "hostPath": {"path": "/a"}}],
    "securityContext": {"sysctls": [{"name": "kernel.msg"}], "fsGroup": 0, "supplementalGroups": [0]},
    "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
    "affinity": {"podAntiAffinity": {}},
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": "a"}},
        }
    ],
    "imagePullSecrets": [{"name": "s"}],
}
_BARE_POD = {
    "containers": [{"name": "b", "image": "elsewhere/b", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}],
    "hostPID": True,
    "volumes": [{"name": "v", "gitRepo": {"repository": "r"}}],
    "securityContext": {"windowsOptions": {"runAsUserName": "ContainerAdministrator"}},
}
_OWN_USERS = {
    "hostUsers": False,
    "containers": [{"name": "u", "image": "i", "securityContext": {"procMount": "Unmasked"}}],
}
_ON_WINDOWS = {"nodeSelector": {"kubernetes.io/os": "windows"}}
_LABELLED = {"labels": {"app": "a"}}
_SELECTOR = {"selector": {"matchLabels": {"app": "a"}}}
_UNCONFINED = {**_LABELLED, "annotations": {"container.apparmor.security.beta.kubernetes.io/b": "unconfined"}}
_METADATA = {
    "name": "a",
    "namespace": "n",
    "labels": {"app": "a", "kubernetes.azure.com/x": "y"},
    "annotations": {"ignore-safeguards.aks/probes": "known"},
}


def _object(version: str, kind: str, metadata: Any = _METADATA, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}


_TEMPLATE = {"metadata": _METADATA, "spec": _POD}
_WORKLOAD = {"replicas": 2, "selector": {"matchLabels": {"app": "a"}}, "template": _TEMPLATE}
_SERVICE = _object("v1", "Service", spec={"selector": {"app": "a"}, "ports": [{"port": 80, "protocol": "TCP"}]})
_BUDGET = {**_SELECTOR, "minAvailable": "50%"}
OBJECTS: tuple[dict[str, Any], ...] = (
    _object("v1", "Pod", spec=_POD),
    _object("v1", "Pod", {"name": "u"}, spec=_OWN_USERS),
    _object("apps/v1", "Deployment", spec=_WORKLOAD),
    _object("apps/v1", "StatefulSet", spec=_WORKLOAD),
    _object(
        "apps/v1",
        "Deployment",
        {"name": "d"},
        spec={"replicas": 2, **_SELECTOR, "template": {"metadata": _UNCONFINED, "spec": _BARE_POD}},
    ),
    _object(
        "apps/v1",
        "ReplicaSet",
        {"name": "b"},
        spec={**_SELECTOR, "template": {"metadata": _LABELLED, "spec": {**_BARE_POD, **_ON_WINDOWS}}},
    ),
    _object(
        "batch/v1",
        "CronJob",
        spec={
            "schedule": "@daily",
            "jobTemplate": {"spec": {"template": {**_TEMPLATE, "spec": {**_POD, "restartPolicy": "Never"}}}},
        },
    ),
    _object("v1", "Node", spec={"taints": [{"key": "CriticalAddonsOnly", "effect": "NoSchedule"}]}),
    _object("storage.k8s.io/v1", "StorageClass", provisioner="kubernetes.io/azure-disk"),
    {"apiVersion": "v1", "kind": "List", "items": [_SERVICE, {**_SERVICE, "metadata": {"name": "b"}}]},
    {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            _object("apps/v1", "Deployment", spec=_WORKLOAD),
            _object("policy/v1", "PodDisruptionBudget", spec=_BUDGET),
        ],
    },
)
"""What each policy and each mutation looks at, to begin with."""

ODD_TEXTS = (
    b"a: &a [1, *a]\n",
    b"a: &a {b: c}\nd: {<<: *a}\ne:\n  <<: [*a, *a]\n",
    b"apiVersion: v1\nkind: Pod\nmetadata: !!binary bm90\nspec: !local {containers: !!omap []}\n",
    b"%YAML 1.1\n---\n? [a]\n: b\n...\n---\n|\n  {{ text }}\n",
    b"\xef\xbb\xbfapiVersion: v1\r\nkind: Pod\r\n",
    b"\xff\xfea\0:\0 \0b\0",
    b'{"a": "\\ud83d\\ude00", "b": 1e400}',
)
_WORDS: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**20,
    "",
    "1e3",
    "50%",
    "500m",
    "\u00e4",
    "a:b@c",
    "*",
    [],
    {},
    [None],
    {"name": 1},
)


def seeds() -> list[bytes]:
    """Texts to begin with."""
    import yaml

    return [
        *ODD_TEXTS,
        *(json.dumps(one).encode() for one in OBJECTS),
        *(yaml.safe_dump(one).encode() for one in OBJECTS),
    ]


class Target:
    """Checks one text and complains when something is not as promised."""

    def __init__(self) -> None:
        from azext_safeguards.check.judging.against import planned, settings_of, with_parameters
        from azext_safeguards.check.judging.engine import Engine
        from azext_safeguards.domain.level import Level

        given = ["allowedContainerImagesRegex=^registry", 'excludedImages=["b*"]', 'excludedContainers=["d"]']
        plans = [
            with_parameters(planned(Level.ENFORCEMENT, version, ("*-left",)), given)
            for version in ("v1.0.0", "v2.0.0", "v3.0.0")
        ]
        levels = (None, None, "Restricted")
        self._settings = [settings_of(one.assignment, level) for one, level in zip(plans, levels, strict=True)]
        self._engines = [Engine(one) for one in self._settings]

    def __call__(self, text: bytes) -> None:
        """Raises what the check raises, which is a bug whatever it is, and AssertionError."""
        from azext_safeguards.check.documents.reading import read_text
        from azext_safeguards.check.judging.files import check_file, plain
        from azext_safeguards.check.sources.source import Source

        engines = list(zip(self._engines, self._settings, strict=True))
        source = Source("a.yaml", "", len(text), text)
        for engine, settings in engines:
            result = check_file(engine, source)
            import_module("marshal").dumps(plain(result))
            self._assert_places(text, result)
            self._compare(result, settings)
        self._assert_json(text, list(read_text(text)))

    def _assert_places(self, text: bytes, result: Any) -> None:
        """Every finding and every problem is in a line that the text has."""
        from azext_safeguards.check.judging.engine import Raw

        # UTF-16, and what YAML takes for the end of a line.
        breaks = text.count(b"\n") + text.count(b"\r") + text.count(b"\x85") + text.count(b"\xe2\x80")
        last = len(text) + 2 if text[:1] in (b"\xff", b"\xfe") else breaks + 2
        for raw in result.raws:
            _assert(1 <= Raw(*raw).line <= last, f"{raw} is outside of {last} lines")
            _assert(Raw(*raw).column >= 1, f"{raw} has no column")
        for line, column, reason in result.problems:
            _assert(1 <= line <= last, f"{reason} in line {line} of {last}")
            _assert(column >= 1, f"{reason} has no column")
            _assert("too much to read" not in reason, reason)

    def _compare(self, result: Any, settings: Any) -> None:
        from azext_safeguards.check.judging.among import judge_among
        from azext_safeguards.check.judging.engine import Kept

        kept = [Kept(*one) for one in result.kept]
        list(judge_among([(number, one) for number in (0, 1) for one in kept], settings, []))

    def _assert_json(self, text: bytes, items: list[Any]) -> None:
        """JSON means the same as YAML, where both can be read.

        But for U+0085 in the middle of a text, which ends a line in YAML.
        """
        from azext_safeguards.check.documents.problem import Problem
        from azext_safeguards.check.documents.scalars import plain

        if text.lstrip()[:1] not in (b"{", b"[") or b"\xc2\x85" in text:
            return
        try:
            data = json.loads(text.decode(), parse_int=plain, parse_float=plain, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return
        if not any(isinstance(item, Problem) for item in items):
            _assert([item.data for item in items] == [data], f"read otherwise than as JSON: {text!r}")


def _refuse(word: str) -> None:
    raise ValueError(word)


def _assert(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def misshapen(text: bytes, chance: random.Random) -> bytes | None:
    """JSON with one of its values replaced, removed or moved; None for what is no JSON."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    places = list(_places(data))
    if not places:
        return None
    holder, step = chance.choice(places)
    if chance.random() < 0.2:
        del holder[step]
    elif chance.random() < 0.3:
        other, key = chance.choice(places)
        # Written and read, so that nothing ever contains itself.
        holder[step] = json.loads(json.dumps(other[key]))
    else:
        holder[step] = chance.choice(_WORDS)
    return json.dumps(data).encode()


def _places(data: Any) -> Any:
    """Every mapping or list in some data with each of its keys or indices."""
    pending = [data]
    while pending:
        holder = pending.pop()
        steps: Any = list(holder) if isinstance(holder, dict) else ()
        for step in range(len(holder)) if isinstance(holder, list) else steps:
            yield holder, step
            pending.append(holder[step])


def main() -> None:
    """Fuzzes until something breaks or libFuzzer is told to end."""
    try:
        atheris: Any = import_module("atheris")
    except ImportError:
        sys.exit("atheris is not installed: pip install atheris")
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tried = Path(sys.argv[1])
    bounds = [*_BOUNDS, f"-artifact_prefix={tried.parent if tried.is_file() else tried}/"]
    if not tried.is_file():
        tried /= "corpus"
        tried.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(seeds()):
            (tried / f"seed-{number}").write_bytes(text)
    with atheris.instrument_imports(include=["azext_safeguards"]):
        import azext_safeguards.check.workers.process  # noqa: F401

        target = Target()

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)  # noqa: S311
        changed = misshapen(data, chance) if chance.random() < 0.5 else None
        return changed if changed and len(changed) <= most else bytes(atheris.Mutate(data, most))

    arguments = [sys.argv[0], str(tried), *bounds, *sys.argv[2:]]
    atheris.Setup(arguments, target, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
