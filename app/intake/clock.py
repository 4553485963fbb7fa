"""Stamps of an export as instants in the site's zone, right on the days when the clock changes."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import FIRST_YEAR, LAST_YEAR, refuse_far_year
from ...forecast.calendar.local_times import WRITTEN_DATE
from ...forecast.errors import InputError
from .date_words import plain_dates, refuse_other_weekdays
from .dates import EXCEL, REAL_DATE, SERIAL_FROM, beginnings, plain_halves, refuse_swapped
from .ends import at_midnight, marks_ends, starts_of, whole_minutes, with_midnights
from .hours import refuse_half_clocks
from .mapping import Layout
from .merge import Notes
from .passages import call_passages
from .values import minutes_of_day, numbers

_OFFSET = re.compile(r"(?:[+-]\d\d:?\d\d|Z)$")
_UTC = re.compile(r":.*(?:[+-]00:?00|Z)$")
EPOCHS = MappingProxyType({"epoch_s": 1.0, "epoch_ms": 0.001})
"""Seconds of one unit of a stamp that counts from 1970, by its format."""
FIRST_SUMMER, LAST_SUMMER = 4, 9
"""Months that lie wholly in summer time where there is one in the north."""
FAR_S = pd.Timestamp(LAST_YEAR + 1, 1, 1).timestamp()
"""Seconds since 1970 at which the last year that is known has ended."""


def stamps(
    frame: pd.DataFrame,
    date: str,
    time: str | None,
    layout: Layout,
    *,
    zone: str | None,
    key: pd.Series,
    file: Path,
    notes: Notes,
) -> tuple[pd.Series, pd.Series]:
    """Return each row's start in `zone` (naive when None), and where its passage of a repeated hour is not sure.

    Where times mark the ends of intervals (`marks_ends`), the starts lie the length of an interval before.

    Parameters
    ----------
    frame
        Text cells, index "row".
    date, time
        Their columns; without `time` the first holds both.
    key
        What distinguishes rows of one interval (queue and parts): of two rows with the same key and the same repeated
        wall clock the earlier in the file's time order is the first passage (of calls: `call_passages`).

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
    text, form = beginnings(frame[date]), layout.date_format
    if "start" not in layout.trust:
        refuse_swapped(text, form, column=date, file=file)
    offset = pd.Series(False, index=text.index)
    epoch = EPOCHS.get(form or "")
    if epoch is not None:
        given, offset = _epochs(text, epoch, date, file), ~offset
    else:
        if time is None and (form is None or "%z" in form):
            offset = _with_offset(text)
        given = _dates(text[offset], form, date, file, aware=True)
    wall = _dates(text[~offset], form, date, file)
    counts = layout.time_is
    minutes = None if time is None else minutes_of_day(frame[time], column=time, counts=counts, file=file)
    if time is not None and minutes is not None:
        minutes = with_midnights(wall, minutes, key, layout, column=time, file=file)
    ends = marks_ends(layout, time or date, minutes)
    if time is not None and minutes is not None:
        if ends:
            minutes = at_midnight(wall, minutes, key, column=time, file=file)
        wall = _date_and_time(wall, pd.to_timedelta((minutes * 60).round(), unit="s"), date, time, file)
    if zone is None and (epoch is not None or _no_wall_clock(text[offset], given)):
        raise InputError(
            "the stamps are UTC, and the site has no zone",
            file=file,
            column=date,
            value=str(text.iloc[0]),
            mend="Set zone in [site] (--zone), such as Europe/Berlin",
        )
    if layout.one_row not in ("call", "event"):
        refuse_half_clocks(wall, key, column=time or date, file=file)
    if ends:
        wall, given = whole_minutes(wall), whole_minutes(given)
    if zone is None:  # outputs of a zoned run read back without a zone keep their wall clock
        kept = (
            given if epoch is not None else _dates(text[offset].str.replace(_OFFSET, "", regex=True), None, date, file)
        )
        naive = pd.concat([wall, kept.dt.tz_localize(None)]).loc[text.index]
        return starts_of(naive, key, layout, notes, column=time or date, file=file) if ends else naive, offset & False
    local, lone = _localized(wall, layout.zone or zone, key, date, file, each_call=layout.one_row == "call")
    both = [moments.dt.tz_convert(ZoneInfo(zone)).astype(f"datetime64[us, {zone}]") for moments in (local, given)]
    known = pd.concat(both).loc[text.index]
    known = starts_of(known, key, layout, notes, column=time or date, file=file) if ends else known
    return known, lone.reindex(text.index, fill_value=False)


def _date_and_time(dates: pd.Series, times: pd.Series, date: str, time: str, file: Path) -> pd.Series:
    """Return date and time of day together; a date that holds a time already must hold the same."""
    days = dates.dt.normalize()
    wrong = (dates != days) & (dates != days + times)
    if wrong.any():
        row = dates.index[int(wrong.to_numpy().argmax())]
        raise InputError(
            f"the date holds another time than the column {time!r}",
            file=file,
            row=int(row),
            column=date,
            value=f"{dates[row]:%Y-%m-%d %H:%M}",
            mend="Map the column with the right time as start in [intake.columns], or correct date_format",
        )
    return pd.Series(days + times)


