# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The side of a worker process that does the work."""

from __future__ import annotations

import io
import marshal
import subprocess
import sys

from azext_safeguards.check.judging.engine import Engine
from azext_safeguards.check.judging.files import check_file, plain
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.sources.source import Source
from azext_safeguards.check.workers.process import receive, send, serve

SETTINGS = Settings(
    {"probes": "deny"}, ("mutate-cpu-limits",), {"requiredProbes": ["livenessProbe"]}, ("x",), want_diffs=True
)
POD = b"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"


def test_each_chunk_is_answered_in_turn_until_there_are_no_more(tmp_path):
    on_disk = tmp_path / "b.yaml"
    on_disk.write_bytes(POD)
    chunks = [
        [Source("a.yaml", "", len(POD), POD), Source("b.yaml", str(on_disk), 1)],
        [],
        [Source("c.yaml", "", 4, b"a: [", False), Source("d.yaml", str(tmp_path / "gone"), 1)],
    ]
    jobs, results = io.BytesIO(), io.BytesIO()
    for message in [SETTINGS.as_plain(), *([tuple(source) for source in chunk] for chunk in chunks)]:
        send(jobs, message)
    jobs.seek(0)
    serve(jobs, results)
    results.seek(0)
    engine = Engine(SETTINGS)
    for chunk in chunks:
        assert [marshal.loads(one) for one in receive(results)] == [
            plain(check_file(engine, source)) for source in chunk
        ]
    assert receive(results) is None
    assert check_file(engine, chunks[0][0]).diffs


def test_what_few_files_need_is_not_loaded_before_one_does():
    script = "import sys, azext_safeguards.check.judging.alike; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"yaml", "difflib", "importlib.resources"} & set(done.stdout.split())
