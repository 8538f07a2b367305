# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import json

import pytest
from hypothesis import given

from azext_safeguards.check.findings import Finding, Report
from azext_safeguards.check.report.sarif import SCHEMA, SarifFormat
from tests.unit.check.report.samples import CLEAN, FULL, NO_PROBE, POLICIES, hostile_reports
from tests.unit.check.report.schema import validator


def _rendered(report):
    return json.loads(SarifFormat().render(report, POLICIES))


EXPECTED_RULE = {
    "id": "probes",
    "name": "ensureProbesConfiguredInKubernetesCluster",
    "shortDescription": {"text": "Containers have probes"},
    "fullDescription": {"text": "Without probes traffic goes to Pods that are not ready."},
    "help": {
        "text": "Without probes traffic goes to Pods that are not ready. Give every container a livenessProbe.",
        "markdown": "Without probes traffic goes to Pods that are not ready.\n\n"
        "**Fix**: Give every container a livenessProbe.\n\n```yaml\nlivenessProbe:\n  tcpSocket:\n    port: 80\n```\n",
    },
    "defaultConfiguration": {"level": "error"},
    "properties": {"tags": ["kubernetes", "azure-policy"]},
    "helpUri": "https://kubernetes.io/probes",
}


def test_the_run():
    log = _rendered(FULL)
    assert log["$schema"] == SCHEMA
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["properties"] == {"level": "Enforcement", "version": "v2.0.0"}
    rules = run["tool"]["driver"]["rules"]
    assert rules[0] == EXPECTED_RULE
    assert [rule["id"] for rule in rules] == ["probes", "resource-limits", "other"]
    assert [(result["ruleId"], result["ruleIndex"], result["level"]) for result in run["results"]] == [
        ("probes", 0, "error"),
        ("resource-limits", 1, "warning"),
        ("other", 2, "error"),
    ]


def test_a_result():
    result = _rendered(FULL)["runs"][0]["results"][0]
    fingerprints = result.pop("partialFingerprints")
    assert set(fingerprints) == {"safeguardsFinding/v1", "primaryLocationLineHash"}
    assert result == {
        "ruleId": "probes",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": f"Deployment/web (team-a): {NO_PROBE}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "deploy/web%20app.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 12, "startColumn": 9},
                },
                "logicalLocations": [
                    {
                        "name": "Deployment/web (team-a)",
                        "fullyQualifiedName": "team-a/Deployment/web",
                        "kind": "resource",
                    }
                ],
            }
        ],
    }


def test_the_invocation_says_what_was_not_read():
    (invocation,) = _rendered(FULL)["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    levels = [(one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]]
    assert levels == [
        ("error", "bad.yaml could not be read: no YAML: odd"),
        ("error", "gone.yaml could not be read: no such file"),
        ("note", "groups are not known offline"),
    ]
    place = invocation["toolExecutionNotifications"][0]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 3, "startColumn": 4}
    assert _rendered(CLEAN)["runs"][0]["invocations"] == [
        {"executionSuccessful": True, "toolExecutionNotifications": []}
    ]


@pytest.mark.parametrize(
    ("file", "location"),
    [
        ("a b/ü:%.yaml", {"uri": "a%20b/%C3%BC%3A%25.yaml", "uriBaseId": "%SRCROOT%"}),
        ("../x.yaml", {"uri": "../x.yaml", "uriBaseId": "%SRCROOT%"}),
        ("<stdin>", {"uri": "%3Cstdin%3E", "uriBaseId": "%SRCROOT%"}),
        ("/abs/x y.yaml", {"uri": "file:///abs/x%20y.yaml"}),
        ("C:/abs/x y.yaml", {"uri": "file:///C:/abs/x%20y.yaml"}),
    ],
)
def test_locations(file, location):
    report = Report(findings=[FULL.findings[0]._replace(file=file)])
    place = _rendered(report)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == location


def _fingerprints(*findings: Finding):
    results = _rendered(Report(findings=list(findings)))["runs"][0]["results"]
    return [result["partialFingerprints"]["safeguardsFinding/v1"] for result in results]


def test_fingerprints_survive_a_shift_of_lines_and_tell_twins_apart():
    finding = FULL.findings[0]
    one, two = _fingerprints(finding, finding._replace(line=30))
    assert one != two
    assert _fingerprints(finding._replace(line=99, column=1)) == [one]
    for field in ("file", "kind", "namespace", "name", "policy", "message"):
        assert _fingerprints(finding._replace(**{field: "else"})) != [one]


def test_messages_have_no_links():
    report = Report(findings=[FULL.findings[0]._replace(message="[a](http://x) ##vso[y]")])
    text = SarifFormat().render(report, POLICIES)
    assert json.loads(text)["runs"][0]["results"][0]["message"]["text"].endswith("[a] (http://x) \\x23#vso[y]")
    assert "##" not in text


def test_validates():
    schema = validator()
    for report in (FULL, CLEAN):
        assert list(schema.iter_errors(_rendered(report))) == []
    broken = _rendered(FULL)
    broken["runs"][0]["results"][0]["level"] = "fatal"
    assert list(schema.iter_errors(broken))


@given(hostile_reports())
def test_hostile_words_leave_it_valid_and_on_their_lines(report):
    text = SarifFormat().render(report, POLICIES)
    text.encode()
    assert "##" not in text
    assert text.isascii()
    log = json.loads(text)
    assert not list(validator().iter_errors(log))
    assert len(log["runs"][0]["results"]) == len(report.findings)
    assert text.count("\n") == 7 + len(report.findings)
