"""Who hears of messages: the console, a file of JSON lines, a program of the user's own."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...forecast.errors import InputError
from ...forecast.reading import text_of
from ..files import write_atomic
from .message import Message

WAIT_S = 20.0
"""Seconds that the program has, above 0: the next look is a minute away."""
MOST_TOLD = 300
"""Characters of what the program complains of that are told."""


def command_of(text: str) -> list[str]:
    """Return the program and its arguments that ``--notify`` names; there is no shell.

    Raises
    ------
    InputError
        If nothing is named, or a quote is not closed.
    """
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise InputError(f"not a command: {error}", column="--notify", value=text, mend="Close the quotes") from error
    if not parts:
        raise InputError("no command", column="--notify", value=text, mend="Name a program that reads JSON")
    return parts


def notify(command: Sequence[str], messages: Iterable[Message]) -> str:
    """Give messages as a JSON list to a program's standard input; returns what went wrong, "" for nothing.

    The program never fails the look.
    """
    found = [message.record for message in messages]
    if not found:
        return ""
    told = json.dumps(found, ensure_ascii=False).encode(errors="backslashreplace")
    try:
        done = subprocess.run(
            list(command), input=told, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=WAIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} was not done within {WAIT_S:g} s"
    except (OSError, ValueError) as error:  # no such program, or an argument that no program can have
        return f"{command[0]} cannot be started: {error}"
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").strip()[-MOST_TOLD:]
        return f"{command[0]} ended with {done.returncode}{f': {complaint}' if complaint else ''}"
    return ""


def lines_of(messages: Iterable[Message]) -> str:
    """Return messages as JSON lines."""
    return "".join(json.dumps(m.record, ensure_ascii=False, allow_nan=False) + "\n" for m in messages)


def read_lines(path: Path) -> tuple[Message, ...]:
    """Return the messages that a file of JSON lines holds; () without the file.

    Raises
    ------
    InputError
        If a line is no message.
    """
    if not path.is_file():
        return ()
    out = []
    for i, line in enumerate(text_of(path, path.read_bytes()).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            out.append(Message.of(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError("not a message", file=path, row=i, mend="Move the file away") from error
    return tuple(out)


def append_lines(path: Path, messages: Iterable[Message]) -> None:
    """Add messages to a file of JSON lines."""
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    if added := lines_of(messages):
        write_atomic(path, before + added)
