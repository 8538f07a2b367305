# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import re

from hypothesis import given

from azext_safeguards.check.findings import Report
from azext_safeguards.check.report.markdown import MOST_CHARACTERS, MarkdownFormat
from tests.unit.check.report.samples import CLEAN, FULL, POLICIES, hostile_reports

EXPECTED = """\
### Deployment safeguards

Enforcement, v2.0.0: 2 would be denied, 1 warned, in 3 of 120 objects (35 files); 1 object in excluded namespaces; \
2 ignored; 2 files could not be read

| Effect | Place | Object | Policy | Message |
|---|---|---|---|---|
| deny | <code>deploy/web app.yaml:12</code> | <code>Deployment/web (team-a)</code> | \
[probes](https://kubernetes.io/probes) | <code>&#91;azurepolicy-k8sazurev2containerenforceprob&#93; \
&#91;Implied by gatekeeper-expand-workloads&#93; Container &#60;web&#62; in your Pod &#60;web-pod&#62; \
has no &#60;livenessProbe&#62;</code> |
| warn | <code>deploy/web app.yaml:7</code> | <code>Pod/one (team-a)</code> | resource-limits | \
<code>no limit</code> |
| deny | <code>b.yaml:1</code> | <code>Node/n</code> | other | <code>100% a&#124;b</code> |

<details><summary>How to fix</summary>

- **probes**: Give every container a livenessProbe.
- **resource-limits**: Set limits.

</details>

| Could not be read | Reason |
|---|---|
| <code>bad.yaml:3</code> | <code>no YAML: odd</code> |
| <code>gone.yaml</code> | <code>no such file</code> |

- groups are not known offline
"""


def test_the_tables():
    assert MarkdownFormat().render(FULL, POLICIES) == EXPECTED


def test_a_clean_report_has_no_table():
    text = MarkdownFormat().render(CLEAN, POLICIES)
    assert text == "### Deployment safeguards\n\nNothing would be denied or warned of, in 3 objects (1 file)\n"


def test_a_long_table_says_what_it_leaves_out():
    text = MarkdownFormat().render(Report(findings=FULL.findings[:1] * 1000), POLICIES)
    rows = text.count("\n| deny |")
    assert 100 < rows < 1000
    assert f"\n{1000 - rows} more findings not shown.\n" in text
    assert len(text) < MOST_CHARACTERS + 1000


@given(hostile_reports())
def test_rows_keep_their_cells_and_words_have_no_markup(report):
    for line in MarkdownFormat().render(report, {}).split("\n"):
        if line.startswith("| ") and not line.startswith(("| Effect", "| Could")):
            assert line.count("|") in (3, 6)
            words = re.sub(r"</?code>|&#\d+;", " ", line.replace("|", ""))
            assert not re.search(r"[<>&`*_\[\]\\~@#]|www\.|://", words)
            assert line.count("<code>") == line.count("</code>")


def test_a_long_list_of_what_could_not_be_read_says_what_it_leaves_out():
    text = MarkdownFormat().render(Report(unreadable=FULL.unreadable * 2000), POLICIES)
    rows = sum(line.startswith("| <code>") for line in text.split("\n"))
    assert 100 < rows < 4000
    assert f"\n{4000 - rows} more files not shown.\n" in text
    assert len(text) < MOST_CHARACTERS + 1000
