# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Time zones of CronJobs, as kube-apiserver 1.34.4 answered."""

from __future__ import annotations

import pytest

from azext_safeguards.check.apiserver import time_zones
from azext_safeguards.check.apiserver.refusals import Refusal
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.jobs import cron_job
from scripts import time_zones as script

_UNKNOWN = "unknown time zone {}"
_EXPLICIT = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"


def refusals(zone: str) -> list[Refusal]:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}
    spec = {"schedule": "* * * * *", "timeZone": zone, "jobTemplate": {"spec": {"template": template}}}
    errors = Errors()
    cron_job(errors, {"metadata": {"name": "z"}, "spec": spec})
    return [one for one in errors.refusals if one.path == ("spec", "timeZone")]


def test_the_table_is_what_the_script_writes() -> None:
    assert script.TARGET.read_text(encoding="utf-8") == script.text()
    assert script.TARGET.stat().st_size < 8_000
    assert time_zones.source().startswith("tzdata ")


@pytest.mark.parametrize(
    "zone",
    [
        *("Europe/Berlin", "UTC", "Etc/GMT+5", "EST5EDT", "US/Pacific", "Europe/Kyiv", "Asia/Calcutta", "Zulu"),
        *("America/Argentina/Buenos_Aires", "posix/Europe/Berlin", "right/UTC", "posixrules", "Factory", "localtime"),
    ],
)
def test_a_time_zone_that_the_api_server_knows_is_taken(zone: str) -> None:
    assert not refusals(zone)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        *((zone, [_UNKNOWN]) for zone in ("CRON_TZ=UTC", "TZ=Europe/Berlin", "GMT+5", "europe/berlin", "Mars/Base")),
        *(
            (zone, [_UNKNOWN])
            for zone in ("../zoneinfo/UTC", "./UTC", "Europe/", "/UTC", "Europe//Berlin", "CST", "utc")
        ),
        ("Local", [_EXPLICIT]),
        ("local", [_EXPLICIT, _UNKNOWN]),
        ("LOCAL", [_EXPLICIT, _UNKNOWN]),
    ],
)
def test_a_time_zone_that_it_does_not_know_is_refused_in_its_words(zone: str, said: list[str]) -> None:
    words = [one.cluster for one in refusals(zone)]
    assert words == [f'spec.timeZone: Invalid value: "{zone}": {text.format(zone)}' for text in said]


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("Europe/Berln", "did you mean Europe/Berlin?"),
        ("utc", "did you mean UTC?"),
        ("America/New York", "did you mean America/New_York?"),
        ("Mars/Base", "names are such as Europe/Berlin or Etc/UTC"),
        ("x" * 100_000, "names are such as"),
    ],
)
def test_the_zone_that_is_meant_is_named(zone: str, hint: str) -> None:
    (one,) = refusals(zone)
    assert hint in one.reason
