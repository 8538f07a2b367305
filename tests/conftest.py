# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What holds for all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from sandbox import tools

# How long an example takes depends on what else the machine does; a test that hangs is ended by pytest-timeout.
settings.register_profile("safeguards", deadline=None)
settings.load_profile("safeguards")

# Whatever kubectl and helm a machine has, or has not: tests run the pinned ones.
os.environ["PATH"] = tools.before(os.environ.get("PATH", os.defpath))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Only a platform for which there are no tools excuses a test from them."""
    if item.get_closest_marker("tools") is None:
        return
    reason = tools.unserved()
    if reason:
        pytest.skip(reason)
    if absent := tools.missing():
        pytest.fail(f"{' and '.join(absent)} not in {tools.FOLDER}: run `make setup` first", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not tested is said at the end, where it is seen."""
    reason = tools.unserved()
    skipped = [report for report in terminalreporter.getreports("skipped") if reason and reason in str(report.longrepr)]
    if skipped:
        terminalreporter.section("NOT TESTED WITH A REAL KUBECTL AND HELM", red=True)
        terminalreporter.line(f"{len(skipped)} tests were skipped: {reason}")
    reports = terminalreporter.getreports("skipped")
    unseen = [report for report in reports if "/browser/" in report.nodeid and "no Chromium" in str(report.longrepr)]
    if unseen:
        terminalreporter.section("PAGES NOT TESTED IN A BROWSER", red=True)
        terminalreporter.line(f"{len(unseen)} tests were skipped: there is no Chromium here; see `make browser`.")
