# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The hand in which the documents of one varied file are written."""

from __future__ import annotations

from random import Random

from benchmarks.varied_words import NOUNS, TEAMS, TEXTS, TOOLS, indented, value


class Writer:
    """Who writes the documents of one file: a name, a team, and a style that is kept."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.team = random.choice(TEAMS)
        self.name = "-".join(random.sample(NOUNS, random.randint(1, 3)))
        if random.random() < 0.2:
            self.name += f"-{random.randint(1, 40)}"
        self.is_chart = random.random() < 0.55
        self.release = f"{random.choice(NOUNS)}-{random.randint(0, 9)}.{random.randint(0, 30)}.{random.randint(0, 20)}"
        self.is_quoted = random.random() < 0.3
        self.is_flush = random.random() < 0.45

    def text(self, word: str) -> str:
        """A text as this writer writes it."""
        return f'"{word}"' if self.is_quoted else word

    def labels(self, indent: int, more: bool = True) -> str:
        """Labels, those of charts or those of people."""
        pairs = [("app.kubernetes.io/name", self.name), ("app.kubernetes.io/instance", self.team)]
        if not self.is_chart:
            pairs = [("app", self.name)]
        if more and self.is_chart:
            pairs = [("helm.sh/chart", self.release), *pairs, ("app.kubernetes.io/managed-by", "Helm")]
            pairs.append(("app.kubernetes.io/version", f'"{self.random.randint(1, 4)}.{self.random.randint(0, 30)}.1"'))
        elif more and self.random.random() < 0.5:
            pairs += [("team", self.team), ("tier", self.random.choice(["web", "backend", "data", "batch"]))]
        return indented("\n".join(f"{key}: {text}" for key, text in pairs), indent)

    def metadata(self, name: str = "", *, has_namespace: bool = True) -> str:
        """`metadata` of an object."""
        lines = ["metadata:", f"  name: {self.text(name or self.name)}"]
        if has_namespace and self.random.random() < 0.8:
            lines.append(f"  namespace: {self.text(self.team)}")
        lines += ["  labels:", self.labels(4)]
        if self.random.random() < 0.3:
            lines += [
                "  annotations:",
                f"    {self.random.choice(TOOLS)}/{self.random.choice(NOUNS)}: {value(self.random)}",
            ]
            if self.random.random() < 0.4:
                lines.append(f"    description: >-\n{indented(self.random.choice(TEXTS), 6)}")
        return "\n".join(lines)

    def joined(self, texts: list[str]) -> str:
        """The documents of a file as one text."""
        if not self.is_chart:
            comment = f"# {self.random.choice(TEXTS)}\n" if self.random.random() < 0.3 else ""
            return comment + "---\n".join(f"{text}\n" for text in texts)
        source = f"# Source: {self.release}/templates/{self.random.choice(NOUNS)}.yaml\n"
        return "".join(f"---\n{source}{text}\n" for text in texts)
