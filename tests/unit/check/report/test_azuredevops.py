# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import re

from hypothesis import given

from azext_safeguards.check.findings import Finding, Report
from azext_safeguards.check.report.azuredevops import AzureDevOpsFormat
from tests.unit.check.report.samples import FULL, POLICIES, hostile_reports

EXPECTED = """\
##vso[task.logissue type=error;sourcepath=deploy/web app.yaml;linenumber=12;columnnumber=9;code=probes;]\
Deployment/web (team-a): Container <web> in your Pod <web-pod> has no <livenessProbe>
##vso[task.logissue type=warning;sourcepath=deploy/web app.yaml;linenumber=7;columnnumber=3;code=resource-limits;]\
Pod/one (team-a): no limit
##vso[task.logissue type=error;sourcepath=b.yaml;linenumber=1;columnnumber=1;code=other;]Node/n: 100%AZP25 a|b
##vso[task.logissue type=error;sourcepath=bad.yaml;linenumber=3;columnnumber=4;]Could not be read: no YAML: odd
##vso[task.logissue type=error;sourcepath=gone.yaml;]Could not be read: no such file
Note: groups are not known offline
Enforcement, v2.0.0: 2 would be denied, 1 warned, in 3 of 120 objects (35 files); 1 object in excluded namespaces; \
2 ignored; 2 files could not be read
"""
COMMAND = re.compile(r"##vso\[task\.logissue type=(error|warning);(sourcepath=[^;\]]*;)?([a-z]+=[^;\]]*;)*\][^\r\n]*")


def test_issues():
    assert AzureDevOpsFormat().render(FULL, POLICIES) == EXPECTED


def test_properties_are_escaped():
    finding = Finding("a;b]%.yaml", 1, 2, "Pod", "x", "", "p;]", "a;b]", "deny", False)
    line = AzureDevOpsFormat().render(Report(findings=[finding]), {}).split("\n")[0]
    place = "sourcepath=a%3Bb%5D%AZP25.yaml;linenumber=1;columnnumber=2;code=p%3B%5D;"
    assert line == f"##vso[task.logissue type=error;{place}]Pod/x: a;b]"


@given(hostile_reports())
def test_every_line_is_one_command(report):
    lines = AzureDevOpsFormat().render(report, POLICIES).split("\n")
    count = len(report.findings) + len(report.unreadable) + len(report.unjudged)
    assert all(COMMAND.fullmatch(line) for line in lines[:count])
    assert len(lines) == count + len(report.notes) + 2
    assert not any(re.search(r"##(vso)?\[", line[1:]) for line in lines)
    assert not any(line.startswith("#") for line in lines[count:])
