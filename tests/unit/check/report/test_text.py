# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import re
import unicodedata

from hypothesis import given

from azext_safeguards.check.findings import ObjectDiff, Report
from azext_safeguards.check.report.text import TextFormat
from tests.unit.check.report.samples import CLEAN, FULL, POLICIES, hostile_reports

EXPECTED = """\
deploy/web app.yaml
  12:9  deny  Deployment/web (team-a)  probes: [azurepolicy-k8sazurev2containerenforceprob] \
[Implied by gatekeeper-expand-workloads] Container <web> in your Pod <web-pod> has no <livenessProbe>
  7:3   warn  Pod/one (team-a)  resource-limits: no limit

b.yaml
  1:1  deny  Node/n  other: 100% a|b

deploy/web app.yaml:2: Deployment/web (team-a) would be changed by mutate-cpu-limits
--- web-pod
+++ web-pod
@@ -1,2 +1,2 @@
 kind: Pod
-cpu: 1
+cpu: 500m

Could not be read
  bad.yaml:3:4: no YAML: odd
  gone.yaml: no such file

Note: groups are not known offline

Enforcement, v2.0.0: 2 would be denied, 1 warned, in 3 of 120 objects (35 files); 1 object in excluded namespaces; \
2 ignored; 2 files could not be read
"""


def test_everything_has_its_place():
    assert TextFormat().render(FULL, POLICIES) == EXPECTED


def test_colours_are_all_that_a_terminal_gets_in_addition():
    coloured = TextFormat(colour=True).render(FULL, POLICIES)
    assert "\x1b[31mdeny\x1b[0m" in coloured
    assert "\x1b[33mwarn\x1b[0m" in coloured
    assert "\x1b[32m+cpu: 500m\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == EXPECTED


def test_a_clean_report_is_one_line():
    text = TextFormat().render(CLEAN, POLICIES)
    assert text == "Nothing would be denied or warned of, in 3 objects (1 file)\n"


def test_a_context_line_of_a_diff_is_no_log_command():
    report = Report(diffs=[ObjectDiff("a", 1, "K", "n", "", ("m",), "   ::error::x\n+::y\n ##vso[z]\n")])
    assert TextFormat().render(report, {}).split("\n")[1:4] == ["   \\x3a:error::x", "+::y", " \\x23#vso[z]"]


@given(hostile_reports())
def test_hostile_words_do_nothing(report):
    text = TextFormat().render(report, POLICIES)
    assert not [c for c in text if c != "\n" and (unicodedata.category(c) in ("Cc", "Cs") or c in "\u202e\u2028\u200b")]
    text.encode()
    assert "##vso[" not in text
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
    # As many lines as there is to say: none is made by a manifest.
    groups = len({finding.file for finding in report.findings})
    diff_lines = sum(2 + diff.diff.count("\n") for diff in report.diffs)
    unreadable = len(report.unreadable) + 2 if report.unreadable else 0
    unjudged = len(report.unjudged) + 2 if report.unjudged else 0
    notes = len(report.notes) + 1 if report.notes else 0
    assert text.count("\n") == len(report.findings) + 2 * groups + diff_lines + unreadable + unjudged + notes + 1
