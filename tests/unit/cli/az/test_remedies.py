# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import re
from pathlib import Path

import pytest

import azext_safeguards
from azext_safeguards.cli.az import remedies
from azext_safeguards.cli.az.remedies import commands, flags, told
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.remedies import Caution, remedy

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
    named |= {"registry-writes-pattern", "syntax-of-patterns"}
    assert named == set(remedies._WORDS)


def test_commands_come_in_order_and_once():
    ways = [remedy("list-groups"), remedy("list-clusters"), remedy("list-groups")]
    assert commands(ways) == ("az group list -o table", "az aks list -o table")


def test_a_caution_is_its_sentence_and_is_told_with_its_command():
    caution = Caution("Safeguards stay suspended.", "To end it", remedy("resume"))
    assert caution == "Safeguards stay suspended."
    assert told(caution) == "Safeguards stay suspended. To end it: az aks safeguards resume"
    assert told("A plain one.") == "A plain one."