def _with_offset(text: pd.Series) -> pd.Series:
    """Return where a time carries its offset from UTC."""
    codes, cells = pd.factorize(text.to_numpy(dtype=object))
    return pd.Series(
        np.array([":" in c and _OFFSET.search(c) is not None for c in cells], dtype=bool)[codes], text.index
    )


def all_in_utc(text: pd.Series) -> bool:
    """Whether all times carry an offset, and each the one of UTC; in winter alone that may be London's, too.

    Examples
    --------
    >>> all_in_utc(pd.Series(["2026-01-05T08:00+00:00", "2026-06-05T08:00Z"]))
    True
    """
    cells = beginnings(pd.Series(text[text != ""].unique(), dtype="str"))
    return len(cells) > 0 and bool(cells.str.contains(_UTC).all())


def _no_wall_clock(text: pd.Series, moments: pd.Series) -> bool:
    """Whether times with an offset are surely UTC: they end in Z, or have +00:00 in summer, when London has not."""
    summer = bool(moments.dt.month.between(FIRST_SUMMER, LAST_SUMMER).any())
    return bool(text.str.endswith("Z").any()) or (summer and all_in_utc(text))


def _epochs(text: pd.Series, scale: float, column: str, file: Path) -> pd.Series:
    """Read seconds since 1970 (times `scale`) as UTC."""
    passed = numbers(text, column=column, file=file) * scale
    if passed.isna().any():
        raise _no_time(text[passed.isna()], "seconds since 1970", column, file)
    if (far := passed[(passed < 0) | (passed >= FAR_S)]).size:
        raise InputError(
            f"year outside {FIRST_YEAR} to {LAST_YEAR}",
            file=file,
            row=int(far.index[0]),
            column=column,
            value=str(text[far.index[0]]),
            mend="Check whether it counts seconds (epoch_s) or milliseconds (epoch_ms)",
        )
    return pd.Series(pd.to_datetime(passed, unit="s", utc=True), index=text.index)


def _dates(text: pd.Series, form: str | None, column: str, file: Path, *, aware: bool = False) -> pd.Series:
    """Read text by a format (None = ISO 8601); a workbook's real dates reach us as ISO 8601 whatever the format."""
    if form == EXCEL:
        days = numbers(text.str.replace(",", "."), column=column, file=file)
        parsed = pd.to_datetime(days, unit="D", origin=SERIAL_FROM, utc=aware).dt.round("s").astype(_kind(aware))
    else:
        given = plain_halves(text) if form is not None and "%p" in form else text
        parsed = pd.to_datetime(given, errors="coerce", format=form or "ISO8601", utc=aware).astype(_kind(aware))
        if form is not None and parsed.isna().any():
            named = plain_dates(given[parsed.isna()])
            parsed[named.index] = pd.to_datetime(named, errors="coerce", format=form, utc=aware).astype(_kind(aware))
            read = parsed[named.index].dropna()
            refuse_other_weekdays(given[read.index], read, column=column, file=file)
    if form is None:
        parsed = parsed.where(text.str.match(WRITTEN_DATE))  # 0800 is a time of day, not the year 800
    elif parsed.isna().any():
        again = text[parsed.isna() & text.str.fullmatch(REAL_DATE)]
        parsed[again.index] = pd.to_datetime(again, errors="coerce", format="ISO8601", utc=aware).astype(_kind(aware))
    if parsed.isna().any():
        raise _no_time(text[parsed.isna()], form, column, file)
    _refuse_far_years(parsed, text, column, file)
    return pd.Series(parsed, index=text.index)


def _refuse_far_years(times: pd.Series, text: pd.Series, column: str, file: Path) -> None:
    far = times[(times.dt.year < FIRST_YEAR) | (times.dt.year > LAST_YEAR)]
    if len(far):
        row = far.index[0]
        refuse_far_year(far.iloc[0], file=file, row=int(row), column=column, value=str(text[row]))


def _kind(aware: bool) -> Any:
    return "datetime64[us, UTC]" if aware else "datetime64[us]"


def _no_time(bad: pd.Series, form: str | None, column: str, file: Path) -> InputError:
    what = "not an ISO 8601 time" if form is None else f"not a time like {form}"
    return InputError(
        "blank" if not bad.iloc[0] else what,
        file=file,
        row=int(bad.index[0]),
        column=column,
        value=str(bad.iloc[0]) or None,
        mend='Write it like 2026-10-25T07:30, or set date_format in [intake], like date_format = "%d.%m.%Y %H:%M"',
    )


def _localized(
    naive: pd.Series, zone: str, key: pd.Series, column: str, file: Path, *, each_call: bool
) -> tuple[pd.Series, pd.Series]:
    """Return wall clock of `zone` as instants; in a repeated hour the passage follows from the order of the rows.

    The second series tells where that order shows one passage only, or (of calls) does not tell them apart.
    """
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
    if each_call:
        passage, told = call_passages(naive, open_, key)
        sure[first.index] = naive[first.index].dt.tz_localize(tz, ambiguous=np.asarray(passage == 0))
        return sure, open_ & ~told.reindex(naive.index, fill_value=False)
    same = pd.DataFrame({"key": key[first.index], "wall": naive[first.index]})
    groups = same.groupby(["key", "wall"], sort=False)
    ends = naive.groupby(key).agg(["first", "last"])
    newest_first = same["key"].map(ends["first"] > ends["last"])
    passage = groups.cumcount().where(~newest_first, groups.cumcount(ascending=False))
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
