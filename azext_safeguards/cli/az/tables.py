# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The one way in which our commands make tables for -o table: no wider than a terminal, without columns that say
nothing; --wide shows all of everything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

Rows = list[OrderedDict[str, Any]]
_NOTHING = ("", "-", None)


@dataclass(frozen=True)
class Table:
    """The table of a command, as az takes it: called with the command's result."""

    rows: Callable[[Any], Rows]
    """Makes all rows with all columns, the worst first."""
    prose: tuple[str, ...] = ()
    """The columns that hold sentences or lists, which are cut first."""
    whole: tuple[str, ...] = ()
    """The columns that hold one of a few words, which are cut only if there is no other way."""
    only_wide: tuple[str, ...] = ()
    """The columns that only --wide shows, since others say nearly the same."""
    yielding: tuple[str, ...] = ()
    """The columns that are left out, in this order, where there is no room for what is to stay whole."""
    may_go: tuple[str, ...] = ()
    """The columns that are left out where they say the same in every one of several rows."""
    stays: tuple[str, ...] = ()
    """The columns that are shown even if nothing is in them, since others are read beside them."""
    wide: bool = False

    def __call__(self, result: Any) -> Rows:
        """The rows that az prints."""
        from azext_safeguards.output.table import fit
        from azext_safeguards.output.text import cell

        rows = self.rows(result)
        if self.wide or not rows:
            return rows
        # Rows of one table have the same columns, in the same order.
        shown = [name for name in rows[0] if not self._says_nothing(name, [row.get(name) for row in rows])]
        # What is escaped is longer, so that comes first; escaping it again changes nothing.
        texts = [{name: cell(_text(row.get(name))) for name in shown} for row in rows]
        return [OrderedDict(row) for row in fit(texts, self.prose, self.whole, self.yielding)]

    def _says_nothing(self, name: str, cells: Sequence[Any]) -> bool:
        if name in self.stays:
            return False
        if name in self.only_wide or all(one in _NOTHING for one in cells):
            return True
        return name in self.may_go and len(cells) > 1 and len({_text(one) for one in cells}) == 1


def show_instead(cmd: Any, table: Table) -> None:
    """Has a running command print another table than its own.

    :param cmd: the command as its handler has it.
    """
    # az hands a copy of the command to its handler and takes the table from the original.
    command = cmd.cli_ctx.invocation.commands_loader.command_table[cmd.name]
    is_wide = isinstance(command.table_transformer, Table) and command.table_transformer.wide
    command.table_transformer = replace(table, wide=is_wide)


def load_wide_argument(loader: Any) -> None:
    """Registers --wide with az for each command of a loader that prints such a table."""
    for name, command in loader.command_table.items():
        if isinstance(command.table_transformer, Table):
            with loader.argument_context(name) as context:
                context.extra(  # noqa: S610
                    "wide",
                    options_list=["--wide"],
                    action="store_true",
                    validator=_widen,
                    help="With -o table: all columns, and nothing cut.",
                )


def _widen(cmd: Any, namespace: Any) -> None:
    """Gives the command the wide table; the handlers know nothing of it."""
    if namespace.wide:
        command = cmd.cli_ctx.invocation.commands_loader.command_table[cmd.name]
        command.table_transformer = replace(command.table_transformer, wide=True)
    del namespace.wide


def _text(value: Any) -> str:
    return "" if value is None else str(value)
