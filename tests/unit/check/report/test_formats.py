# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import io
import time

import pytest

from azext_safeguards.check.findings import Report
from azext_safeguards.check.report import FormatName
from tests.unit.check.report.samples import FULL, POLICIES

SECONDS = 2.0


class _CountingStream(io.StringIO):
    writes = 0

    def write(self, text):
        self.writes += 1
        return super().write(text)


@pytest.mark.parametrize("name", FormatName)
def test_every_name_has_a_format_that_ends_with_a_newline(name):
    assert name.to_format().render(FULL, POLICIES).endswith("\n")
    assert name.to_format().render(Report(), {}).endswith("\n")


@pytest.mark.no_cover
@pytest.mark.parametrize("name", FormatName)
def test_many_findings_are_written_fast_and_in_few_pieces(name):
    findings = [
        FULL.findings[number % 2]._replace(file=f"f{number // 3}.yaml", name=f"n{number}") for number in range(30_000)
    ]
    out = _CountingStream()
    begin = time.process_time()
    name.to_format().write(Report(findings=findings), POLICIES, out)
    # About four times what the slowest takes; a quadratic one takes minutes.
    assert time.process_time() - begin < SECONDS
    assert out.writes <= 150
