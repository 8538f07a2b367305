# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Words and texts of the varied manifests."""

from __future__ import annotations

from random import Random

_NOUNS = (
    "account address alert archive asset audit auth backup basket batch billing booking broker cache calendar campaign "
    "card cart catalog channel chat checkout claim client cluster collector comment consent contract coupon crawler "
    "customer dashboard delivery device directory discount document draft editor email event export feed file finance "
    "forecast gateway geo graph guest health history identity image import index ingest inventory invoice job journal "
    "key ledger lead license listing loader location login loyalty mail map market media member message meter metric "
    "mobile monitor news notification offer order parcel partner password payment payroll photo planner player policy "
    "portal price print product profile promo proxy push quality query queue quota ranking rate receipt recommender "
    "record refund region registry relay render report request reservation return review reward risk route rule "
    "schedule scoring search segment sensor session settings shipment shop signal snapshot social source stock storage "
    "store stream subscription support survey sync tag task tax template tenant ticket token track trade transfer "
    "translation trip upload usage user vault vehicle vendor video visit wallet warehouse watch weather widget worker"
)
NOUNS = _NOUNS.split()
TEAMS = tuple(f"{first}-{second}" for first in NOUNS[:12] for second in ("core", "platform", "data", "apps", "eu"))
TOOLS = ("example.com", "prometheus.io", "argocd.argoproj.io", "meta.helm.sh", "config.example.org", "linkerd.io")
TEXTS = (
    "Owned by the team named in the labels; ask there before changing limits.",
    "Raised after the load test of spring, see the runbook for the numbers.",
    "Do not scale below two, the leader election needs a second candidate.",
    "Temporary: remove once all clients speak the new protocol.",
    "Kept in step with the values of the staging cluster by hand.",
    "TODO move to the shared chart",
)


def indented(text: str, columns: int) -> str:
    """A text with blanks before each of its lines that is not empty."""
    blanks = " " * columns
    return "\n".join(blanks + line if line else line for line in text.split("\n"))


def value(random: Random) -> str:
    """A scalar as it stands in YAML: text, quoted or not, a number in quotes, an address."""
    which = random.randrange(8)
    words = random.sample(NOUNS, 3)
    if which == 0:
        return f'"{random.randint(0, 100000)}"'
    if which == 1:
        return f"https://{words[0]}.{words[1]}.svc.cluster.local:{random.randint(80, 9999)}/{words[2]}"
    if which == 2:
        return random.choice(['"true"', '"false"', "info", "debug", "'yes'"])
    if which == 3:
        return f"'{words[0]} {words[1]}, {words[2]}'"
    if which == 4:
        return f'"postgres://{words[0]}@{words[1]}:5432/{words[2]}?sslmode=require"'
    return " ".join(words[: random.randint(1, 3)])


def script(random: Random, lines: int = 0) -> str:
    """A shell script."""
    found = ["#!/bin/sh", "set -eu"]
    for _ in range(lines or random.randint(5, 25)):
        first, second, third = random.sample(NOUNS, 3)
        found.append(
            random.choice(
                [
                    f'if [ -z "${{{first.upper()}:-}}" ]; then echo "no {second}: $0" >&2; exit 1; fi',
                    f"curl -fsS http://{first}:{random.randint(80, 9999)}/{second} | jq '.{third}[] | .name'",
                    f'for {first} in {second}/*; do mv "${first}" /tmp/{third}/; done',
                    f"# {first}: {second} before {third}",
                    f"{first}_{second}=$(date +%s)",
                    "",
                ]
            )
        )
    return "\n".join(found)


def block(random: Random, ending: str) -> str:
    """The text of a file that a ConfigMap holds."""
    if ending == "sh":
        return script(random)
    found = []
    for _ in range(random.randint(4, 40)):
        first, second, third = random.sample(NOUNS, 3)
        if ending == "json":
            found.append(f'  "{first}": {{"{second}": "{third}", "max": {random.randint(1, 500)}}},')
        elif ending == "yaml":
            found.append(
                f"{first}-{random.randint(1, 99)}:\n  {second}: {third}\n  enabled: {random.choice(['true', 'false'])}"
            )
        elif ending == "properties":
            found.append(f"{first}.{second}.{third}={random.randint(1, 5000)}")
        else:
            found.append(
                f"location /{first} {{\n    proxy_pass http://{second}:{random.randint(80, 9000)};\n    # {third}\n}}"
            )
    return "{\n" + "\n".join(found).rstrip(",") + "\n}" if ending == "json" else "\n".join(found)
