"""Who is told of the end of a batch: a program of the user's own, which never fails the batch."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

from .journal import Journal
from .schema import Notify

LINE = "{line}"
WAIT_S = 60.0
"""Seconds that the program has."""
MOST_TOLD = 500
"""Characters of what the program complains of that batch.log keeps."""


def notify(asked: Notify, summary: Mapping[str, Any], journal: Journal) -> bool:
    """Start the program of ``[notify]`` where the batch came out as it wants to know; return whether it did well.

    The program gets the one-line result where its arguments say ``{line}``, and the summary, which tells no wages, as
    JSON on standard input. There is no shell, so nothing in a site's name or message is taken for a command. What goes
    wrong is one line of batch.log.
    """
    if not asked.command or not any(_came_out(word, summary) for word in asked.on):
        return True
    command = [part.replace(LINE, str(summary["line"])) for part in asked.command]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(summary, ensure_ascii=False, default=str).encode(errors="backslashreplace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=WAIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        journal.write("notify", command=command[0], failed=f"not done within {WAIT_S:g} s")
        return False
    except (OSError, ValueError) as error:  # no such program, or an argument that no program can have
        journal.write("notify", command=command[0], failed=str(error))
        return False
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").strip()[-MOST_TOLD:]
        journal.write("notify", command=command[0], failed=f"exit code {done.returncode}", told=complaint or None)
        return False
    journal.write("notify", command=command[0])
    return True


def _came_out(word: str, summary: Mapping[str, Any]) -> bool:
    """Whether a batch came out so: sites that did, or the batch itself that stopped or could not go on."""
    if word in ("failed", "stopped") and summary.get("error"):
        return True
    return bool(summary.get("state") == word if word == "stopped" else summary.get(word))
