"""`batch.log`: what a batch did, one JSON object a line, for people and programs that watch over it."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path
from typing import Any

LOG = "batch.log"


class Journal:
    """Appends lines to the log of a batch; a line that cannot be written costs nothing else.

    Parameters
    ----------
    path
        The file; its folder is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._one_at_a_time = threading.Lock()

    def write(self, what: str, **detail: Any) -> None:
        """Append one line: when, what, and whatever is known of it."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        known = {key: value for key, value in detail.items() if value is not None}
        line = json.dumps({"at": at, "what": what, **known}, ensure_ascii=False, default=str)
        with self._one_at_a_time:
            try:
                with self.path.open("a", encoding="utf-8", errors="replace") as file:
                    file.write(line + "\n")
            except OSError:  # a full disk is told by whatever else meets it
                return
