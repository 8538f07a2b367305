# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""PyYAML's own parser, for a PyYAML that was built without libyaml."""

from __future__ import annotations

from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner


class SlowParser(Reader, Scanner, Parser, Composer):
    """The interface of `yaml._yaml.CParser` as far as the composer needs it."""

    def __init__(self, source: bytes) -> None:
        Reader.__init__(self, source)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)

    def dispose(self) -> None:
        """Nothing to free."""
