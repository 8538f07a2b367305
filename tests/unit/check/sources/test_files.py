# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Files, folders, globs and standard input."""

import io
import os
import pickle
import socket
import stat
from pathlib import Path

import pytest

from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.sources import find
from azext_safeguards.check.sources.find import find_sources
from azext_safeguards.check.sources.source import Source

NOTHING_IN_IT = "no .yaml, .yml or .json file, no Helm chart and no Kustomize folder is in it"


def test_a_folder_gives_its_manifests_in_order(tree, found):
    tree("d/b.yaml", "d/a.yml", "d/c.JSON", "d/readme.md", "d/sub/x.yaml", "d/a-sub/y.yaml")
    expected = ["d/a.yml", "d/b.yaml", "d/c.JSON", "d/a-sub/y.yaml", "d/sub/x.yaml"]
    assert found("d") == found("d/") == found("./d") == expected
    assert found(".") == expected
    assert found(os.path.abspath("d")) == [os.path.abspath(name) for name in expected]
    os.chdir("d/sub")
    assert found("../a-sub", "..") == ["../a-sub/y.yaml", "../a.yml", "../b.yaml", "../c.JSON", "../sub/x.yaml"]


def test_what_is_hidden_or_installed_is_passed_over_unless_named(tree, found):
    tree("d/.git/x.yaml", "d/node_modules/p/y.yaml", "d/.hidden.yaml", "d/z.yaml")
    assert found("d") == ["d/z.yaml"]
    assert found("d/.git", "d/.hidden.yaml", "d/node_modules") == [
        "d/.git/x.yaml",
        "d/.hidden.yaml",
        "d/node_modules/p/y.yaml",
    ]


def test_a_source_is_read_where_it_is_and_travels_light(tree):
    tree("d/a.yaml")
    (source,) = find_sources(["d"], io.BytesIO())
    assert source == Source("d/a.yaml", "d/a.yaml", os.path.getsize("d/a.yaml"))
    copy = pickle.loads(pickle.dumps(source))
    with copy.open() as stream:
        assert stream.read() == Path("d/a.yaml").read_bytes()
    assert len(pickle.dumps([source] * 2)) < 250


def test_what_is_named_twice_comes_once(tree, found):
    tree("d/a.yaml", "d/b.yaml")
    Path("link.yaml").symlink_to("d/a.yaml")
    Path("other").symlink_to("d")
    assert found("d/b.yaml", "d", "d", "./d/a.yaml", "link.yaml", "other", "d/*.yaml") == ["d/b.yaml", "d/a.yaml"]


def test_hard_links_are_two_files_as_for_a_cluster(tree, found):
    tree("d/a.yaml")
    os.link("d/a.yaml", "d/b.yaml")
    assert found("d") == ["d/a.yaml", "d/b.yaml"]


