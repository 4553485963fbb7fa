"""The terminal: nothing that is printed can steer it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rich.console
from rich.segment import Segment

from ...forecast.text import visible


class Console(rich.console.Console):
    """A console that spells out control characters in what it prints, be it a file's name or a cell of somebody's run.

    Colours and the live board are rich's own control sequences, made after this step.
    """

    def render(self, renderable: Any, options: rich.console.ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as rich does, with every line's text made visible; a line's end stays one."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text == "\n":
                yield segment
            else:
                lines = (visible(line) for line in segment.text.split("\n"))
                yield segment._replace(text="\n".join(lines))
