"""How a piece of work ended: its exit code and the words for it, on the command line and of a site in a batch."""

from __future__ import annotations

import errno
import tempfile
import traceback
from collections.abc import Mapping
from typing import Any

from ..forecast.errors import InputError
from ..forecast.progress import Stopped
from .cli.exit_codes import (
    BAD_INPUT,
    DONE,
    HELD,
    INFEASIBLE,
    INTERNAL,
    LIMIT_WITH_PLAN,
    LIMIT_WITHOUT_PLAN,
    REFUSED,
    STOPPED,
)

PATHS = {errno.ENOENT, errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP,
         errno.ENAMETOOLONG}  # fmt: skip
"""Errors of the system about a path that the user named."""
MORE_TIME = "Give it more with --time-limit."


def code_and_words(error: BaseException, written: str, more_time: str = MORE_TIME) -> tuple[int, str]:
    """Return the exit code of what ended a piece of work, and what the user is told.

    Parameters
    ----------
    written
        A sentence on what stands of the work; "" where that goes without saying.
    more_time
        A sentence on how the work is given more time.
    """
    code, *sentences = _told(error, written, more_time)
    return code, " ".join(text for text in sentences if text)


def code_of(summary: Mapping[str, Any]) -> int:
    """Return the exit code of a run that has a plan: whatever ended the search, the asked gap is reached or not."""
    from .gap import is_reached

    if summary["stopped"] == "user":
        return STOPPED
    return DONE if is_reached(summary["status"], summary["gap"], summary["asked_gap"]) else LIMIT_WITH_PLAN


def in_one_line(words: str) -> str:
    """Return what the user is told as one line: a list becomes a row of its points."""
    head, *rest = words.split("\n")
    for line in rest:
        point = line.removeprefix("  - ")
        head += (" " if head.endswith((":", ".")) else "; " if point != line else ". ") + point
    return " ".join(head.split())


def _told(error: BaseException, written: str, more_time: str) -> tuple[int, *tuple[str, ...]]:
    """Return the exit code and the sentences."""
    if isinstance(error, MemoryError):
        return INTERNAL, "not enough memory.", written
    from ..schedule.optimise.status import Infeasible, NothingFound, Refused, SolverFault
    from .batch.task import EngineFault
    from .store.faults import Held

    if _interrupted(error):
        return STOPPED, "Stopped before the end.", written
    match error:
        case InputError():
            return BAD_INPUT, str(error)
        case Infeasible():
            conflict, repair = ([f"  - {line}" for line in lines] for lines in (error.conflict, error.repair))
            lines = ["These cannot hold together:", *conflict, "Smallest change that frees it:", *repair]
            return INFEASIBLE, "\n".join(lines)
        case NothingFound():
            return LIMIT_WITHOUT_PLAN, "Time was up before there was a plan.", written, more_time
        case Refused():
            return REFUSED, str(error)
        case Held():
            return HELD, str(error)
        case EngineFault():
            return INTERNAL, str(error), written
        case OSError() if error.errno in PATHS and error.filename is not None:
            return BAD_INPUT, f"{error.filename}: {error.strerror}.", written
        case OSError() | SolverFault():
            return INTERNAL, f"Could not finish: {error}.", written
    return INTERNAL, _kept(error), written


def _interrupted(error: BaseException | None) -> bool:
    """Whether a stop is behind an error; compiled code and imports turn an interruption into errors of their own."""
    while error is not None:
        if isinstance(error, (Stopped, KeyboardInterrupt)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _kept(error: BaseException) -> str:
    """Return what to say of an error that is our own fault; where each call stood is kept in a file."""
    kind = type(error).__name__
    text = " ".join(f"{kind}: {error}".split())
    try:
        number, name = tempfile.mkstemp(prefix="busyhour-error-", suffix=".txt")
        with open(number, "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123 - a number
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return f"internal error, a fault of busyhour: {text}."
    return f"internal error, a fault of busyhour: {text}. Report it with {name}."
