# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Values for parameters, and patterns of allowed images."""

from __future__ import annotations

import pytest

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain import re2
from azext_safeguards.domain.choices.images import image_pattern_cautions, is_anchored, registries_pattern
from azext_safeguards.domain.choices.values import checked_value
from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.initiative.catalog import bundled

PARAMETERS = {**bundled()["3.0.0"].parameters, **bundled()["2.1.1"].parameters}


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("cpuLimit", "2", "2"),
        ("cpuLimit", "0.5", "0.5"),
        ("cpuLimit", "500m", "500m"),
        ("memoryLimit", "1Gi", "1Gi"),
        ("memoryLimit", "1.5G", "1.5G"),
        ("memoryLimit", "1000", "1000"),
        ("requiredProbes", '["livenessProbe"]', ["livenessProbe"]),
        ("requiredProbes", ["livenessProbe"], ["livenessProbe"]),
        ("excludedImages", "[]", []),
        ("source", "original", "Original"),
        ("forcePrivilegeEscalationToBeFalse", "True", True),
        ("allowedHostPaths", '{"paths":[]}', {"paths": []}),
        ("runAsUserRule", "RunAsAny", "RunAsAny"),
        ("labels", '["example[.]com"]', ["example[.]com"]),
    ],
)
def test_a_value_that_is_taken(name, given, value):
    assert checked_value(PARAMETERS[name], given) == (value, [])


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("cpuLimit", "", "quantity of CPU"),
        ("cpuLimit", "1e3", "quantity of CPU"),
        ("cpuLimit", ".5", "quantity of CPU"),
        ("cpuLimit", "2k", "quantity of CPU"),
        ("cpuLimit", "1.5m", "quantity of CPU"),
        ("cpuLimit", "-1", "quantity of CPU"),
        ("cpuLimit", "2\n", "quantity of CPU"),
        ("memoryLimit", "1GB", "quantity of memory"),
        ("memoryLimit", "1gi", "quantity of memory"),
        ("memoryLimit", "1K", "quantity of memory"),
        ("requiredProbes", "livenessProbe", "a list as JSON"),
        ("requiredProbes", '{"a":1}', "a list as JSON"),
        ("requiredProbes", "", "a list as JSON"),
        ("requiredProbes", "[NaN]", "a list as JSON"),
        ("messages", '{"a":-Infinity}', "an object as JSON"),
        ("labels", "[1]", "a list of texts"),
        ("reservedTaints", "[null]", "a list of texts"),
        ("messages", "[]", "an object as JSON"),
        ("forcePrivilegeEscalationToBeFalse", "yes", "true or false"),
        ("forcePrivilegeEscalationToBeFalse", "1", "true or false"),
        ("source", "None", "All, Generated, Original"),
        ("runAsUserRule", "", "MustRunAs"),
        ("cpuLimit", 5, "a text"),
        ("labels", '["(?=a)"]', "lookahead"),
        ("reservedTaints", '["[a"]', "no ']'"),
        ("allowedContainerImagesRegex", "^(?!evil)", "lookahead"),
        ("allowedContainerImagesRegex", r"(a)\1", "backreferences"),
    ],
)
def test_a_value_that_is_refused(name, given, said):
    with pytest.raises(InvalidValueError) as refused:
        checked_value(PARAMETERS[name], given)
    assert said in refused.value.message
    assert commands(refused.value.remedies)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "every image"),
        (".*", "every image"),
        ("^.*$", "every image"),
        (r"myregistry\.azurecr\.io/", "not anchored"),
        (r"^a\.azurecr\.io/|b\.azurecr\.io/", "not anchored"),
        (r"(^a/|b/)", "not anchored"),
        (r"(?:^a/)?b", "not anchored"),
        (r"[|^]a", "not anchored"),
        (r"\Q^\Ea", "not anchored"),
        (r"^myregistry.azurecr.io/", "matches any character"),
        ("^", "every image"),
        ("(?s)^.*", "every image"),
        ("^(.*)$", "every image"),
        (r"^a\.io/|", "every image"),
        (r"\w", "every image"),
        ("^[^/]+/", "images of every registry"),
        (r"^mcr\.microsoft\.com", "no '/'"),
        (r"^(?:a\.io|b\.io)", "no '/'"),
        (r"(?i:a\.io/)", "not anchored"),
    ],
)
def test_a_pattern_that_allows_more_than_it_seems_to(pattern, said):
    assert any(said in text for text in image_pattern_cautions(pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        r"^myregistry\.azurecr\.io/.+$",
        r"\Aa/",
        r"^(a|b)/",
        r"(^a/|^b/)",
        r"(?:^a/)|^b",
        r"((^a)|(^b))c/",
        r"(?i)^a/",
        r"(?i:^a/)",
        r"^[a|b]/",
        r"^a\|b/",
        r"(?P<host>^a)/",
        r"^\Qa.io\E/",
        r"^[a.b]+/c",
    ],
)
def test_a_pattern_that_is_anchored(pattern):
    assert re2.problems(pattern) == []
    assert is_anchored(pattern)
    assert image_pattern_cautions(pattern) == []


def test_the_pattern_of_registries_allows_their_images_and_nothing_else():
    names = ["MyRegistry", "mcr.microsoft.com/oss/", "localhost:5000", "https://docker.io", "myregistry"]
    pattern = registries_pattern(names)
    assert image_pattern_cautions(pattern) == []
    allowed = re2.compiled(pattern)
    for image in (
        "myregistry.azurecr.io/app:1",
        "mcr.microsoft.com/oss/kubernetes/pause@sha256:0",
        "localhost:5000/a",
        "docker.io/library/nginx",
    ):
        assert allowed.search(image), image
    for image in (
        "evil.example.com/myregistry.azurecr.io/app",
        "myregistryxazurecr.io/app",
        "myregistry.azurecr.io.evil.example.com/app",
        "mcr.microsoft.com/other",
        "mcr.microsoft.com/ossx/a",
        "nginx",
        "myregistry.azurecr.io/",
    ):
        assert not allowed.search(image), image
    assert pattern.count("myregistry") == 1


def test_registries_of_another_cloud():
    assert re2.compiled(registries_pattern(["mine5"], ".azurecr.cn")).search("mine5.azurecr.cn/a")


@pytest.mark.parametrize("name", ["", " ", "a b", "x..y", "a.io//b", "^a.io", "a.io/.*", "ab", "a.io:x"])
def test_what_is_no_registry(name):
    with pytest.raises(InvalidValueError, match="not the name of a registry"):
        registries_pattern([name])
