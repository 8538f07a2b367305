# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Names of many kinds, and words that look like names and are none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import azext_safeguards
from azext_safeguards.check.judging.constants import WITH_DIGITS_OR_HYPHENS
from tests.unit.check.judging.test_alike import DEPLOYMENT, PLAIN, SETTINGS, TEXTS, assert_the_same, made

NUMBER = re.compile("[0-9]+")


def lettered(number):
    return "".join(chr(ord("a") + int(digit)) for digit in number[0])


@pytest.mark.parametrize(
    "rename",
    [
        lambda name, space: (name.replace("-", ""), space.replace("-", "")),
        lambda name, space: (NUMBER.sub(lettered, name), NUMBER.sub(lettered, space)),
        lambda name, space: (f"{space}-{name}", space),
        lambda name, space: (name, f"{name}-{space}"),
    ],
    ids=["app42", "team-b", "the namespace is in the name", "the name is in the namespace"],
)
def test_names_of_other_kinds(rename):
    contents = []
    for number in range(200):
        name, space = rename(f"shop-{number + 100}", f"crew-{number % 9}")
        whole = {key: value.format(name=name, space=space) for key, value in PLAIN.items()}
        contents.append(TEXTS[number % len(TEXTS)].format(name=name, space=space, **whole).encode())
    assert assert_the_same(SETTINGS["as they are"], contents).taken_over > 100


CRON_JOB = """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name}
spec:
  schedule: "0 8 * * {name}"
  jobTemplate: {{spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: a, image: b}}]}}}}}}}}
"""
CLAIM = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  type: ClusterIP
  clusterIP: "fd00::{name}"
  ports: [{{port: 80}}]
"""


@pytest.mark.parametrize(
    ("text", "several"),
    [
        # What is a schedule, an address or a known word with some names is none with the others.
        (CRON_JOB, ["mon-fri", "tue-sat", "foo-bar", "wed-sun"]),
        (CLAIM, ["ab12", "fe80", "xy12", "cd34"]),
        (DEPLOYMENT.replace("image: x/", "image: x/y@"), ["sha256", "shop12", "crew12", "sha512"]),
        # The Pod is the namespace for some, and the namespace is another word for the others.
        (DEPLOYMENT.replace("namespace: {space}", "namespace: {name}-pod"), ["shop1", "crew1", "team1"]),
    ],
)
def test_names_that_are_more_than_names(text, several):
    assert_the_same(SETTINGS["as they are"], made(text, several))


def test_a_namespace_that_is_what_a_pod_of_another_would_be_called():
    text = DEPLOYMENT.replace("namespace: {space}", "namespace: NAMESPACE")
    contents = list(made(text, ["shop1", "crew1", "team1", "best1"]))
    spaces = (b"shop1-pod", b"crew1-pod", b"team1-abc", b"other-pod")
    contents = [one.replace(b"NAMESPACE", space) for one, space in zip(contents, spaces, strict=True)]
    assert_the_same(SETTINGS["as they are"], contents)


WORD = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
# All that looks at manifests, or whose words are told of them.
LOOKED_THROUGH = (
    *("check/apiserver", "check/policies", "check/mutations", "check/rego", "check/judging", "check/documents"),
    *("check/webhooks", "check/admission", "domain/initiative/records", "domain/go_quoting.py"),
)


def test_all_constants_with_digits_or_hyphens_are_known():
    """A name that is one of these is judged by itself. Add to `judging/constants.py` what is missing."""
    root = Path(azext_safeguards.__file__).parent
    texts = [(root / "check/apiserver" / name).read_text() for name in ("types.json", "time_zones.json")]
    for place in LOOKED_THROUGH:
        for file in [root / place] if place.endswith(".py") else (root / place).rglob("*.py"):
            nodes = list(ast.walk(ast.parse(file.read_text())))
            docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
            values = [node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in docs]
            texts += [value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in values]
    words = {word for text in texts for word in WORD.findall(text.lower()) if re.search("[0-9-]", word)}
    known = WITH_DIGITS_OR_HYPHENS.decode()
    # Names begin with two letters.
    assert {word for word in words if re.search("[a-z]{2}", word) and word not in known} == set()
