"""The terminal: nothing that is printed can steer it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rich.console
from rich.segment import Segment

from ...forecast.text import visible


class Console(rich.console.Console):
    """A console that prints names as they are and spells out control characters, be it in a cell of somebody's run.

    Brackets are no markup and ``:smile:`` is no emoji. Colours and the live board are rich's own control sequences,
    made after this step.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, **options)

    def render(self, renderable: Any, options: rich.console.ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as rich does, with every line's text made visible; a line's end stays one."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text == "\n":
                yield segment
            else:
                yield segment._replace(text="\n".join(map(self._plain, segment.text.split("\n"))))

    def _plain(self, line: str) -> str:
        """Return a line without control characters, letters that the terminal's encoding lacks spelled out."""
        return visible(line).encode(self.encoding, "backslashreplace").decode(self.encoding)
