# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Times, and what Go 1.26 says of texts that are none."""

from __future__ import annotations

import pytest

from azext_safeguards.check.apiserver.receiving import receive
from azext_safeguards.check.apiserver.times import time_problem

_AS = ' as "2006-01-02T15:04:05Z07:00": cannot parse '


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2020-01-31T09:30:00Z", ""),
        ("2020-01-01T9:30:00Z", ""),
        ("2020-02-29T00:00:00.123+01:00", ""),
        ("2020-01-01T00:00:00,5Z", ""),
        ("0000-02-29T00:00:00Z", ""),
        ("2020-01-01", f'{_AS}"" as "T"'),
        ("2020-01-01 00:00:00", f'{_AS}" 00:00:00" as "T"'),
        ("2020-01-01T00:00:00", f'{_AS}"" as "Z07:00"'),
        ("2020-1-1T00:00:00Z", f'{_AS}"1-1T00:00:00Z" as "01"'),
        ("", f'{_AS}"" as "2006"'),
        ("2021-02-29T00:00:00Z", ": day out of range"),
        ("2020-13-01T00:00:00Z", ": month out of range"),
        ("2020-01-01T24:00:00Z", ": hour out of range"),
        ("2020-01-01T00:00:00+25:00", ": time zone offset hour out of range"),
        ("2020-01-01T00:00:00Zx", ': extra text: "x"'),
    ],
)
def test_a_time(text: str, said: str) -> None:
    assert time_problem(text) == (f'parsing time "{text}"{said}' if said else "")


@pytest.mark.parametrize(("text", "is_time"), [("2020-01-01T00:00:00.123456Z", True), ("2020-01-01T00:00:00Z", False)])
def test_a_time_of_a_lease_has_six_digits(text: str, is_time: bool) -> None:
    spec = {"holderIdentity": "a", "renewTime": text}
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "a"}, "spec": spec}
    assert (receive(lease).refusals == ()) is is_time


def test_bytes_are_base64_or_numbers() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": [1, 255]}}
    assert receive(secret).refusals == ()
    (one,) = receive({**secret, "data": {"a": ["a"]}}).refusals
    assert one.cluster == "json: cannot unmarshal string into Go struct field Secret.data of type uint8"
