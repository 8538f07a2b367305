# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""az aks safeguards check on many files, with one process and with several, and on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from .azcli import AZ, EXTENSIONS
from .checked_manifests import SERVICE, WEB


def test_many_files_give_the_same_each_time_with_one_process_and_with_several(installed, box, tmp_path):
    for number in range(260):
        name = f"app-{number}"
        text = WEB.replace("web", name) + "---\n" + SERVICE.format(name=f"s{number % 40}-{number}")
        folder = tmp_path / f"team-{number % 7}"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(text.replace("app: web", f"app: app-{number // 2}"))

    def checked(processors):
        run = subprocess.run(
            ["taskset", "-c", processors, AZ, *shlex.split(f"aks safeguards check -f {tmp_path} --fail-on never")],
            env={**installed.environment, "AZURE_EXTENSION_DIR": str(EXTENSIONS)},
            cwd=installed.folder,
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert run.stderr == b""
        return run.stdout

    usable = sorted(os.sched_getaffinity(0))
    alone = checked(str(usable[0]))
    result = json.loads(alone)
    assert result["summary"]["files"] == 260
    assert sum(finding["policy"] == "unique-selectors" for finding in result["findings"]) == 130
    order = [(Path(finding["file"]).parts, finding["line"]) for finding in result["findings"]]
    assert len(set(order)) > 500
    assert checked(",".join(map(str, usable))) == alone


def test_a_terminal_gets_colours_and_a_progress_bar(installed, box, tmp_path):
    for number in range(300):
        (tmp_path / f"{number}.yaml").write_text(WEB.replace("web", f"web-{number}"))

    def on_terminal(**environment):
        main, child = pty.openpty()
        with subprocess.Popen(
            [AZ, *shlex.split(f"aks safeguards check -f {tmp_path} --format text --fail-on never")],
            env={**installed.environment, "TERM": "xterm", **environment},
            cwd=installed.folder,
            stdin=subprocess.DEVNULL,
            stdout=child,
            stderr=child,
        ) as process:
            os.close(child)
            printed = b""
            with suppress(OSError):  # the other side is closed
                while block := os.read(main, 65536):
                    printed += block
            os.close(main)
            assert process.wait(60) == 0
        return printed.decode()

    coloured = on_terminal()
    assert "\x1b[31mdeny\x1b[0m" in coloured
    assert re.search(r"Files: 128\[#+ *\]", coloured)
    plain = on_terminal(NO_COLOR="1")
    assert "\x1b[31m" not in plain
    assert "  deny  Deployment/web-0 (shop)" in plain
