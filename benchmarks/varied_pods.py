# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The Pods of the varied manifests: with or without this and that."""

from __future__ import annotations

from random import Random

from benchmarks.varied_words import NOUNS, TEXTS, indented, script, value
from benchmarks.varied_writer import Writer

_FAULTY = 0.1


def pod_spec(writer: Writer, *, is_job: bool = False) -> str:
    """The spec of a Pod, without `restartPolicy`."""
    random = writer.random
    parts = []
    if random.random() < 0.5:
        parts.append(f"serviceAccountName: {writer.name}")
    if random.random() > _FAULTY:
        parts.append("imagePullSecrets:" + _items(writer, ["name: registry"]))
    if random.random() < 0.5:
        parts.append(
            f"securityContext:\n  runAsNonRoot: true\n  runAsUser: {random.randint(1000, 65000)}\n  fsGroup: 2000"
        )
    if random.random() < 0.15:
        parts.append("initContainers:" + _items(writer, [_container(writer, f"init-{random.choice(NOUNS)}", True)]))
    count = random.choices([1, 2, 3], [16, 3, 1])[0]
    names = [writer.name if not number else random.choice(NOUNS) + f"-{number}" for number in range(count)]
    parts.append("containers:" + _items(writer, [_container(writer, name, is_job) for name in names]))
    if not is_job and random.random() > _FAULTY:
        parts.append(_spread(writer) if random.random() < 0.5 else _anti_affinity(writer))
    if random.random() < 0.2:
        parts.append(f"nodeSelector:\n  kubernetes.io/os: linux\n  pool: {random.choice(NOUNS)}")
    if random.random() < 0.15:
        toleration = f"key: dedicated\noperator: Equal\nvalue: {random.choice(NOUNS)}\neffect: NoSchedule"
        parts.append("tolerations:" + _items(writer, [toleration]))
    if random.random() < 0.2:
        parts.append(f"terminationGracePeriodSeconds: {random.choice([10, 30, 60, 120])}")
    volumes = ["name: tmp\nemptyDir: {}", f"name: config\nconfigMap:\n  name: {writer.name}-config"]
    parts.append("volumes:" + _items(writer, volumes))
    return "\n".join(parts)


def _items(writer: Writer, texts: list[str]) -> str:
    """A list, with its dashes below the key or two columns behind it."""
    indent = 0 if writer.is_flush else 2
    return "".join("\n" + " " * indent + "- " + indented(text, indent + 2).lstrip() for text in texts)


def _container(writer: Writer, name: str, is_short: bool) -> str:
    random = writer.random
    tag = (
        "latest"
        if random.random() < _FAULTY / 2
        else f"{random.randint(0, 9)}.{random.randint(0, 40)}.{random.randint(0, 9)}"
    )
    image = f"registry.example.com/{writer.team}/{name}:{tag}"
    parts = [f"name: {name}", f"image: {writer.text(image)}"]
    if random.random() < 0.6:
        parts.append(f"imagePullPolicy: {random.choice(['IfNotPresent', 'Always'])}")
    parts += _command(random)
    ports = [f"name: {port}\ncontainerPort: {random.randint(1024, 9999)}\nprotocol: TCP" for port in _ports(random)]
    if not is_short:
        parts.append("ports:" + _items(writer, ports))
    if random.random() < 0.8:
        parts.append("env:" + _items(writer, [_variable(writer) for _ in range(random.randint(1, 6))]))
    if random.random() < 0.3:
        parts.append("envFrom:" + _items(writer, [f"configMapRef:\n  name: {writer.name}-config"]))
    if not is_short:
        parts += _probes(random)
        if random.random() > _FAULTY:
            parts.append(f'lifecycle:\n  preStop:\n    exec:\n      command: ["sleep", "{random.randint(1, 30)}"]')
    if random.random() > _FAULTY:
        parts.append(_resources(random))
    if random.random() > _FAULTY:
        parts.append(
            "securityContext:\n  readOnlyRootFilesystem: true\n  allowPrivilegeEscalation: false\n"
            "  capabilities:\n    drop:\n    - ALL"
        )
    mounts = ["name: tmp\nmountPath: /tmp", "name: config\nmountPath: /etc/app\nreadOnly: true"]
    parts.append("volumeMounts:" + _items(writer, mounts))
    if random.random() < 0.15:
        parts.insert(1, f"# {random.choice(TEXTS)}")
    return "\n".join(parts)


