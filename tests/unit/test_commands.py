# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import importlib

import pytest
from azure.cli.core.mock import DummyCli

from azext_safeguards.cli.az import output
from azext_safeguards.commands import FEATURES, needed_features
from azext_safeguards.loader import SafeguardsCommandsLoader

EVERY = list(dict.fromkeys(FEATURES.values()))


@pytest.mark.parametrize(
    ("line", "features"),
    [
        ("aks show -h", []),
        ("aks update -g safeguards -n c", []),
        ("aks", []),
        ("aks -h", []),
        ("AKS Show", []),
        ("aks safeguards profile list", ["profile"]),
        ("aks safeguards profile", ["profile"]),
        ("aks safeguards check -f -", ["manifests"]),
        ("aks safeguards resume -h", ["policies"]),
        # Core's own commands of the group, a misspelled word, the group itself.
        ("aks safeguards show -g g -n c", EVERY),
        ("aks safeguards profil", EVERY),
        ("aks safegaurds profile", EVERY),
        ("aks safeguards -h", EVERY),
        # Nothing that says what is meant.
        ("", EVERY),
        ("--debug aks show", EVERY),
        ("--subscription aks aks show", EVERY),
        ("group show", EVERY),
    ],
)
def test_only_the_features_that_a_command_line_can_mean_are_loaded(line, features):
    assert needed_features(line.split()) == features


@pytest.mark.parametrize(
    ("line", "opened"),
    [
        ("aks safeguards profile show -g g", "results and stderr"),
        ("aks safeguards profil", "results and stderr"),
        ("aks safeguards show -g g -n c", ""),
        ("aks update -g g -n c", ""),
        ("aks update -g g -n c --safeguards-l Off", "stderr"),
        ("aks create --safeguards-level=Off", "stderr"),
    ],
)
def test_the_door_is_open_before_az_reads_a_value(monkeypatch, line, opened):
    doors = []
    monkeypatch.setattr(output, "open_door", lambda *_: doors.append("results and stderr"))
    monkeypatch.setattr(output, "open_stderr", lambda _: doors.append("stderr"))
    SafeguardsCommandsLoader(cli_ctx=DummyCli()).load_command_table(line.split())
    assert "".join(doors) == opened


@pytest.mark.parametrize(
    ("args", "left"),
    [
        (["aks", "safeguards", "check", "-f", "a\r", "--level", " Off\r"], ["-f", "a", "--level", "Off"]),
        (["aks", "safeguards", "suspend", "--reason", " "], ["--reason", " "]),
        # What is somebody else's command, and a file of such a name, stay.
        (["aks", "safeguards", "show", "-n", "c\r"], ["-n", "c\r"]),
        (["aks", "safeguards", "check", "-f", "there "], ["-f", "there "]),
    ],
)
def test_blanks_at_the_ends_of_words_are_dropped(monkeypatch, tmp_path, args, left):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there ").touch()
    SafeguardsCommandsLoader(cli_ctx=DummyCli()).load_command_table(args)
    assert args[3:] == left


def test_without_words_all_commands_are_loaded():
    assert needed_features(None) == EVERY


def test_every_feature_has_commands_arguments_and_help():
    for feature in EVERY:
        assert callable(importlib.import_module(f"azext_safeguards.cli.{feature}.commands").load_commands)
        assert callable(importlib.import_module(f"azext_safeguards.cli.{feature}._params").load_arguments)
        importlib.import_module(f"azext_safeguards.cli.{feature}._help")
