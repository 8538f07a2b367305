# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from fractions import Fraction

import pytest

from azext_safeguards.check.rego.quantities import cpu, memory


@pytest.mark.parametrize(
    ("value", "thousandths"),
    [
        ("500m", 500),
        ("0.5", 500),
        (0.5, 500),
        (2, 2000),
        ("2", 2000),
        ("5mm", 5),
        ("m5m", 5),
        ("1e3m", 1000),
        ("1_0m", 10),
        ("-5m", -5),
        ("+5m", 5),
        ("0x1p4m", 16),
        ("1e-9999m", 0),
        ("0.1", 100),
        ("0m", 0),
        ("0.000m", 0),
        ("0", 0),
        ("0.0", 0),
        (0.0, 0),
        ("1e-2000m", 0),
        ("17e307m", 17 * 10**307),
        ("00000.2", 200),
        (10**20, 10**23),
    ],
)
def test_cpu(value, thousandths):
    assert cpu(value) == thousandths


@pytest.mark.parametrize(
    "value",
    [
        "",
        "m",
        "1e3",
        ".5",
        "2k",
        "1.",
        "5\n",
        " 5m",
        "infm",
        "nanm",
        "0x10m",
        "1__0m",
        "9" * 310,
        "1e309m",
        "1.9e308m",
        "1e9999999m",
        "0x1p20000m",
        "٣",
        None,
        True,
        [1],
    ],
)
def test_cpu_nobody_can_read(value):
    assert cpu(value) is None


@pytest.mark.parametrize(
    ("value", "thousandths"),
    [
        ("1", 1000),
        (1, 1000),
        ("100m", 100),
        ("1k", 10**6),
        ("1M", 10**9),
        ("1G", 10**12),
        ("1T", 10**15),
        ("1P", 10**18),
        ("1E", 10**21),
        ("1Ki", 1024 * 1000),
        ("1Mi", 1024**2 * 1000),
        ("1.5Gi", 1024**3 * 1500),
        ("1Ti", 1024**4 * 1000),
        ("1Pi", 1024**5 * 1000),
        ("1Ei", 1024**6 * 1000),
        ("1M5M", 15 * 10**9),
    ],
)
def test_memory(value, thousandths):
    assert memory(value) == thousandths


@pytest.mark.parametrize("value", ["", "k", "Mi", "1K", "1gi", "1GB", "1e3", "-1Mi", "+1", "1 Mi", "1Mi ", False, {}])
def test_memory_nobody_can_read(value):
    assert memory(value) is None


def test_amounts_with_many_digits_are_rounded_as_in_rego():
    assert cpu("0.333333333333333333333333") == cpu("0.333333333333333333333334")
    assert cpu("0.3333333333") < cpu("0.3333333334")
    assert cpu("74702137780572830105938") < cpu("74702137780572830105939")


@pytest.mark.parametrize(
    "text", ["99999999999999999999999.5", "123456789012345678901.25", "0.1234567890123456789012345"]
)
def test_numbers_with_decimals_keep_sixty_four_binary_digits(text):
    exact = Fraction(text) * 1000
    assert cpu(text) != exact
    assert abs(cpu(text) - exact) <= exact / 2**62
