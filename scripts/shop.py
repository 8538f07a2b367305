# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A small company in the sandbox, and the pages that the real az makes of it: for the picture in README and for tests.

Nothing depends on the time: two runs make the same bytes.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import Sandbox

ROOT = Path(__file__).parents[1]
# What `make setup` installs.
EXTENSIONS = Path(sys.prefix) / "cliextensions"
# 2026-11-27T16:20:00Z
EPOCH = "1795796400"
CLUSTER = "-g rg-shop -n aks-shop"
_BUSY = (("rg-shop", "aks-shop"), ("rg-shop", "aks-pay"), ("rg-data", "aks-data"))
_POD = """\
apiVersion: {api}
kind: {kind}
metadata:
  name: {name}
  namespace: {namespace}{more}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {container}
          image: contoso.azurecr.io/{image}
"""
# One that keeps to all.
_GOOD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: checkout, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: checkout}}
  template:
    metadata: {labels: {app: checkout}}
    spec:
      imagePullSecrets: [{name: contoso}]
      containers:
        - name: checkout
          image: contoso.azurecr.io/checkout:2.7.1
          resources:
            requests: {cpu: 250m, memory: 256Mi}
            limits: {cpu: 500m, memory: 512Mi}
          lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
          livenessProbe: {httpGet: {path: /live, port: 8080}}
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
"""
_KNOWN = """
  annotations:
    ignore-safeguards.aks/probes: "ends within seconds"
    ignore-safeguards.aks/resource-limits: "sized by the platform team"
"""


@dataclass(frozen=True)
class Pages:
    """What was made."""

    manifests: Path
    cluster: Path
    fleet: Path
    """With a page of each cluster in the folder `clusters` beside it."""
    checked: dict[str, Any]
    """The JSON of the commands, as they print it."""
    complied: dict[str, Any]
    listed: list[dict[str, Any]]


def manifest(
    name: str, namespace: str, image: str, *, kind: str = "Deployment", replicas: int = 3, more: str = ""
) -> str:
    """A workload to which the safeguards have something to say."""
    return _POD.format(
        api="apps/v1",
        kind=kind,
        name=name,
        namespace=namespace,
        image=image,
        replicas=replicas,
        container=name,
        more=more,
    )


def write_manifests(folder: Path) -> None:
    """The manifests of the company: three teams, some of whose files are in a bad way."""
    teams = {
        "shop": ["web:latest", "basket:2.1", "search:latest", "orders:1.4"],
        "payments": ["gateway:3.0", "ledger:latest"],
        "data": ["ingest:0.9", "report:latest"],
    }
    for team, images in teams.items():
        (folder / team).mkdir(parents=True)
        for number, image in enumerate(images):
            name = image.partition(":")[0]
            text = manifest(name, team, image, replicas=1 if number % 3 == 2 else 3)
            (folder / team / f"{name}.yaml").write_text(text)
    (folder / "data" / "nightly.yaml").write_text(
        manifest("nightly", "data", "nightly:7.2", replicas=1, more=_KNOWN.rstrip())
    )
    (folder / "shop" / "checkout.yaml").write_text(_GOOD)
    (folder / "legacy.yaml").write_text(manifest("till", "legacy", "till:0.1"))
    (folder / "typo.yaml").write_text(manifest("mailer", "shop", "mailer:1.0").replace("replicas: 3", "replica: 3"))
    (folder / "broken.yaml").write_text("apiVersion: v1\nkind: Pod\n  metadata: {name: web}\n")


def make(box: Sandbox, folder: Path, az: Callable[..., str] | None = None) -> Pages:
    """Seeds a fresh sandbox, and has az make the three pages and print the same as JSON.

    :param az: called with a command line and the exit code wanted, runs it in the folder, with EPOCH as its
        SOURCE_DATE_EPOCH, and returns what it printed; without one each line has a process of its own.
    :raises RuntimeError: when az fails.
    """
    manifests = folder / "deploy"
    write_manifests(manifests)
    identifiers, clusters = _clusters(box)
    az = az or _Az(box, folder)
    for name, options in clusters.items():
        group, _, cluster = name.partition("/")
        az(f"aks update -g {group} -n {cluster} {options} -o none")
    az(f"aks safeguards policy set {CLUSTER} --policy image-pull-secrets --effect Warn -o none")
    az("aks safeguards suspend -g rg-data -n aks-data --reason 'INC-1234, failover of the database' -o none")
    for identifier in identifiers:
        box.load_manifests(identifier, sorted(manifests.glob("*/*.yaml")))
    box.clock.advance(900)
    files = {name: folder / f"{name}.html" for name in ("manifests", "cluster", "fleet")}
    check = f"aks safeguards check -f deploy {CLUSTER} --level Enforcement --skip pre-stop-hook"
    show = f"aks safeguards compliance show {CLUSTER}"
    listing = "aks safeguards profile list --all-subscriptions"
    az(f"{check} --format html --report-file {files['manifests'].name}", code=2)
    az(f"{show} --format html --report-file {files['cluster'].name}")
    az(f"{listing} --format html --report-file {files['fleet'].name} --report-dir clusters")
    return Pages(
        manifests=files["manifests"],
        cluster=files["cluster"],
        fleet=files["fleet"],
        checked=json.loads(az(check, code=2)),
        complied=json.loads(az(f"{show} --details")),
        listed=json.loads(az(listing)),
    )


def _clusters(box: Sandbox) -> tuple[list[str], dict[str, str]]:
    """Puts the clusters in place; the ids of those that get workloads, and what the owners of all set."""
    for group in ("rg-shop", "rg-data", "rg-lab"):
        box.add_group(group)
    identifiers = [box.add_cluster(group, name) for group, name in _BUSY]
    box.add_cluster("rg-lab", "aks-lab")
    box.add_cluster("rg-lab", "aks-scratch", azure_policy=False)
    box.features.set_state("SafeguardsPreview", "Registered")
    return identifiers, {
        "rg-shop/aks-shop": "--safeguards-level Warning --safeguards-excluded-ns legacy",
        "rg-shop/aks-pay": "--safeguards-level Enforcement --safeguards-version v3.0.0",
        "rg-data/aks-data": "--safeguards-level Warning",
        "rg-lab/aks-lab": "--safeguards-level Off",
    }


class _Az:
    """The real az, signed in to the sandbox."""

    def __init__(self, box: Sandbox, folder: Path) -> None:
        config = folder / "azure"
        box.write_login(config)
        home = folder / "home"
        home.mkdir()
        self._folder = folder
        self._environment = {**box.environment(config, EXTENSIONS), "HOME": str(home), "SOURCE_DATE_EPOCH": EPOCH}
        self._environment.pop("PYTHONPATH", None)

    def __call__(self, line: str, code: int = 0) -> str:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("az")), *shlex.split(line)],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != code:
            raise RuntimeError(f"az {line} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout
