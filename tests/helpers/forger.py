"""Whoever alters a finished run and covers the tracks: every hash of the folder is made anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from busyhour.app.folders.manifest import FILE, Manifest

Row = dict[str, str]
Pick = Callable[[Row], bool]


@dataclass(frozen=True)
class Forger:
    """Alters the run folder `run`."""

    run: Path

    def table(self, name: str) -> pd.DataFrame:
        """Return a table, all cells as text."""
        return pd.read_csv(self.run / f"{name}.csv", dtype=str, keep_default_na=False)

    def write(self, name: str, table: pd.DataFrame) -> None:
        """Write a table."""
        table.to_csv(self.run / f"{name}.csv", index=False, lineterminator="\n")

    def row(self, name: str, pick: Pick = lambda _: True) -> int:
        """Return the position of the first row that `pick` wants."""
        rows = self.table(name).to_dict("records")
        return next(i for i, row in enumerate(rows) if pick({str(k): str(v) for k, v in row.items()}))

    def cell(self, name: str, column: str, new: Any, pick: Pick = lambda _: True) -> None:
        """Alter one cell to `new`, which may be a function of the old number."""
        table, i = self.table(name), self.row(name, pick)
        old = table.loc[i, column]
        table.loc[i, column] = str(new(float(str(old)))) if callable(new) else str(new)
        self.write(name, table)

    def drop(self, name: str, pick: Pick = lambda _: True) -> None:
        """Leave one row out."""
        self.write(name, self.table(name).drop(index=self.row(name, pick)))

    def double(self, name: str, pick: Pick = lambda _: True, **changed: str) -> None:
        """Write one row twice, the second time with some cells `changed`."""
        table = self.table(name)
        again = table.iloc[[self.row(name, pick)]].assign(**changed)
        self.write(name, pd.concat([table, again]))

    @property
    def summary(self) -> dict[str, Any]:
        """What summary.json holds now."""
        out: dict[str, Any] = json.loads((self.run / "summary.json").read_text(encoding="utf-8"))
        return out

    def figure(self, key: str, new: Any) -> None:
        """Alter a figure of summary.json, named like ``cover.cost``, to `new` or to what `new` makes of it."""
        path = self.run / "summary.json"
        summary = self.summary
        *parents, last = key.split(".")
        place = summary
        for name in parents:
            place = place[name]
        place[last] = new(place[last]) if callable(new) else new
        path.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")

    def figures(self, **new: Any) -> None:
        """Alter figures of summary.json, and the same under cover and roster."""
        for key, value in new.items():
            for place in ("", "cover.", "roster."):
                if not place or key in self.summary.get(place[:-1], {}):
                    self.figure(f"{place}{key}", value)

    def text(self, name: str, old: str, new: str) -> None:
        """Replace a text of a file."""
        path = self.run / name
        content = path.read_bytes().decode("utf-8")
        assert old in content, old
        path.write_bytes(content.replace(old, new, 1).encode("utf-8"))

    def sheet(self, name: str, edit: Callable[[Any], None]) -> None:
        """Alter a sheet of the workbook; formulas become their values, which openpyxl would else leave out."""
        path = self.run / "schedule.xlsx"
        book = openpyxl.load_workbook(path, data_only=True)
        edit(book[name])
        book.save(path)

    def sign(self, *, inputs: bool = True) -> None:
        """Make the manifest, and the hashes of the inputs, those of the altered files."""
        if inputs:
            there = (p for p in (self.run / "inputs").iterdir() if p.name != "arguments.json")
            self.figure("input_hashes", {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in there})
        manifest = Manifest.of(self.run)
        (self.run / FILE).write_text(manifest.text, encoding="utf-8")
