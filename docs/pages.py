"""Pages of the manual as commands: their fenced blocks, what the comment above a block asks, files of the examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

FENCE = re.compile(r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page with the comment above it.

    Attributes
    ----------
    mark
        ``figures vary``, ``file: NAME`` (write it), ``append: NAME``, ``edit: NAME`` (- lines become + lines).
    kind
        Language of the fence.
    text
        Its lines.
    """

    mark: str
    kind: str
    text: str

    @property
    def varies(self) -> bool:
        """Whether the figures in it hang on the machine."""
        return "figures vary" in self.mark

    def apply(self) -> bool:
        """Do what the mark says to a file below the current folder; tell whether a file has changed.

        Raises
        ------
        ValueError
            When the file has not the lines that an edit replaces.
        """
        what, _, name = self.mark.partition(": ")
        if what not in ("file", "append", "edit"):
            return False
        path = Path(name)
        if what == "file":
            path.write_text(self.text, encoding="utf-8")
            return True
        text = path.read_text(encoding="utf-8")
        if what == "append":
            path.write_text(text + self.text, encoding="utf-8")
            return True
        old, new = ("".join(x[1:] for x in self.text.splitlines(keepends=True) if x[0] == s) for s in "-+")
        if old not in text:
            raise ValueError(f"{name} has no line {old!r}")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return True


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in order."""
    return [Block(m["mark"] or "", m["kind"], m["text"]) for m in FENCE.finditer(page.read_text(encoding="utf-8"))]


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield (command, expected output) of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected


def write_calls(folder: Path) -> None:
    """Write `my_calls.csv` in our columns, and the same calls as `export.csv` the way an ACD might lay them out."""
    rng = np.random.default_rng(3)
    starts = pd.date_range("2026-09-07", periods=10 * 7 * 48, freq="30min")
    starts = starts[(starts.day_of_week < 5) & (starts.hour >= 8) & (starts.hour < 20)]
    hour = (starts.hour + starts.minute / 60).to_numpy()
    mean = 6 + 14 * np.exp(-(((hour - 10.5) / 2) ** 2)) + 9 * np.exp(-(((hour - 15) / 2.2) ** 2))
    offered = rng.poisson(mean * np.array([1.2, 1.05, 1.0, 0.97, 0.95])[starts.day_of_week])
    seconds = rng.normal(280, 10, len(starts)).round().astype(int)
    ours = pd.DataFrame({"start": starts.strftime("%Y-%m-%dT%H:%M"), "offered": offered, "handle_s": seconds})
    ours.to_csv(folder / "my_calls.csv", index=False)
    theirs = pd.DataFrame(
        {
            "Date": starts.strftime("%d.%m.%Y"),
            "Time": starts.strftime("%H:%M"),
            "Calls offered": offered,
            "Calls answered": (offered * 0.95).round().astype(int),
            "AHT": [f"0:{s // 60:02d}:{s % 60:02d}" for s in seconds],
        }
    )
    theirs.to_csv(folder / "export.csv", index=False, sep=";")
