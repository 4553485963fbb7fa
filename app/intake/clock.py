"""Stamps of an export as instants in the site's zone, right on the days when the clock changes."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from .mapping import Layout
from .values import minutes_of_day, numbers

_OFFSET = r"\d[T ]?.*:\d\d.*(?:[+-]\d\d:?\d\d|Z)$"
EPOCHS = {"epoch_s": "s", "epoch_ms": "ms"}


def stamps(
    frame: pd.DataFrame, start: str | None, layout: Layout, *, zone: str | None, key: pd.Series, file: Path
) -> tuple[pd.Series, pd.Series]:
    """Return each row's start in `zone` (naive wall clock when None) and whether it is a lone passage of a repeated hour.

    Parameters
    ----------
    frame
        Text cells, index "row".
    start
        Their column of the start; None = `layout.date_column` and `layout.time_column`.
    key
        What tells rows of one interval apart (queue and parts): of two rows with the same key and the same repeated
        wall clock the earlier in the file's time order is the first passage.

    Raises
    ------
    InputError
        On text that is no time in the layout's format and on times that the clock skips.
    """
    if layout.zone is not None and zone is None:
        raise InputError(
            "the export has a zone but the site has none",
            column="intake.zone",
            value=layout.zone,
            mend="Set zone in [site]",
        )
    column = start or layout.date_column or "start"
    text = frame[column]
    if layout.date_format in EPOCHS:
        moments = pd.to_datetime(numbers(text, column=column, file=file), unit=EPOCHS[layout.date_format], utc=True)
        if moments.isna().any():
            raise InputError(
                "blank",
                file=file,
                row=int(text.index[moments.isna()][0]),
                column=column,
                mend="Every row needs its start",
            )
        return _shown(moments, zone), pd.Series(False, index=text.index)
    offset = (
        text.str.contains(_OFFSET, regex=True)
        if layout.date_format is None and start is not None
        else pd.Series(False, index=text.index)
    )
    naive = _dates(text[~offset], layout.date_format, column, file)
    if start is None and layout.time_column is not None:
        naive = naive + pd.to_timedelta(
            minutes_of_day(frame[layout.time_column], column=layout.time_column, file=file), unit="min"
        )
    if zone is None:
        naive = pd.concat(
            [naive, _dates(text[offset].str.replace(r"(?:[+-]\d\d:?\d\d|Z)$", "", regex=True), None, column, file)]
        ).loc[text.index]
        return naive.astype("datetime64[us]"), pd.Series(False, index=text.index)
    local, lone = _localized(naive, layout.zone or zone, key, column, file)
    given = pd.to_datetime(text[offset], errors="coerce", format="ISO8601", utc=True)
    if given.isna().any():
        raise _no_time(text[offset][given.isna()], None, column, file)
    together = pd.concat([_shown(local, zone), _shown(given, zone)]).loc[text.index]
    return together, lone.reindex(text.index, fill_value=False)


def _shown(moments: pd.Series, zone: str | None) -> pd.Series:
    return (
        moments.dt.tz_localize(None).astype("datetime64[us]")
        if zone is None
        else moments.dt.tz_convert(ZoneInfo(zone)).astype(f"datetime64[us, {zone}]")
    )


def _dates(text: pd.Series, form: str | None, column: str, file: Path) -> pd.Series:
    parsed = pd.to_datetime(text, errors="coerce", format=form or "ISO8601")
    bad = parsed.isna()
    if bad.any() and form is not None:  # a workbook's real dates reach us as ISO text
        again = pd.to_datetime(
            text[bad & text.str.fullmatch(r"\d{4}-\d\d-\d\d(?:[T ].*)?")], errors="coerce", format="ISO8601"
        )
        parsed[again.index] = again
        bad = parsed.isna()
    if bad.any():
        raise _no_time(text[bad], form, column, file)
    return parsed.astype("datetime64[us]")


def _no_time(bad: pd.Series, form: str | None, column: str, file: Path) -> InputError:
    what = "not an ISO 8601 time" if form is None else f"not a time like {form}"
    return InputError(
        "blank" if not bad.iloc[0] else what,
        file=file,
        row=int(bad.index[0]),
        column=column,
        value=str(bad.iloc[0]) or None,
        mend='Write it like 2026-10-25T07:30, or set date_format in [intake], for example date_format = "%d.%m.%Y %H:%M"',
    )


def _localized(naive: pd.Series, zone: str, key: pd.Series, column: str, file: Path) -> tuple[pd.Series, pd.Series]:
    """Return wall clock of `zone` as instants; in a repeated hour the passage follows from the order of the rows."""
    tz = ZoneInfo(zone)
    sure = naive.dt.tz_localize(tz, ambiguous="NaT", nonexistent="NaT")
    open_ = sure.isna()
    if not open_.any():
        return sure, open_
    first = naive[open_].dt.tz_localize(tz, ambiguous=True, nonexistent="NaT")
    if first.isna().any():
        skipped = naive[first.index[first.isna()]]
        raise InputError(
            f"time does not exist in {zone} (the clock skips it)",
            file=file,
            row=int(skipped.index[0]),
            column=column,
            value=f"{skipped.iloc[0]:%Y-%m-%d %H:%M}",
            mend="Name the export's own zone in intake.zone (UTC?)",
        )
    same = pd.DataFrame({"key": key[first.index], "wall": naive[first.index]})
    groups = same.groupby(["key", "wall"], sort=False)
    newest_first = len(naive) > 1 and naive.iloc[0] > naive.iloc[-1]
    passage = groups.cumcount(ascending=not newest_first)
    if (passage > 1).any():
        row = passage.index[passage > 1][0]
        others = same.index[(same == same.loc[row]).all(axis=1) & (same.index != row)]
        raise InputError(
            f"third row of an hour that comes twice (rows {', '.join(map(str, others))} too)",
            file=file,
            row=int(row),
            column=column,
            value=f"{naive[row]:%Y-%m-%d %H:%M}",
            mend="Keep one row per passage",
        )
    size = groups["wall"].transform("size")
    sure[first.index] = naive[first.index].dt.tz_localize(tz, ambiguous=np.asarray(passage == 0))
    lone = pd.Series(False, index=naive.index)
    lone[first.index] = (size == 1).to_numpy()
    return sure, lone
