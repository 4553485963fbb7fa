"""The planner's own numbers, laid over a forecast and kept apart from the model's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from .calendar.grid import Grid, midnight
from .calls.history import Note
from .errors import InputError
from .models.quantiles import count_quantiles
from .tables import QUANTILE_COLUMNS, QUANTILES, TABLES, check


@dataclass(frozen=True)
class Override:
    """What the planner expects in [start, end) instead of the model.

    Attributes
    ----------
    queue
        The queue concerned; None = all.
    start, end
        The span, half-open, on the forecast's intervals.
    calls, factor
        Calls in the whole span, shared out as the model shares its own, or a multiplier of the model's; one of them.
    note
        Why.
    made
        When it was entered; None = before the span began.
    row, file
        Where it stands, named in errors.
    """

    queue: str | None
    start: pd.Timestamp
    end: pd.Timestamp
    calls: float | None
    factor: float | None
    note: str = ""
    made: pd.Timestamp | None = None
    row: int | None = None
    file: str | Path | None = None

    def error(self, what: str, column: str, value: object = None, mend: str | None = None) -> InputError:
        """Return an error that names where the override stands."""
        return InputError(what, file=self.file, row=self.row, column=column, value=value, mend=mend)


def overrides_of(
    frame: pd.DataFrame, *, zone: str | None, minutes: int, file: str | Path | None = None
) -> tuple[Override, ...]:
    """Read rows of the table ``overrides``.

    Parameters
    ----------
    frame
        ``start`` and either ``calls`` or ``factor``; where known ``queue, end, note, made``. Without an end a start
        that is a bare date means that day, one with a time of day one interval.
    zone
        Zone of times without an offset.
    minutes
        Interval of the forecast.
    file
        Named in errors.

    Raises
    ------
    InputError
        On a value that cannot be read, both or neither of calls and factor, or an end that is not after the start.
    """
    table = check(frame, TABLES["overrides"], zone=zone, file=file)
    out = []
    for i, (raw, row) in enumerate(zip(frame["start"], table.to_dict("records"), strict=True)):
        number = int(frame.index[i]) if frame.index.name == "row" else i + 2
        start, end, made = row["start"], row.get("end"), row.get("made")
        if pd.isna(end):
            whole = ":" not in raw if isinstance(raw, str) else not isinstance(raw, dt.datetime)
            end = midnight(start.date() + dt.timedelta(days=1), zone) if whole else start + pd.Timedelta(minutes, "min")
        calls, factor = (None if pd.isna(v) else float(v) for v in (row.get("calls"), row.get("factor")))
        one = Override(
            str(row.get("queue") or "") or None,
            start,
            end,
            calls,
            factor,
            str(row.get("note") or ""),
            None if pd.isna(made) else made,
            number,
            file,
        )
        if (calls is None) == (factor is None):
            raise one.error("Expected either calls or factor", "calls", mend="Fill in one of the two")
        if not start < end:
            raise one.error("the span ends before it begins", "end", str(end), "Give the end after the last interval")
        out.append(one)
    return tuple(out)


def overridden(
    volume: pd.DataFrame, overrides: Sequence[Override], grid: Grid, *, now: pd.Timestamp | None = None
) -> tuple[pd.DataFrame, list[Note]]:
    """Lay overrides over a volume table.

    Parameters
    ----------
    volume
        Rows of ``volume`` on `grid`, open intervals only, with ``model_calls``, the model's own mean, which stays.
    overrides
        Those of other weeks are left aside.
    grid
        Intervals of the forecast.
    now
        Until when the calls of a running day are known: nothing is changed before then, and a number of calls is
        for the whole span.

    Returns
    -------
    volume : pandas.DataFrame
        With ``calls`` and the quantiles changed in proportion; where the model expects no call the quantiles are those
        of Poisson counts.
    notes : list
        One of the kind ``override`` for each override and queue.

    Raises
    ------
    InputError
        If two overlap, a queue is unknown, a span is off the grid or closed all through, calls are given for several
        queues at once or for a span that begins or ends outside the forecast.
    """
    names = list(volume["queue"].unique())
    spans = [(queue, one) for one in overrides for queue in _queues(one, names)]
    _refuse_overlaps(spans)
    out, notes = volume.copy(), []
    columns = ["calls", *(c for c in QUANTILE_COLUMNS if c in out)]
    out[columns] = out[columns].astype(float)
    for queue, one in spans:
        if one.end <= grid.first or one.start >= grid.end:
            continue
        rows = _rows(out, queue, one, grid)
        if not rows.any():
            raise one.error("closed all through", "start", str(one.start), "Open it in [opening] or special_days.csv")
        past = rows & (out["start"] < now).to_numpy() if now is not None else np.zeros(len(rows), dtype=bool)
        so_far, rows = float(out.loc[past, "model_calls"].sum()), rows & ~past
        if not rows.any():
            continue
        model = out.loc[rows, "model_calls"].to_numpy(dtype=float)
        if one.factor is not None:
            calls = model * one.factor
        else:
            share = model / model.sum() if model.sum() > 0 else np.full(len(model), 1.0 / len(model))
            calls = max((one.calls or 0.0) - so_far, 0.0) * share
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(model > 0, calls / model, 1.0)
        quantiles = out.loc[rows, columns[1:]].to_numpy() * ratio[:, None]
        new = (model == 0) & (calls > 0)
        if new.any() and len(columns) > 1:
            quantiles[new] = count_quantiles(calls[new], np.full(int(new.sum()), 0.25), QUANTILES)
        out.loc[rows, columns] = np.column_stack([calls, quantiles])
        what = f"{calls.sum():,.0f} calls in place of the model's {model.sum():,.0f}"
        notes.append(
            Note(queue, one.start, one.end, "override", what + f": {one.note}" * bool(one.note), "planned as you say")
        )
    return out, notes


def _queues(one: Override, names: list[str]) -> list[str]:
    if one.queue is None:
        if one.calls is not None and len(names) > 1:
            raise one.error(
                "calls of several queues", "queue", mend=f"Name one of {', '.join(names)}, or give a factor"
            )
        return names
    if not names:
        raise one.error(
            "every queue is closed on all days of the forecast", "start", str(one.start), "Forecast more days"
        )
    if one.queue not in names:
        raise one.error("unknown queue", "queue", one.queue, f"The forecast has {', '.join(names)}")
    return [one.queue]


def _refuse_overlaps(spans: Sequence[tuple[str, Override]]) -> None:
    ordered = sorted(spans, key=lambda s: (s[0], s[1].start))
    for (queue, one), (other, later) in pairwise(ordered):
        if queue == other and later.start < one.end:
            first, second = sorted((one, later), key=lambda o: o.row or 0)
            raise second.error(
                f"overlaps the override of row {first.row}",
                "start",
                str(second.start),
                "Give each interval one override",
            )


def _rows(volume: pd.DataFrame, queue: str, one: Override, grid: Grid) -> np.ndarray:
    """Return which rows of `volume` the override concerns."""
    for column, time in (("start", one.start), ("end", one.end)):
        if (time - grid.first) % pd.Timedelta(minutes=grid.minutes):
            raise one.error(f"not on the {grid.minutes}-minute grid", column, str(time), "Use the start of an interval")
    if one.calls is not None and (one.start < grid.first or one.end > grid.end):
        column, time = ("start", one.start) if one.start < grid.first else ("end", one.end)
        raise one.error("the span leaves the forecast", column, str(time), "Split it there, or give a factor")
    begins = volume["start"]
    return ((volume["queue"] == queue) & (begins >= one.start) & (begins < one.end)).to_numpy(dtype=bool)
