# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import re

from hypothesis import given

from azext_safeguards.check.findings import Finding, Report
from azext_safeguards.check.report.github import GitHubFormat
from tests.unit.check.report.samples import FULL, POLICIES, hostile_reports

EXPECTED = """\
::error file=deploy/web app.yaml,line=12,col=9,title=probes%3A Deployment/web (team-a)::Container <web> in your Pod \
<web-pod> has no <livenessProbe>%0AFix: Give every container a livenessProbe.
::warning file=deploy/web app.yaml,line=7,col=3,title=resource-limits%3A Pod/one (team-a)::no limit%0AFix: Set limits.
::error file=b.yaml,line=1,col=1,title=other%3A Node/n::100%25 a|b
::error file=bad.yaml,line=3,col=4,title=Could not be read::no YAML: odd
::error file=gone.yaml,title=Could not be read::no such file
::notice::groups are not known offline
Enforcement, v2.0.0: 2 would be denied, 1 warned, in 3 of 120 objects (35 files); 1 object in excluded namespaces; \
2 ignored; 2 files could not be read
"""
COMMAND = re.compile(r"::(error|warning) (file=[^,:]*(,line=\d,col=\d)?,)?title=[^,:]*::[^\r\n]*")


def test_annotations():
    assert GitHubFormat().render(FULL, POLICIES) == EXPECTED


def test_properties_are_escaped():
    finding = Finding("a,b:c%.yaml", 1, 2, "Pod", "x:y", "", "probes", "50%\nnext", "warn", False)
    line = GitHubFormat().render(Report(findings=[finding]), {}).split("\n")[0]
    assert line == "::warning file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=probes%3A Pod/x%3Ay::50%25\\nnext"


@given(hostile_reports())
def test_every_line_is_a_whole_command(report):
    lines = GitHubFormat().render(report, POLICIES).split("\n")
    count = len(report.findings) + len(report.unreadable) + len(report.unjudged)
    assert all(COMMAND.fullmatch(line) for line in lines[:count])
    assert all(line.startswith("::notice::") for line in lines[count:-2])
    assert len(lines) == count + len(report.notes) + 2
    assert not any(re.search(r"##(vso)?\[", line) for line in lines)
