"""Runs that a plan begins from: that of the week before, and an earlier one of the week that is to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ..files import csv_text
from ..folders.one_run import seen_once
from .folder import Folder
from .kept_run import KEEP, KEPT, files_of
from .options import RunOptions
from .plain_table import plain
from .snapshot import InputFile
from .week_before import activity_of, memory_of

PREVIOUS, LAST_ACTIVITY = "previous", "previous/activity.csv"
EARLIER_ROSTER = f"{KEEP}/roster.csv"


def previous_files(folder: Folder, asked: RunOptions) -> dict[str, InputFile]:
    """Take last week's run; return its files by where they are laid out."""
    if asked.previous is None:
        return {}
    if folder.config.cyclic:
        raise InputError("a cyclic week has no week before it", column="--previous", value=str(asked.previous))

    def read(run: Path) -> dict[str, InputFile]:
        roster = run / "roster.csv"
        found = (activity_of(run), *memory_of(run), *([roster] if roster.is_file() else ()))
        own = {file: plain(file.stem, file)[0] if file.parent == run else InputFile.read(file) for file in found}
        return {f"{PREVIOUS}/{file.relative_to(run).as_posix()}": taken for file, taken in own.items()}

    return seen_once(asked.previous, read)


def keep_files(asked: RunOptions) -> dict[str, InputFile]:
    """Take the earlier plan that is to be kept; return its files by where they are laid out."""
    if asked.keep is None:
        return {}
    return {f"{KEEP}/{name}": file for name, file in seen_once(asked.keep, files_of).items()}


def kept_inputs(
    files: Mapping[str, InputFile], previous: Mapping[str, InputFile], texts: Mapping[str, pd.DataFrame]
) -> dict[str, InputFile]:
    """Return the files that a run keeps, by name: last week's activity as it is, or with the weeks before it."""
    if (earlier := previous.get(EARLIER_ROSTER)) is not None:
        files = {**files, KEPT: InputFile.of(earlier.path, csv_text(texts["kept"]).encode(), earlier.mode)}
    if (file := previous.get(LAST_ACTIVITY)) is None:
        return dict(files)
    if len([key for key in previous if key.startswith(f"{PREVIOUS}/inputs/")]):
        file = InputFile.of(file.path, csv_text(texts["previous_activity"]).encode(), file.mode)
    return {**files, "previous_activity.csv": file}
