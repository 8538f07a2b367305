# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from xml.etree import ElementTree

from hypothesis import given

from azext_safeguards.check.findings import Report
from azext_safeguards.check.report.junit import JUnitFormat
from tests.unit.check.report.samples import CLEAN, FULL, POLICIES, hostile_reports

EXPECTED = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="az aks safeguards check" tests="5" failures="2" errors="2">
  <testsuite name="deploy/web app.yaml" tests="2" failures="1" errors="0" skipped="1">
    <testcase classname="deploy/web app.yaml" name="Deployment/web (team-a) probes" \
file="deploy/web app.yaml" line="12">
      <failure type="probes" message="Container &lt;web&gt; in your Pod &lt;web-pod&gt; has no &lt;livenessProbe&gt;">\
deploy/web app.yaml:12:9: [azurepolicy-k8sazurev2containerenforceprob] [Implied by gatekeeper-expand-workloads] \
Container &lt;web&gt; in your Pod &lt;web-pod&gt; has no &lt;livenessProbe&gt;
Fix: Give every container a livenessProbe.
https://kubernetes.io/probes</failure>
    </testcase>
    <testcase classname="deploy/web app.yaml" name="Pod/one (team-a) resource-limits" \
file="deploy/web app.yaml" line="7">
      <skipped message="no limit"/>
    </testcase>
  </testsuite>
  <testsuite name="b.yaml" tests="1" failures="1" errors="0" skipped="0">
    <testcase classname="b.yaml" name="Node/n other" file="b.yaml" line="1">
      <failure type="other" message="100% a|b">b.yaml:1:1: 100% a|b</failure>
    </testcase>
  </testsuite>
  <testsuite name="bad.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase classname="bad.yaml" name="could not be read" file="bad.yaml" line="3">
      <error type="unreadable" message="no YAML: odd"/>
    </testcase>
  </testsuite>
  <testsuite name="gone.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase classname="gone.yaml" name="could not be read" file="gone.yaml">
      <error type="unreadable" message="no such file"/>
    </testcase>
    <system-out>groups are not known offline
</system-out>
  </testsuite>
</testsuites>
"""


def test_the_suites():
    assert JUnitFormat().render(FULL, POLICIES) == EXPECTED


def test_a_clean_report_is_one_test_that_passes():
    assert (
        JUnitFormat().render(CLEAN, POLICIES)
        == """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="az aks safeguards check" tests="1" failures="0" errors="0">
  <testsuite name="az aks safeguards check" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="az aks safeguards check" name="Nothing would be denied or warned of, in 3 objects (1 file)"/>
  </testsuite>
</testsuites>
"""
    )


def test_cases_of_one_object_and_policy_have_names_of_their_own():
    text = JUnitFormat().render(Report(findings=FULL.findings[:1] * 3), POLICIES)
    names = [case.get("name") for case in ElementTree.fromstring(text).iter("testcase")]
    name = "Deployment/web (team-a) probes"
    assert names == [name, f"{name} #2", f"{name} #3"]


@given(hostile_reports())
def test_hostile_words_stay_in_their_elements(report):
    root = ElementTree.fromstring(JUnitFormat().render(report, POLICIES).encode())
    assert {element.tag for element in root.iter()} <= {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "skipped",
        "error",
        "system-out",
    }
    assert len(root.findall("testsuite/system-out")) == bool(report.notes)
    cases = len(list(root.iter("testcase")))
    assert cases == int(root.attrib["tests"]) == sum(int(suite.attrib["tests"]) for suite in root)
    assert len(list(root.iter("failure"))) == sum(finding.effect == "deny" for finding in report.findings)
