# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The door through which everything goes that our commands show: tables, texts, warnings, errors and what to paste.

Names, reasons and a service's own words are text of strangers; on a terminal or in a CI's log some of it would act. It
is made visible here, whoever prints it. JSON and YAML stay exact: they escape what they must, and programs read them.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from knack.log import get_logger

from azext_safeguards.domain.remedies import Note
from azext_safeguards.output.text import cell, lines

logger = get_logger(__name__)

# az's formats whose values reach the reader as they are.
_PLAIN_FORMATS = ("table", "tsv")
_OPENED = "safeguards_door"
_EXACT = "safeguards_exact"
_INTO_FILES = "safeguards_into_files"
# The options whose values are files, or folders of files, that our commands write.
_FILE_OPTIONS = ("--report-", "--output-f", "--write")


def open_door(cli_ctx: Any, args: Sequence[str] = ()) -> None:
    """Has all that this run of az shows go through the door: results, log records, errors. Once a run is enough.

    :param args: the words of the command line.
    """
    from knack.events import EVENT_INVOKER_FILTER_RESULT, EVENT_INVOKER_POST_PARSE_ARGS

    open_stderr(cli_ctx)
    cli_ctx.data[_INTO_FILES] = any(word.startswith(_FILE_OPTIONS) for word in args)
    # Whoever runs several commands in one process gets the results of the others as they are.
    ours = cli_ctx.invocation

    def show(_cli_ctx: Any, event_data: dict[str, Any], **_: Any) -> None:
        data = ours.data if ours is cli_ctx.invocation else {"output": ""}
        if data["output"] in _PLAIN_FORMATS and not data.get(_EXACT):
            event_data["result"] = shown(event_data["result"])

    def after_query(_cli_ctx: Any, **_: Any) -> None:
        # Only now, so that --query sees what there is, and what it chooses is made visible.
        if ours is cli_ctx.invocation:
            cli_ctx.register_event(EVENT_INVOKER_FILTER_RESULT, show)

    cli_ctx.register_event(EVENT_INVOKER_POST_PARSE_ARGS, after_query)


def open_stderr(cli_ctx: Any) -> None:
    """The same for what goes to stderr alone: where the result is that of somebody else's command."""
    if cli_ctx.data.get(_OPENED):
        return
    cli_ctx.data[_OPENED] = True
    for name in ("", "cli"):
        for handler in logging.getLogger(name or None).handlers:
            if not any(isinstance(one, _Visible) for one in handler.filters):
                handler.addFilter(_Visible())
    show_exception = cli_ctx.exception_handler

    def exception_handler(error: Any) -> Any:
        _make_visible(error)
        if cli_ctx.data.get(_INTO_FILES):
            # Whoever reads the log of a job that made files begins at its end, which is to say why it failed.
            say_hints(error)
        return show_exception(error)

    cli_ctx.exception_handler = exception_handler


def shown(value: Any) -> Any:
    """A result with all its texts fit for a table or for tsv; what is no text is what it was."""
    if isinstance(value, str):
        return cell(value)
    if isinstance(value, Mapping):
        # A table's columns are in the order of the row.
        return OrderedDict((shown(key), shown(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    return value


def say(cli_ctx: Any, *texts: str) -> None:
    """Prints plain lines on stderr, where --only-show-errors does not forbid it.

    Pipelines take a warning for something that went wrong; what a person reads after a success is none.
    """
    import sys

    if not cli_ctx.only_show_errors:
        for text in texts:
            print(cell(text), file=sys.stderr)


def tell(cli_ctx: Any, text: str) -> None:
    """Tells a person something beside the result: a note as a plain line, everything else as a warning."""
    if isinstance(text, Note):
        say(cli_ctx, text)
    else:
        logger.warning(text)


def say_files(cli_ctx: Any, files: Sequence[str], summary: str) -> None:
    """Has the log end with what went into files and what is in them, where any were written."""
    if files:
        say(cli_ctx, f"Written: {', '.join(files)}", summary)


def say_hints(error: Any) -> None:
    """Prints the ways on of one of az's errors, which az would print behind it."""
    import sys

    hints = getattr(error, "recommendations", None)
    if isinstance(hints, list):
        for hint in hints:
            print(lines(str(hint)), file=sys.stderr)
        error.recommendations = []


def refuse_query(cli_ctx: Any, option: str) -> None:
    """Refuses --query beside what has a command print or write a text: it would choose from nothing, without a word.

    :param option: what asks for the text, such as `--format bicep`.
    :raises azure.cli.core.azclierror.MutuallyExclusiveArgumentError: before anything is done.
    """
    from azure.cli.core.azclierror import MutuallyExclusiveArgumentError

    if cli_ctx.invocation.data.get("query_active"):
        raise MutuallyExclusiveArgumentError(
            f"--query chooses from a JSON result, and with {option} there is none, but a text.",
            recommendation=["Run the same command without --query."],
        )


def as_it_stands(cli_ctx: Any, text: str) -> str:
    """Has az print a text itself, whatever --output is, rather than a JSON string; --output none stays none.

    The text goes the way of every result, so callers that capture results or name another stream get it, too. It is
    code, in which whoever made it has escaped what strangers wrote as that code's language does.
    """
    import sys

    data = cli_ctx.invocation.data
    if data["output"] != "none":
        # Of az's formats, the one that prints a lone string unchanged, with a newline after it.
        data["output"] = "tsv"
        data[_EXACT] = True
    if sys.platform == "win32" and hasattr(sys.stdout, "reconfigure"):
        # A shell script with Windows newlines is none.
        sys.stdout.reconfigure(newline="\n")
    return text.removesuffix("\n")


class _Visible(logging.Filter):
    """Makes what a log record says visible; its own lines stay lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter.filter`."""
        try:
            record.msg, record.args = lines(record.getMessage()), None
            if record.exc_info and not record.exc_text:
                record.exc_text = logging.Formatter().formatException(record.exc_info)
            if record.exc_text:
                record.exc_text = lines(record.exc_text)
        except Exception:  # noqa: S110
            # logging itself tells about a record that cannot be worded.
            pass
        return True


def _make_visible(error: Any) -> None:
    """Makes what az prints beside an error's own text visible: the ways on."""
    recommendations = getattr(error, "recommendations", None)
    if isinstance(recommendations, list):
        error.recommendations = [lines(one) if isinstance(one, str) else one for one in recommendations]
