"""Input files as they were when they were read: their content and hash, whatever happens to the files afterwards."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from ...forecast.errors import InputError
from ...forecast.reading import file_bytes
from ...forecast.tables import TABLES as FORECAST_TABLES
from ...forecast.tables import texts
from ...schedule.tables import TABLES as SCHEDULE_TABLES
from ..files import csv_text


@dataclass(frozen=True)
class InputFile:
    """The content of one input file.

    Parameters
    ----------
    path
        Where the content was read; only its name is told for a table that never was a file.
    sha256
        Hash of the content, in hex.
    packed
        The content, compressed: a run holds big files of calls for as long as it plans.
    mode
        Who may read and write the file; None for a table that never was one.
    rows
        Number of each row of the content, below its header, in the file as it came; () = it is that file.
    """

    path: Path
    sha256: str
    packed: bytes = field(repr=False)
    mode: int | None = None
    rows: tuple[int, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, path: Path, content: bytes, mode: int | None = None, rows: tuple[int, ...] = ()) -> InputFile:
        """Return the file with that content."""
        return cls(path, hashlib.sha256(content).hexdigest(), zlib.compress(content, 1), mode, rows)

    @classmethod
    def read(cls, path: Path) -> InputFile:
        """Read a file once, packed or not.

        Raises
        ------
        InputError
            If it is missing, no plain file, or too large.
        """
        content = file_bytes(path, unpack=False)
        return cls.of(path, content, path.stat().st_mode)

    @classmethod
    def table(cls, path: Path) -> InputFile:
        """Read a table's file once.

        Raises
        ------
        InputError
            If the file is missing.
        """
        return cls.read(path)

    @classmethod
    def of_table(cls, name: str, table: pd.DataFrame) -> InputFile:
        """Return a table as the file `name` that would hold it, so that one reader checks both."""
        declared = (FORECAST_TABLES | SCHEDULE_TABLES).get(name.removesuffix(".csv"), {})
        days = [c for c, column in declared.items() if column.kind == "date" and c in table]
        stamped = {c: table[c].dt.date for c in days if is_datetime64_any_dtype(table[c])}
        named = [c for c, column in declared.items() if column.kind == "text" and c in table]
        written = csv_text(table.assign(**stamped, **{c: texts(table[c], c, name) for c in named}))
        return cls.of(Path(name), written.encode(errors="surrogatepass"))  # who reads the file tells that it is no text

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return zlib.decompress(self.packed)


@contextlib.contextmanager
def laid_out(files: Mapping[str, InputFile], home: Path) -> Iterator[Path]:
    """Give a temporary folder that holds `files` under their keys, so that readers of files read the snapshot.

    Only the user may open the folder.

    An `InputError` that names a file of the temporary folder is raised again with the user's own path and row; one that
    names a file which is not there names it in `home`.
    """
    with tempfile.TemporaryDirectory(prefix="busyhour-") as name:
        place = Path(name)
        for key, file in files.items():
            (place / key).parent.mkdir(parents=True, exist_ok=True)
            (place / key).write_bytes(file.content)
        own = {place / key: file.path for key, file in files.items()}
        own |= {there.parent: path.parent for there, path in own.items() if there.parent != place}
        try:
            yield place
        except InputError as error:
            there = Path(error.file) if error.file is not None else None
            if there is None or not there.is_relative_to(place):
                raise
            path, row = own.get(there, home / there.relative_to(place)), error.row
            lines = next((file.rows for key, file in files.items() if place / key == there), ())
            if row is not None and 0 <= row - 2 < len(lines):
                row = lines[row - 2]
            raise InputError(
                error.what, file=path, row=row, column=error.column, value=error.value, mend=error.mend
            ) from error.__cause__
