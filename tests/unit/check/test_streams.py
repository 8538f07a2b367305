# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Streams without end, streams that stop and go, and what is no file: bounded, and told."""

from __future__ import annotations

import io
import os
import sys
import threading
import time

import pytest

from azext_safeguards.check import streams
from azext_safeguards.check.streams import TooLong, read_named, read_up_to, read_whole, standard_input


class Halting(io.RawIOBase):
    """Gives the pieces one by one; None stands for nothing yet. Has no number to wait for."""

    def __init__(self, *pieces):
        self._pieces = list(pieces)

    def read(self, size=-1):
        return self._pieces.pop(0) if self._pieces else b""


def test_a_stream_that_stops_and_goes_is_read_whole(monkeypatch):
    monkeypatch.setattr(streams, "_PAUSE_SECONDS", 0)
    assert read_whole(Halting(None, b"a", None, None, b"bc", b"d"), 10) == b"abcd"
    assert read_whole(Halting(b"abc", b"d"), 4) == b"abcd"
    assert read_up_to(Halting(b"ab", b"cd", b"e"), 4) == b"abcd"
    with pytest.raises(OSError, match="it gives nothing"):
        read_up_to(Halting(b"a", None, b"b"), 4, waits=False)


def test_a_pipe_is_waited_for_until_it_is_closed():
    read, write = os.pipe()
    os.set_blocking(read, False)

    def slowly():
        for piece in (b"a", b"b", b"c"):
            os.write(write, piece)
            time.sleep(0.01)
        os.close(write)

    writer = threading.Thread(target=slowly)
    with open(read, "rb") as stream:
        writer.start()
        assert read_whole(stream, 100) == b"abc"
    writer.join()


@pytest.mark.parametrize("size", [1, 1000, 5_000_000])
def test_what_has_no_end_is_cut(size):
    with open("/dev/zero", "rb", buffering=0) as zeros, pytest.raises(TooLong):
        read_whole(zeros, size)


def test_a_file_by_its_name(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"text")
    assert read_named(str(file), 4) == b"text"
    with pytest.raises(TooLong):
        read_named(str(file), 3)
    os.truncate(file, 1 << 40)
    with pytest.raises(TooLong):
        read_named(str(file), 1000)
    for device in ("/dev/zero", "/dev/null", "/dev/urandom"):
        with pytest.raises(OSError, match="a device"):
            read_named(device, 10)
    with pytest.raises(IsADirectoryError):
        read_named(str(tmp_path), 10)


def test_a_pipe_by_its_name(tmp_path):
    # As in `--baseline <(git show main:known.json)`; and one to which nobody writes.
    read, write = os.pipe()
    writer = threading.Timer(0.05, lambda: (os.write(write, b"text"), os.close(write)))
    writer.start()
    assert read_named(f"/dev/fd/{read}", 10) == b"text"
    writer.join()
    os.close(read)
    os.mkfifo(tmp_path / "pipe")
    assert read_named(str(tmp_path / "pipe"), 10) == b""


def test_a_process_without_standard_input(monkeypatch):
    for nothing in (None, object()):
        monkeypatch.setattr(sys, "stdin", nothing)
        assert standard_input() is None
