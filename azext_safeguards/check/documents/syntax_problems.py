# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What cannot be read, or is not read by kubectl, in sentences with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml import MarkedYAMLError, YAMLError
from yaml.nodes import Node
from yaml.reader import ReaderError

from azext_safeguards.check.documents.composer import TooMuch
from azext_safeguards.check.documents.construction import problem_at
from azext_safeguards.check.documents.problem import Problem


def misused(found: re.Match[bytes], segment: bytes, offset: int) -> Problem:
    """A line that begins with `---` and goes on, which kubectl does not take for a separator or for anything else."""
    text = found[1].strip().decode("utf-8", "replace")
    line = segment.count(b"\n", 0, found.start()) + 1 + offset
    column = 4 + len(found[1]) - len(found[1].lstrip())
    reason = "text behind '---', which ends the reading and takes the document before it along; break the line"
    return Problem(line, column, reason, f"invalid Yaml document separator: {text}")


def syntax_problem(error: YAMLError, segment: bytes, offset: int) -> Problem:
    """What the parser says, in one sentence with its place."""
    if isinstance(error, ReaderError):
        before = segment[: error.position]
        line = before.count(b"\n")
        column = len(before) - before.rfind(b"\n")
        return Problem(offset + line + 1, column, f"no YAML: {error.reason}")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = f"no YAML: {error.problem}" if isinstance(error, MarkedYAMLError) else f"no YAML: {error}"
    if mark is None:
        return Problem(offset + 1, 1, reason)
    return hinted(problem_at(mark, offset, reason), segment)


def hinted(problem: Problem, segment: bytes) -> Problem:
    """A problem with what is most likely behind it, where the text looks like a template."""
    if b"{{" not in segment:
        return problem
    return problem._replace(reason=f"a template, not YAML; render it first, for example with helm ({problem.reason})")


def ignored_rest(rest: Iterator[Node], node: Node, segment: bytes, offset: int) -> Problem | None:
    """What stands behind the end of a document where no `---` stands: kubectl does not look at it."""
    try:
        following = next(rest, None)
    except (YAMLError, TooMuch) as error:
        problem = syntax_problem(error, segment, offset) if isinstance(error, YAMLError) else None
        line, column = (problem.line, problem.column) if problem else (offset + node.end_mark.line + 1, 1)
    else:
        if following is None:
            return None
        line, column = offset + following.start_mark.line + 1, following.start_mark.column + 1
    return hinted(
        Problem(line, column, "the document has ended above, and kubectl reads no further; put '---' between"), segment
    )
