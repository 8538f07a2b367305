# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Whether a shell takes what somebody is told to paste."""

from __future__ import annotations

import functools
import re
import subprocess

# What is in quotes, which no shell looks into: single, ANSI-C, double without the one substitution that is printed.
_QUOTED = re.compile(r"\$'(?:[^'\\]|\\.)*'|'[^']*'|\"[^\"]*\"|\\.")
# What zsh, whose patterns must match something, or an interactive bash act on outside of quotes.
_ACTING = re.compile(r"[\[\]{}*?~!<^`]|(?<!\S)=|(?<!\S)#|\$")
# How a shell begins to do something: of a hint in words only its syntax counts.
PROGRAMS = ("az ", "kubectl ", "curl ", "ls ", "export ", "helm ", "kustomize ")


@functools.cache
def fault(text: str) -> str:
    """Why a shell would not take a text as it is meant; "" where it does."""
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, timeout=20, check=False)
    if done.returncode or done.stderr:
        return done.stderr
    if text.startswith((*PROGRAMS, "--")) and (found := _ACTING.search(_QUOTED.sub("", text))):
        return f"zsh acts on {found[0]!r}"
    return ""


def assert_pasteable(*texts: str) -> None:
    """Everything is taken by bash and zsh as it stands."""
    for text in texts:
        assert not fault(text), f"{text!r}: {fault(text)}"


def printed(stderr: str) -> list[str]:
    """The lines of stderr that are to be pasted."""
    return [line for line in stderr.splitlines() if line.startswith((*PROGRAMS, "--"))]
