# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Plain scalars mean what they mean to kubectl."""

from __future__ import annotations

import json
import subprocess

import pytest

from azext_safeguards.check.documents.reading import Document, read_text
from azext_safeguards.check.documents.scalars import WrongTag, key, plain, tagged

# Seen with kubectl 1.32.
SEEN = {
    "1e3": 1000,
    "1E3": 1000,
    "0.5": 0.5,
    ".5": 0.5,
    "5.": 5,
    "1.0": 1,
    "1.10": 1.1,
    "12:30:45": "12:30:45",
    "2024-01-01": "2024-01-01",
    "yes": True,
    "y": True,
    "off": False,
    "True": True,
    "tRue": "tRue",
    "0777": 511,
    "0o17": 15,
    "0x1F": 31,
    "0b11": 3,
    "08": 8,
    "1_000": 1000,
    "685_230.15": 685230.15,
    "+12": 12,
    "-0": 0,
    "~": None,
    "1e21": 1e21,
    "100000000000000000000": 100000000000000000000,
    "123456789012345678": 123456789012345678,
    "=": "=",
    "1e400": "1e400",
    "-1e400": "-1e400",
    "500m": "500m",
    "64Mi": "64Mi",
    "1.2.3": "1.2.3",
    "9" * 5000: "9" * 5000,
}


@pytest.mark.parametrize(("text", "value"), SEEN.items(), ids=lambda item: str(item)[:20])
def test_a_plain_scalar(text, value):
    assert plain(text) == value
    assert type(plain(text)) is type(value)


@pytest.mark.tools
def test_kubectl_reads_the_same(tmp_path):
    names = {f"k{index}": text for index, text in enumerate(SEEN) if len(text) < 100}
    lines = [f"  {name}: {text}" for name, text in names.items()]
    manifest = tmp_path / "map.yaml"
    manifest.write_text("\n".join(["apiVersion: v1", "kind: ConfigMap", "metadata: {name: x}", "data:", *lines]) + "\n")
    command = ["kubectl", "label", "--local", "-f", str(manifest), "a=b", "-o", "json"]
    read = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["data"]
    (document,) = read_text(manifest.read_bytes())
    assert isinstance(document, Document)
    assert document.data["data"] == {name: SEEN[text] for name, text in names.items()} == read


def test_keys_and_tags():
    assert [key(text) for text in ("yes", "~", "0x1F", "name")] == ["true", "null", "31", "name"]
    assert tagged("tag:yaml.org,2002:str", "12") == "12"
    assert tagged("tag:yaml.org,2002:int", "12") == 12
    assert tagged("tag:yaml.org,2002:binary", "aGVsbG8=") == "hello"
    with pytest.raises(WrongTag, match="invalid base64"):
        tagged("tag:yaml.org,2002:binary", "no base64!")
    assert tagged("!anything", "12") == "12"
