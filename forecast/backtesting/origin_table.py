"""The table of origins of a backtest: read, checked, and compared with the history."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from ..calendar.local_times import written_date
from ..errors import InputError
from ..models.contract import MOST_DAYS_AHEAD


def origins_of(origins: pd.DataFrame) -> pd.DataFrame:
    """Return the columns ``origin`` and ``horizon_days``, typed."""
    for column in ("origin", "horizon_days"):
        if column not in origins:
            raise InputError(
                f"column {column!r} is missing", column=column, value=", ".join(map(str, origins.columns)),
                mend="Origins need origin and horizon_days",
            )  # fmt: skip
    out = pd.DataFrame(
        {
            "origin": origins["origin"].map(written_date).astype("datetime64[us]"),
            "horizon_days": pd.to_numeric(origins["horizon_days"], errors="coerce"),
        }
    )
    for column in ("origin", "horizon_days"):
        if out[column].isna().any():
            i = int(out[column].isna().to_numpy().argmax())
            raise InputError("unreadable", row=i + 2, column=column, value=str(origins[column].iloc[i]))
    return out


def dated_origins(origins: pd.DataFrame) -> list[tuple[dt.date, int]]:
    """Return origins and horizons, checked."""
    if origins.empty:
        raise InputError("no origins", column="origin", mend="Give at least one day from which to forecast")
    out: list[tuple[dt.date, int]] = []
    for row, (origin, horizon) in enumerate(
        zip(pd.to_datetime(origins["origin"]), origins["horizon_days"], strict=True), start=2
    ):
        if pd.isna(origin) or not (horizon >= 1 and int(horizon) == horizon):
            raise InputError(
                "Expected a date and a horizon of at least one day", row=row, column="horizon_days", value=horizon
            )
        if horizon > MOST_DAYS_AHEAD:
            raise InputError(f"Expected at most {MOST_DAYS_AHEAD} days", row=row, column="horizon_days", value=horizon)
        if any(origin.date() == other for other, _ in out):
            raise InputError("the same origin twice", row=row, column="origin", value=str(origin.date()),
                             mend="Keep one of the two rows")  # fmt: skip
        out.append((origin.date(), int(horizon)))
    return out


def refuse_outside(calls: pd.DataFrame, dated: list[tuple[dt.date, int]]) -> None:
    """Refuse an origin before the first or after the last day of the calls."""
    first, last = calls["start"].min().date(), calls["start"].max().date()
    for row, (origin, _) in enumerate(dated, start=2):
        if not first <= origin <= last:
            raise InputError(
                "origin lies outside the history",
                row=row,
                column="origin",
                value=str(origin),
                mend=f"Use a day from {first} to {last}",
            )