def test_links_to_folders_are_not_followed_in_a_walk(tree, found, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.yaml").write_text("a: 1")
    tree("d/sub/a.yaml")
    Path("d/sub/loop").symlink_to("..")
    Path("d/out").symlink_to(outside)
    Path("d/self.yaml").symlink_to("nowhere")
    Path("d/file.yaml").symlink_to(outside / "x.yaml")
    assert found("d") == ["d/file.yaml", ("d/self.yaml", "it is a link to nothing"), "d/sub/a.yaml"]
    assert found("d/out") == ["d/out/x.yaml"]


def test_special_files_never_block(tree, found):
    tree("d/a.yaml")
    os.mkfifo("d/pipe.yaml")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("d/socket.json")
        special = "it is not a regular file (a device, socket or pipe), which is not read"
        assert found("d") == ["d/a.yaml", ("d/pipe.yaml", special), ("d/socket.json", special)]
    for name in ("d/pipe.yaml", "/dev/null"):
        with pytest.raises(CheckError, match="is a device, socket or pipe, which is not read by name") as refused:
            found("d/a.yaml", name)
        assert "-f -" in refused.value.todo[0]
    # One that became a pipe after it was found.
    with pytest.raises(OSError, match="not a regular file"):
        Source("x", "d/pipe.yaml", 1).open()


def test_a_name_that_is_nothing_is_refused_before_anything_is_read(tree):
    tree("a.yaml")
    for name in ("none.yaml", "none/*.yaml", "a.yaml/x", "", "nul\0", "--output", "https://example.com/a.yaml?b"):
        with pytest.raises(CheckError) as refused:
            find_sources(["a.yaml", name], io.BytesIO())
        assert refused.value.todo


def test_names_that_begin_with_a_dash_are_names(tree, found):
    tree("-d/-f.yaml", "-x.yaml")
    assert found("-d", "-x.yaml") == ["-d/-f.yaml", "-x.yaml"]


def test_a_folder_without_permission_is_unreadable(tree, found):
    tree("d/a.yaml", "d/sub/b.yaml")
    os.chmod(".", 0o755)
    os.chmod("d/sub", 0)
    user = os.geteuid()
    if user == 0:
        # root may read everything, and nobody what this folder lets everybody read.
        os.seteuid(65534)
    try:
        assert found("d") == ["d/a.yaml", ("d/sub", "it cannot be read: Permission denied")]
    finally:
        os.seteuid(user)
        os.chmod("d/sub", stat.S_IRWXU)


def test_a_folder_that_cannot_be_listed_does_not_hide_the_others(tree, found, monkeypatch):
    tree("d/a.yaml", "d/sub/b.yaml", "d/t/c.yaml")
    scandir = os.scandir

    def refuse(path):
        if path == "d/sub":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found("d") == ["d/a.yaml", ("d/sub", "it cannot be read: Permission denied"), "d/t/c.yaml"]


def test_a_folder_with_nothing_in_it_is_said(tree, found):
    tree("d/readme.md", "e/x.yaml")
    assert found("d", "e") == [("d", NOTHING_IN_IT), "e/x.yaml"]
    assert found("e/x.yaml", "e") == ["e/x.yaml"]


def test_names_that_are_no_text_can_be_reported(tree, found):
    tree("d/a.yaml")
    with open(b"d/b\xff.yaml", "wb"):
        pass
    assert found("d") == ["d/a.yaml", "d/b\\xff.yaml"]
    with list(find_sources(["d"], io.BytesIO()))[1].open() as stream:
        assert stream.read() == b""


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("d/*.yaml", ["d/a.yaml", "d/b.yaml"]),
        ("d/?.y*", ["d/a.yaml", "d/b.yaml", "d/c.yml"]),
        ("d/[!a].yaml", ["d/b.yaml"]),
        ("d/*", ["d/a.yaml", "d/b.yaml", "d/c.yml", "d/s/x.yaml", "d/s/t/y.yaml"]),
        ("d/**", ["d/a.yaml", "d/b.yaml", "d/c.yml", "d/s/x.yaml", "d/s/t/y.yaml"]),
        ("**/*.yaml", ["d/a.yaml", "d/b.yaml", "d/s/t/y.yaml", "d/s/x.yaml"]),
        ("d/**/y.yaml", ["d/s/t/y.yaml"]),
        ("*/s", ["d/s/x.yaml", "d/s/t/y.yaml"]),
        ("d/*.tmpl", ["d/a.tmpl"]),
        ("d/.*.yaml", ["d/.h.yaml"]),
        ("./d/s/*", ["d/s/t/y.yaml", "d/s/x.yaml"]),
    ],
)
def test_globs(tree, found, pattern, expected):
    tree("d/b.yaml", "d/a.yaml", "d/c.yml", "d/a.tmpl", "d/readme.md", "d/.h.yaml", "d/s/x.yaml", "d/s/t/y.yaml")
    tree("d/node_modules/n.yaml", "d/.git/g.yaml")
    assert found(pattern) == expected
    absolute = os.path.abspath(pattern)
    assert found(absolute) == [os.path.abspath(name) for name in expected]


def test_a_file_that_is_called_like_a_glob_is_that_file(tree, found):
    tree("a[1].yaml", "a1.yaml")
    assert found("a[1].yaml") == ["a[1].yaml"]


def test_globs_do_not_run_in_circles(tree, found):
    tree("d/a.yaml")
    Path("d/loop").symlink_to(".")
    assert found("**/*.yaml") == ["d/a.yaml"]


def test_standard_input_is_read_once_and_within_bounds(tree, found, monkeypatch):
    tree("a.yaml")
    assert found("-", "a.yaml", "-", stdin=b"kind: Pod\n") == ["<stdin>", "a.yaml"]
    (source,) = find_sources(["-"], io.BytesIO(b"kind: Pod\n"))
    with source.open() as stream:
        assert stream.read() == b"kind: Pod\n"
    monkeypatch.setattr(find, "MOST_BYTES", 1024 * 1024)
    reason = "it is longer than 1 MiB; save it as a file and name that"
    assert found("-", "a.yaml", stdin=b"x" * 1024 * 1025) == [("<stdin>", reason), "a.yaml"]


