# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import inspect
import re
from pathlib import Path

import pytest

import azext_safeguards
from azext_safeguards.cli.az import remedies
from azext_safeguards.cli.az.remedies import commands, flags, told
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.remedies import Caution, remedy
from azext_safeguards.output.text import lines
from tests.pasting import assert_pasteable

PACKAGE = Path(azext_safeguards.__file__).parent


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (Change(), []),
        (Change(Level.OFF), ["--safeguards-level Off"]),
        (Change(version="v3.0.0"), ["--safeguards-version v3.0.0"]),
        (Change(excluded_namespaces=()), ["--safeguards-excluded-ns ''"]),
        (
            Change(Level.WARNING, "v1.0.0", ("a", "team-*")),
            ["--safeguards-level Warning", "--safeguards-version v1.0.0", "--safeguards-excluded-ns 'a,team-*'"],
        ),
    ],
)
def test_a_change_as_flags_to_paste(change, wanted):
    assert flags(change) == wanted


def test_every_way_that_is_named_has_words_and_every_word_is_used():
    named = set()
    for path in PACKAGE.rglob("*.py"):
        named |= set(re.findall(r'\bremedy\(\s*"([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    # Chosen by a condition in one place.
    named |= {"registry-writes-pattern", "syntax-of-patterns", "reconcile-cluster"}
    assert named == set(remedies._WORDS)


# What services and strangers may name: groups with parentheses, assignments with blanks, members of lists.
HOSTILE = [
    "a b",
    "rg(1)",
    "it's",
    "[].id",
    "*",
    "$(id)",
    "`id`",
    "a\nb",
    "\x1b[2J",
    "##vso[a]",
    "\u202e",
    "=ls",
    "",
    "a\\b",
]
CLUSTER = ClusterRef("00000000-0000-0000-0000-000000000001", "My(Group)", "c1", explicit_subscription=True)
FACTS = {
    "cluster": CLUSTER,
    "change": Change(Level.WARNING, "v1.0.0", ("team-*", "it's")),
    "to": "managed",
    "level": "Warning",
    "version": "v2.0.0",
    "type": "array",
    "effects": ("Deny", "Warn"),
    "example": "500m",
}


@pytest.mark.no_cover
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("code", [code for code in remedies._WORDS if code not in ("paste", "one-of")])
def test_every_way_is_pasteable_whatever_it_names(code, hostile):
    taken = inspect.signature(remedies._WORDS[code]).parameters
    facts = {
        name: FACTS.get(name, [hostile, "b"] if name in ("names", "namespaces") else hostile)
        for name, parameter in taken.items()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    if code == "namespaces":
        facts["names"] = hostile
    text = remedies.command(remedy(code, **facts))
    assert_pasteable(text)
    # Nothing of it is changed by the door, which would make another command of it.
    assert lines(text) == text
    if "cluster" in facts and code != "named-by-id":
        assert "--subscription 00000000-0000-0000-0000-000000000001" in text
        assert "My(Group)" not in text.replace("'My(Group)'", "")


def test_a_caution_names_the_cluster_that_it_is_about():
    caution = Caution("Safeguards stay suspended.", "To end it", remedy("resume"))
    assert told(caution, CLUSTER).endswith(f": az aks safeguards resume {CLUSTER.arguments}")


def test_commands_come_in_order_and_once():
    ways = [remedy("list-groups"), remedy("list-clusters"), remedy("list-groups")]
    assert commands(ways) == ("az group list -o table", "az aks list -o table")


def test_a_caution_is_its_sentence_and_is_told_with_its_command():
    caution = Caution("Safeguards stay suspended.", "To end it", remedy("resume"))
    assert caution == "Safeguards stay suspended."
    assert told(caution) == "Safeguards stay suspended. To end it: az aks safeguards resume"
    assert told("A plain one.") == "A plain one."
