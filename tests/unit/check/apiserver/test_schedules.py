# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Schedules of CronJobs; what is said of each was seen of an API server 1.34.4."""

from __future__ import annotations

import pytest

from azext_safeguards.check.apiserver.receiving import receive
from azext_safeguards.check.apiserver.validation.schedules import wrong_schedule

SEEN = [
    ("* * * * *", ""),
    ("*/0 * * * *", "step of range should be a positive number: */0"),
    ("60 * * * *", "end of range (60) above maximum (59): 60"),
    ("0-60 * * * *", "end of range (60) above maximum (59): 0-60"),
    ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
    ("a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'),
    ("* 24 * * *", "end of range (24) above maximum (23): 24"),
    ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
    ("* * 32 * *", "end of range (32) above maximum (31): 32"),
    ("* * * 13 *", "end of range (13) above maximum (12): 13"),
    ("* * * 0 *", "beginning of range (0) below minimum (1): 0"),
    ("* * * jan *", ""),
    ("* * * JAN-mar *", ""),
    ("* * * janu *", 'failed to parse int from janu: strconv.Atoi: parsing "janu": invalid syntax'),
    ("* * * * 7", "end of range (7) above maximum (6): 7"),
    ("* * * * sun", ""),
    ("* * * * sun-sat/2", ""),
    ("* * * * 8", "end of range (8) above maximum (6): 8"),
    ("? ? ? ? ?", ""),
    ("1,2,3 * * * *", ""),
    (", * * * *", ""),
    ("1,,2 * * * *", ""),
    ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
    ("1/2/3 * * * *", "too many slashes: 1/2/3"),
    ("*/x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
    ("-1 * * * *", 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'),
    ("1- * * * *", 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'),
    ("+5 * * * *", ""),
    ("*-5 * * * *", ""),
    ("5/100 * * * *", ""),
    ("@every 5m", ""),
    ("@every 5", 'failed to parse duration @every 5: time: missing unit in duration "5"'),
    ("@every", "unrecognized descriptor: @every"),
    ("@every x", 'failed to parse duration @every x: time: invalid duration "x"'),
    ("@every 5d", 'failed to parse duration @every 5d: time: unknown unit "d" in duration "5d"'),
    ("@every 1h30m", ""),
    ("@every 1.5h", ""),
    ("@every -5m", ""),
    ("@every 0", ""),
    ("@reboot", "unrecognized descriptor: @reboot"),
    ("@Daily", "unrecognized descriptor: @Daily"),
    ("@hourly ", "unrecognized descriptor: @hourly "),
    ("  * * * * *  ", ""),
    ("*/5", "expected exactly 5 fields, found 1: [*/5]"),
    ("", "Required"),
    ("* * * * * *", "expected exactly 5 fields, found 6: [* * * * * *]"),
    ("0 0 31 2 *", ""),
    ("H * * * *", 'failed to parse int from H: strconv.Atoi: parsing "H": invalid syntax'),
    ("L * * * *", 'failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax'),
    ("* * L * *", 'failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax'),
    ("1#2 * * * *", 'failed to parse int from 1#2: strconv.Atoi: parsing "1#2": invalid syntax'),
    ("1.5 * * * *", 'failed to parse int from 1.5: strconv.Atoi: parsing "1.5": invalid syntax'),
    ("*\t*\t* * *", ""),
    ("5/5 * * * *", ""),
    ("1-59/2 * * * *", ""),
    ("٣ * * * *", 'failed to parse int from ٣: strconv.Atoi: parsing "٣": invalid syntax'),
    ("0x5 * * * *", 'failed to parse int from 0x5: strconv.Atoi: parsing "0x5": invalid syntax'),
    ("1_0 * * * *", 'failed to parse int from 1_0: strconv.Atoi: parsing "1_0": invalid syntax'),
]


@pytest.mark.parametrize(("schedule", "told"), SEEN)
def test_a_schedule_is_read_as_the_api_server_reads_it(schedule: str, told: str) -> None:
    if schedule:
        assert wrong_schedule(schedule) == told


def test_what_is_wrong_is_told_of_the_field() -> None:
    spec = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}
    found = {"schedule": "60 * * * *", "jobTemplate": {"spec": {"template": {"spec": spec}}}}
    cron_job = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "c"}, "spec": found}
    (one,) = receive(cron_job).refusals
    told = "end of range (60) above maximum (59): 60"
    assert one.cluster == f'spec.schedule: Invalid value: "60 * * * *": {told}'
    assert one.path == ("spec", "schedule")


def test_a_zone_in_a_schedule_has_to_be_one() -> None:
    assert wrong_schedule("TZ=UTC * * * * *") == ""
    assert wrong_schedule("CRON_TZ=Foo/Bar * * * * *") == "provided bad location Foo/Bar: unknown time zone Foo/Bar"