def test_nothing_on_standard_input_is_said(tree, found, monkeypatch):
    # What stands before the pipe has failed, most likely; kubectl does not apply nothing either.
    tree("a.yaml")
    for nothing in (b"", b" \n\r\n\t"):
        assert found("-", "a.yaml", stdin=nothing) == [("<stdin>", "it is empty"), "a.yaml"]
    assert found("-", stdin=b"#\n") == ["<stdin>"]
    with pytest.raises(CheckError, match="no standard input") as refused:
        find_sources(["a.yaml", "-"], None)
    assert refused.value.todo
    assert [source.name for source in find_sources(["a.yaml"], None)] == ["a.yaml"]


def test_standard_input_that_fails_does_not_hide_the_files(tree):
    tree("a.yaml")

    class Failing(io.BytesIO):
        def read(self, *_):
            raise OSError(5, "Input/output error")

    first, second = find_sources(["-", "a.yaml"], Failing())
    assert (first.file, first.reason) == ("<stdin>", "it cannot be read: Input/output error")
    assert second.name == "a.yaml"


def test_standard_input_may_stop_and_go_and_may_have_no_end(tree, monkeypatch):
    tree("a.yaml")
    pieces = [None, b"kind: ", None, b"Pod", b"\n"]

    class Halting(io.RawIOBase):
        def read(self, _size=-1):
            return pieces.pop(0) if pieces else b""

    (source,) = find_sources(["-"], Halting())
    assert source.content == b"kind: Pod\n"
    monkeypatch.setattr(find, "MOST_BYTES", 1024 * 1024)
    with open("/dev/zero", "rb", buffering=0) as zeros:
        first, second = find_sources(["-", "a.yaml"], zeros)
    assert first.reason == "it is longer than 1 MiB; save it as a file and name that"
    assert second.name == "a.yaml"


def test_of_too_many_files_the_rest_is_told(tree, found, monkeypatch):
    tree(*(f"d/{number}.yaml" for number in range(5)))
    monkeypatch.setattr(find, "MOST_FILES", 3)
    *names, last = found("d")
    assert names == ["d/0.yaml", "d/1.yaml", "d/2.yaml"]
    assert last[0] == "d/3.yaml"
    assert "name fewer folders at once" in last[1]


def test_values_without_bottom_are_refused(tree):
    tree("a.yaml", "values.yaml")
    os.truncate("values.yaml", 1 << 40)
    with pytest.raises(CheckError, match=r"'values.yaml' is larger than 64 MiB"):
        find_sources(["a.yaml"], None, ["values.yaml"])


def test_what_a_run_writes_is_no_manifest_unless_it_is_named(tree):
    tree("d/a.yaml", "d/known.json", "report.yaml")
    beside = ["d/known.json", "report.yaml", "none.json", "a\0b"]
    assert [source.name for source in find_sources([".", "*.yaml"], None, (), beside)] == ["d/a.yaml"]
    assert [source.name for source in find_sources(["d/known.json"], None, (), beside)] == ["d/known.json"]


def test_a_file_that_goes_away_meanwhile_does_not_hide_the_others(tree):
    tree("a.yaml", "b.yaml", "d/c.yaml", "d/e.yaml")
    sources = find_sources(["a.yaml", "b.yaml"], io.BytesIO())
    Path("a.yaml").unlink()
    # A file is known by its folder and name, so it is the opening that fails.
    Path("b.yaml").unlink()
    assert [item.reason for item in sources] == ["it cannot be read: No such file or directory"] * 2
    listed = find_sources(["d"], io.BytesIO())
    assert next(listed).name == "d/c.yaml"
    Path("d/e.yaml").unlink()
    (gone,) = listed
    assert gone.reason == "it cannot be read: No such file or directory"


def test_what_became_a_pipe_is_not_waited_for(tree):
    tree("a.yaml")
    (source,) = find_sources(["a.yaml"], io.BytesIO())
    Path("a.yaml").unlink()
    os.mkfifo("a.yaml")
    with pytest.raises(OSError, match="not a regular file"):
        source.open()
