# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One record per policy, and no second place that says who a policy is."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from azext_safeguards.check.mutations import REGISTRY as CHANGING
from azext_safeguards.check.policies.registry import REGISTRY as JUDGING
from azext_safeguards.domain.initiative import records
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS, bundled
from azext_safeguards.domain.initiative.definition import MemberKind
from azext_safeguards.domain.initiative.names import SHORT_NAMES
from azext_safeguards.domain.initiative.records import RECORDS, members

ROOT = Path(__file__).parents[4]
HOME = ROOT / "azext_safeguards/domain/initiative/records"
# The help shows what a cluster prints, so that the reader knows what to paste.
SHOWS_EXAMPLES = re.compile(r"cli/\w+/_(help|params)\w*\.py$")
PARAMETERS = {name.lower() for version in bundled().values() for name in version.parameters}
# Some reference ids are also names of parameters, by which rules read values.
IDENTIFIERS = {
    word.lower(): record.short
    for record in RECORDS.values()
    for word in (record.reference_id, record.template, record.constraint)
    if word and word.lower() not in PARAMETERS
}
TEXTS = {
    text: record.short
    for record in RECORDS.values()
    for text in (record.title, record.why, record.fix, record.patch)
    if text
}

by_name = pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)


def literals(source: str) -> list[tuple[int, str]]:
    """The string literals of a module that are no docstrings, with their lines."""
    tree = ast.parse(source)
    prose = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]


def second_places(source: str) -> list[tuple[int, str]]:
    """The lines of a module that say something which is a record's to say, with the policy that it is about."""
    found = []
    for line, text in literals(source):
        words = [IDENTIFIERS[word] for word in re.findall(r"\w+", text.lower()) if word in IDENTIFIERS]
        found += [(line, short) for short in words + [short for known, short in TEXTS.items() if known in text]]
    return sorted(found)


def modules() -> list[Path]:
    files = [
        file
        for package in ("azext_safeguards", "sandbox", "scripts", "demo", "benchmarks")
        for file in sorted((ROOT / package).rglob("*.py"))
    ]
    return [file for file in files if HOME not in file.parents and not SHOWS_EXAMPLES.search(file.as_posix())]


@pytest.mark.no_cover
def test_no_other_module_says_who_a_policy_is():
    found = {file.relative_to(ROOT).as_posix(): second_places(file.read_text("utf-8")) for file in modules()}
    assert {name: places for name, places in found.items() if places} == {}


def test_a_second_place_is_found():
    probes = RECORDS["probes"]
    source = f'''
"""{probes.title}, {probes.reference_id}"""
A = "{probes.reference_id.upper()}"
B = f"azurepolicy-{probes.constraint}-{{A}}"
C = {probes.patch!r}, "{probes.template}"
D = "{probes.title}."
E = "probes"
'''
    assert second_places(source) == [(3, "probes"), (4, "probes"), (5, "probes"), (5, "probes"), (6, "probes")]


def test_every_member_of_every_version_has_one_record():
    members = {member.reference_id for version in bundled().values() for member in version.members}
    assert Counter(record.reference_id for record in RECORDS.values()) == Counter(members)


@by_name
def test_a_record_is_told_from_others(record):
    others = [other for other in RECORDS.values() if other is not record]
    for word in ("reference_id", "title", "template", "constraint", "managed_check"):
        mine = getattr(record, word)
        assert not mine or mine not in [getattr(other, word) for other in others]


@by_name
def test_what_a_record_names_exists(record):
    assert set(record.versions) <= set(PROFILE_VERSIONS)
    assert set(record.seen_by) <= set(JUDGING)
    assert {name.lower() for name in record.parameters} <= PARAMETERS | {"messages"}


@by_name
def test_a_member_that_acts_on_objects_has_its_rule_or_its_change(record):
    kinds = {
        member.kind
        for version in bundled().values()
        for member in version.members
        if SHORT_NAMES[member.reference_id] == record.short
    }
    assert len(kinds) == 1
    kind = kinds.pop()
    assert (record.short in CHANGING) == (kind is MemberKind.MUTATOR)
    assert (record.short in JUDGING) == (kind in (MemberKind.VALIDATOR, MemberKind.NOTICE))
    assert (kind is MemberKind.NOTICE) == (record is records.NOTICES)


@pytest.mark.parametrize("policy", [*JUDGING.values(), *CHANGING.values()], ids=[*JUDGING, *CHANGING])
def test_check_says_what_the_record_says(policy):
    assert members(policy.short).items() <= vars(policy).items()
