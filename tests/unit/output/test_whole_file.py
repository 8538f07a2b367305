# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A file of the user's is written whole or stays as it was."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from azext_safeguards.output.whole_file import NotWritable, whole_file, write_whole


def _write_half(path: Path, error: BaseException) -> None:
    with whole_file(str(path)) as file:
        file.write("half of the ne")
        raise error


def _others(folder: Path) -> list[str]:
    """What lies in the folder beside the file `out`."""
    return sorted(name for name in os.listdir(folder) if name != "out")


@pytest.fixture(name="out")
def _out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_a_new_file_has_the_permissions_that_the_user_wants(out: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(str(out), "a\nb\n")
    finally:
        os.umask(before)
    assert out.read_bytes() == b"a\nb\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert _others(out.parent) == []


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_permissions_are_kept(out: Path, mode: int) -> None:
    out.write_text("old")
    out.chmod(mode)
    write_whole(str(out), "new")
    assert out.read_text() == "new"
    assert stat.S_IMODE(out.stat().st_mode) == mode


def test_a_name_without_a_folder_is_in_the_current_one(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(out.parent)
    write_whole("out", "new")
    assert out.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3)])
def test_an_error_leaves_the_old_file(out: Path, error: BaseException) -> None:
    out.write_text("old")
    with pytest.raises(type(error)):
        _write_half(out, error)
    assert out.read_text() == "old"
    assert _others(out.parent) == []


def test_an_error_leaves_no_new_file(out: Path) -> None:
    with pytest.raises(ValueError, match="x"):
        _write_half(out, ValueError("x"))
    assert os.listdir(out.parent) == []


def test_a_limit_on_the_size_of_files_leaves_the_old_file(out: Path) -> None:
    out.write_text("old")
    script = (
        "import resource, sys\n"
        "from azext_safeguards.output.whole_file import write_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    write_whole(sys.argv[1], 'x' * 5000)\n"
        "except OSError as error:\n    print(error.strerror)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(out)], capture_output=True, text=True, check=True)
    assert done.stdout == "File too large\n"
    assert out.read_text() == "old"
    assert _others(out.parent) == []


def test_a_link_within_the_folder_is_followed(out: Path) -> None:
    real = out.parent / "real"
    real.write_text("old")
    out.symlink_to("real")
    write_whole(str(out), "new")
    assert out.is_symlink()
    assert real.read_text() == "new"


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_out_of_the_folder_is_not(tmp_path: Path, is_there: bool) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = elsewhere / "file"
    if is_there:
        other.write_text("theirs")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "out").symlink_to("../elsewhere/file")
    with pytest.raises(NotWritable, match="leads out of its folder"):
        write_whole(str(folder / "out"), "new")
    assert other.exists() == is_there
    assert not is_there or other.read_text() == "theirs"
    assert _others(folder) == []


def test_a_folder_that_is_itself_reached_by_a_link_is_the_users_choice(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "reports").symlink_to("disk")
    write_whole(str(tmp_path / "reports" / "out"), "new")
    (tmp_path / "disk" / "latest").symlink_to("out")
    write_whole(str(tmp_path / "reports" / "latest"), "newer")
    assert (tmp_path / "disk" / "out").read_text() == "newer"


@pytest.mark.parametrize("way", ["same", "dots", "symbolic", "hard"])
def test_an_input_is_never_written_over(out: Path, way: str) -> None:
    out.write_text("kind: Pod")
    known = out
    if way == "dots":
        known = out.parent / ".." / out.parent.name / "out"
    elif way == "symbolic":
        known = out.parent / "link"
        known.symlink_to("out")
    elif way == "hard":
        known = out.parent / "link"
        known.hardlink_to(out)
    with pytest.raises(NotWritable, match="one of the files that are read"):
        write_whole(str(out), "new", inputs=[str(out.parent / "other"), str(known), "-", "a\0b"])
    assert out.read_text() == "kind: Pod"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_whole(str(tmp_path), "new")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(str(tmp_path / "none" / "out"), "new")


def test_a_file_that_may_not_be_written_stays(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out.write_text("old")
    # Nothing is forbidden to root, as whom tests may run.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(PermissionError):
        write_whole(str(out), "new")
    assert out.read_text() == "old"


def test_a_pipe_is_written_to(out: Path) -> None:
    os.mkfifo(out)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(out.read_text()))
    reader.start()
    write_whole(str(out), "new")
    reader.join(10)
    assert got == ["new"]
    assert stat.S_ISFIFO(out.stat().st_mode)


def test_standard_output_is_written_to(out: Path) -> None:
    script = "from azext_safeguards.output.whole_file import write_whole; write_whole('/dev/stdout', 'new')"
    with open(out, "wb") as stream:
        subprocess.run([sys.executable, "-c", script], stdout=stream, check=True)
    assert out.read_text() == "new"


def test_what_the_encoding_lacks_is_escaped(out: Path) -> None:
    write_whole(str(out), "name \udcff", encoding="utf-8")
    assert out.read_bytes() == b"name \\udcff"
    write_whole(str(out), "é\n", encoding="ascii")
    assert out.read_bytes() == b"\\xe9\n"


def test_a_name_as_long_as_names_can_be(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_whole(str(path), "new")
    assert path.read_text() == "new"
