# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The stage on which the acts are played: it says what is done, does it in full view, and checks what came of it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

GROUP, CLUSTER = "myResourceGroup", "myAKSCluster"
ON_CLUSTER = f"-g {GROUP} -n {CLUSTER}"
ASSIGNMENT = "aks-deployment-safeguards-policy-assignment"
SYSTEM_NAMESPACES = ["kube-system", "calico-system", "tigera-system", "gatekeeper-system"]
# What of the assignment is worth a look.
_QUERY = """{
  definitionVersion: definitionVersion, enforcementMode: enforcementMode,
  effect: parameters.effect.value, warn: parameters.warn.value,
  mutation: parameters.effectForMutationPolicies.value,
  excludedNamespaces: join(' ', parameters.excludedNamespaces.value),
  overrides: overrides[].{effect: value, policies: length(selectors[0].in)}
}"""
# What each level means for Azure Policy; "What each level does" in README.md has it in words.
_LEVELS: dict[str, dict[str, Any]] = {
    "Warning": {"enforcementMode": "Default", "effect": "Audit", "warn": True, "mutation": "Disabled"},
    "Enforcement": {"enforcementMode": "Default", "effect": "Audit", "warn": True, "mutation": "Mutate"},
    "Off": {"enforcementMode": "DoNotEnforce", "effect": "Disabled", "warn": False, "mutation": "Disabled"},
}
_ON_TERMINAL = sys.stdout.isatty()


@dataclass(frozen=True)
class Done:
    """What a command printed."""

    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output, read as JSON. Stops the demo if it is none."""
        try:
            return json.loads(self.out)
        except ValueError:
            stop(f"this is no JSON: {self.out!r}")


@dataclass
class Stage:
    """Counts the steps, and remembers the cluster's id once there is one."""

    folder: Path
    """Where the commands are typed. az puts it first on its path, so it must not be the top of this repository: there
    az would load the sources instead of the installed wheel."""
    step: int = 0
    cluster_id: str = ""

    def introduce(self, title: str, text: str) -> None:
        """Prints the heading of the demo or of an act."""
        print(f"\n{_styled(title, '1')}\n{text}", flush=True)

    def close(self, text: str) -> None:
        """Prints the last words."""
        print(f"\n{_styled(text, '1;32')}")

    def say(self, title: str, text: str = "") -> None:
        """Prints the heading of the next step."""
        self.step += 1
        print(f"\n{_styled(f'{self.step}. {title}', '1')}")
        for line in text.strip().splitlines():
            print(f"   {line.strip()}")
        print(flush=True)

    def run(
        self, command: str, *, code: int | None = 0, shown: str = "", stdin: str = "", into: str = "", most: int = 0
    ) -> Done:
        """Runs a command in full view and returns what it printed.

        :param code: the exit code that it must have; None for any but 0.
        :param shown: the command as it is printed, where the whole of it would be too long to read.
        :param stdin: the file that it reads.
        :param into: the file that gets its output; what it says on stderr is printed alone.
        :param most: how many lines of output are printed, where not all are.
        """
        line = (shown or command) + (f" < {stdin}" if stdin else "") + (f" > {into}" if into else "")
        print(_styled(f"   $ {line}", "36"), flush=True)
        done = self._do(command, code, stdin)
        if into:
            (self.folder / into).write_text(done.out, encoding="utf-8")
        out, err = [] if into else done.out.rstrip().splitlines(), done.err.rstrip().splitlines()
        # kubectl and helm warn before they say what was done.
        lines = out + err if command.startswith(("az ", "python ")) else err + out
        for text in lines[: most or None]:
            print(f"     {text}".rstrip())
        if most and len(lines) > most:
            print(f"     ... and {len(lines) - most} more lines")
        print(end="", flush=True)
        return done

    def look(self, command: str, *, code: int = 0) -> Any:
        """Runs a command out of view, to check something, and returns its JSON."""
        return self._do(command, code).json

    def check(self, claim: str, found: Any, wanted: Any) -> None:
        """Says what holds, or stops the demo if what was found is not what it takes."""
        if found != wanted:
            stop(f"'{claim}' is not true: found {found}, expected {wanted}.")
        print(_styled(f"   (checked: {claim})", "2"), flush=True)

    def show(self, level: str, overrides: dict[str, int], namespaces: Sequence[str] = ()) -> None:
        """Shows the assignment, first as people read it and then as Azure Policy holds it, and checks it.

        :param overrides: how many policies there are for each effect that an override sets.
        :param namespaces: those that somebody excluded, beside the system's own.
        """
        table = self.run(f"az aks safeguards profile show {ON_CLUSTER} -o table").out
        print()
        command = f"az policy assignment show --name {ASSIGNMENT}"
        held = yaml.safe_load(
            self.run(
                f"{command} --scope {self.cluster_id} --query {shlex.quote(_QUERY)} -o yamlc",
                shown=f'{command} --scope "$CLUSTER_ID" --query "$QUERY" -o yamlc',
            ).out
        )
        wanted = {
            **_LEVELS[level],
            "definitionVersion": "2.1.*",
            "excludedNamespaces": " ".join([*SYSTEM_NAMESPACES, *namespaces]),
            "overrides": [{"effect": effect, "policies": count} for effect, count in overrides.items()] or None,
        }
        self.check(f"Azure Policy holds level {level}", (level in table, held), (True, wanted))

    def _do(self, command: str, code: int | None, stdin: str = "") -> Done:
        text = (self.folder / stdin).read_text(encoding="utf-8") if stdin else ""
        done = subprocess.run(
            shlex.split(command), cwd=self.folder, input=text, capture_output=True, encoding="utf-8", check=False
        )
        as_it_should = done.returncode != 0 if code is None else done.returncode == code
        if not as_it_should:
            stop(f"'{command}' ended with exit code {done.returncode}.\n{done.stdout}{done.stderr}")
        return Done(done.stdout, done.stderr)


def stop(reason: str) -> NoReturn:
    """Ends the demo with exit code 1."""
    sys.exit(f"\nThe demo stops: {reason}")


def _styled(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if _ON_TERMINAL else text