def _ports(random: Random) -> list[str]:
    return ["http", "metrics", "grpc"][: random.randint(1, 3)]


def _command(random: Random) -> list[str]:
    which = random.random()
    if which < 0.1:
        return ["command:\n- /bin/sh\n- -c\n- |\n" + indented(script(random, 4), 2)]
    if which < 0.3:
        return [
            f"args:\n- --port={random.randint(1024, 9999)}\n- --{random.choice(NOUNS)}={random.choice(NOUNS)}\n- --v=2"
        ]
    return [f'args: ["serve", "--{random.choice(NOUNS)}", "{random.randint(1, 90)}"]'] if which < 0.5 else []


def _variable(writer: Writer) -> str:
    random = writer.random
    name = "_".join(random.sample(NOUNS, 2)).upper().replace("-", "_")
    which = random.random()
    if which < 0.65:
        return f"name: {name}\nvalue: {value(random)}"
    if which < 0.85:
        key = f"name: {writer.name}-secret\nkey: {random.choice(NOUNS)}"
        return f"name: {name}\nvalueFrom:\n  secretKeyRef:\n{indented(key, 4)}"
    return f"name: {name}\nvalueFrom:\n  fieldRef:\n    fieldPath: metadata.{random.choice(['name', 'namespace'])}"


def _probes(random: Random) -> list[str]:
    found = []
    for name in ("livenessProbe", "readinessProbe"):
        if random.random() < _FAULTY / 2:
            continue
        handler = random.choice(
            [
                f"httpGet:\n  path: /{random.choice(NOUNS)}\n  port: http",
                f"tcpSocket:\n  port: {random.randint(1024, 9999)}",
                f'exec:\n  command: ["cat", "/tmp/{random.choice(NOUNS)}"]',
            ]
        )
        rest = f"initialDelaySeconds: {random.randint(1, 60)}\nperiodSeconds: {random.randint(5, 30)}"
        found.append(f"{name}:\n" + indented(f"{handler}\n{rest}", 2))
    return found


def _resources(random: Random) -> str:
    cpu, memory = random.choice([50, 100, 250, 500]), random.choice([64, 128, 256, 512])
    if random.random() < 0.2:
        limits = f"{{cpu: {2 * cpu}m, memory: {memory}Mi}}"
        return f"resources: {{requests: {{cpu: {cpu}m, memory: {memory}Mi}}, limits: {limits}}}"
    requests, limits = f"cpu: {cpu}m\nmemory: {memory}Mi", f"cpu: {2 * cpu}m\nmemory: {memory}Mi"
    return f"resources:\n  limits:\n{indented(limits, 4)}\n  requests:\n{indented(requests, 4)}"


def _spread(writer: Writer) -> str:
    rest = (
        "topologyKey: topology.kubernetes.io/zone\nwhenUnsatisfiable: ScheduleAnyway\nlabelSelector:\n  matchLabels:\n"
    )
    return "topologySpreadConstraints:" + _items(writer, ["maxSkew: 1\n" + rest + writer.labels(4, False)])


def _anti_affinity(writer: Writer) -> str:
    term = "topologyKey: kubernetes.io/hostname\nlabelSelector:\n  matchLabels:\n" + writer.labels(4, False)
    item = "weight: 100\npodAffinityTerm:\n" + indented(term, 2)
    preferred = "preferredDuringSchedulingIgnoredDuringExecution:" + _items(writer, [item])
    return "affinity:\n  podAntiAffinity:\n" + indented(preferred, 4)
