# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check import baseline
from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.findings import Finding

ONE = Finding("a.yaml", 3, 1, "Pod", "x", "team", "probes", "no probe", "deny", False)
TWO = Finding("b.yaml", 1, 1, "Node", "y", "", "no-node-edits", "no edit", "warn", False)


def test_the_file_is_sorted_and_counts():
    text = baseline.write([TWO, ONE, ONE._replace(line=9)])
    assert text == baseline.write([ONE, ONE, TWO])
    assert (
        text
        == """\
{
  "version": 1,
  "findings": [
    {"file": "a.yaml", "kind": "Pod", "namespace": "team", "name": "x", "policy": "probes", "message": "no probe", \
"count": 2},
    {"file": "b.yaml", "kind": "Node", "namespace": "", "name": "y", "policy": "no-node-edits", "message": "no edit", \
"count": 1}
  ]
}
"""
    )
    assert baseline.write([]) == '{\n  "version": 1,\n  "findings": []\n}\n'


def test_what_is_known_is_told_from_what_is_new_by_count():
    known = baseline.read(baseline.write([ONE, ONE]))
    assert len(known) == 2
    findings = [ONE._replace(line=line) for line in (4, 5, 6)]
    assert known.split([*findings, TWO]) == ([findings[2], TWO], findings[:2], [])
    assert known.split([ONE]).stale == [("a.yaml", "Pod", "team", "x", "probes", "no probe")]
    # A split does not use the baseline up.
    assert known.split([ONE, ONE]).new == []


@pytest.mark.parametrize("field", ["file", "kind", "namespace", "name", "policy", "message"])
def test_every_part_of_a_finding_but_its_place_and_effect_counts(field):
    known = baseline.read(baseline.write([ONE]))
    assert known.split([ONE._replace(**{field: "else"})]).new
    assert not known.split([ONE._replace(line=99, column=9, effect="warn")]).new


ENTRY = json.loads(baseline.write([ONE]))["findings"][0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it has no list 'findings'"),
        ('{"version": 1, "findings": {}}', "it has no list 'findings'"),
        ('{"version": 2, "findings": []}', "its version is 2"),
        ('{"version": 1, "findings": [1]}', "finding 1 is not an object"),
        (json.dumps({"version": 1, "findings": [ENTRY, {**ENTRY, "file": 1}]}), "finding 2 has no text 'file'"),
        (json.dumps({"version": 1, "findings": [{**ENTRY, "count": 0}]}), "finding 1 has no 'count'"),
        (json.dumps({"version": 1, "findings": [{**ENTRY, "count": True}]}), "finding 1 has no 'count'"),
    ],
)
def test_what_is_no_baseline_is_refused(text, reason):
    with pytest.raises(CheckError, match=reason) as refused:
        baseline.read(text)
    assert refused.value.todo


@given(st.lists(st.builds(ONE._replace, name=st.text(max_size=3), message=st.text(max_size=3)), max_size=6))
def test_what_is_written_is_known(findings):
    split = baseline.read(baseline.write(findings)).split(findings)
    assert split == ([], findings, [])
