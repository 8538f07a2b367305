# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What pip is told of where packages come from, uv is told; with anything else pip installs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts import install


@pytest.mark.parametrize(
    ("lines", "variables"),
    [
        ([], {}),
        (["global.index-url='https://mirror.example/simple'"], {"UV_DEFAULT_INDEX": "https://mirror.example/simple"}),
        # The environment is listed after the files, and counts more than they do.
        (["global.timeout='15'", ":env:.timeout='60'"], {"UV_HTTP_TIMEOUT": "60"}),
        (["install.find-links='/wheels\\n  /more'"], {"UV_FIND_LINKS": "/wheels,/more"}),
        (
            ["global.extra-index-url='https://a.example\\nhttps://b.example'"],
            {"UV_INDEX": "https://a.example https://b.example", "UV_INDEX_STRATEGY": "unsafe-best-match"},
        ),
        (["global.cert='/ca.pem'"], {"SSL_CERT_FILE": "/ca.pem"}),
        (["global.proxy='http://p:1'"], {"HTTPS_PROXY": "http://p:1", "HTTP_PROXY": "http://p:1"}),
        (["global.require-virtualenv='true'", ":env:.disable-pip-version-check='1'", "freeze.path='/x'"], {}),
        # What uv has no like of, or this does not know.
        (["global.trusted-host='mirror.example'"], None),
        (["global.no-index='true'"], None),
        (["install.constraint='c.txt'"], None),
        (["global.index-url=not quoted"], None),
    ],
)
def test_uv_is_told_what_pip_is_told(lines, variables):
    assert install.settings_for_uv(lines) == variables


def test_pip_itself_says_it_like_that(monkeypatch):
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels /more")
    command = [sys.executable, "-m", "pip", "config", "list"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    told = install.settings_for_uv(said)
    assert told is not None
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert told["UV_FIND_LINKS"] == "/wheels,/more"


@pytest.mark.parametrize("why", ["uv fails", "no uv", "settings"])
def test_pip_does_what_uv_cannot(monkeypatch, tmp_path, why):
    """Of pip and uv only what they are called with; the gate installs with both for real."""
    ran = []
    (tmp_path / "bin").mkdir()
    if why != "no uv":
        (tmp_path / "bin" / "uv").touch()

    def run(command, **options):
        ran.append(command)
        said = "global.no-index='1'\n" if why == "settings" else ""
        failed = command[0].endswith("uv") or ("install" in command and "--only-binary" in command)
        return subprocess.CompletedProcess(command, int(failed), said, "no such platform")

    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", run)
    assert install.install(tmp_path / "requirements.txt", "/other/python")
    assert ran[-1][1:3] == ["-m", "pip"]
    assert ran[-1][-6:] == ["--python", "/other/python", "install", "--quiet", "-r", str(tmp_path / "requirements.txt")]
    assert any(command[0].endswith("uv") for command in ran) == (why == "uv fails")
