"""`busyhour forecast` and `busyhour backtest` on files that no forecast should trust."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from busyhour.app import files as store
from busyhour.app.cli.main import app

OLD = "an earlier result\n"
ORIGIN = "origin,horizon_days\n2026-01-30,5\n"


def history(days: int = 42, step: int = 30) -> pd.DataFrame:
    """Weekdays 08:00-18:00 from Monday 5 January 2026."""
    times = pd.date_range("2026-01-05", periods=days * 1440 // step, freq=f"{step}min")
    times = times[(times.day_of_week < 5) & (times.hour >= 8) & (times.hour < 18)]
    calls = np.random.default_rng(1).poisson(40.0 * step / 30, len(times))
    return pd.DataFrame({"start": times.strftime("%Y-%m-%dT%H:%M"), "offered": calls.astype(str), "handle_s": "180"})


def with_cell(row: int, column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Return a fault that changes one cell."""
    return lambda frame: frame.assign(**{column: frame[column].where(frame.index != row, value)})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Path]:
    """A folder with a sound history, an origin and an earlier result; no torn file may be left."""
    history().to_csv(tmp_path / "calls.csv", index=False)
    (tmp_path / "origins.csv").write_text(ORIGIN, encoding="utf-8")
    (tmp_path / "out.csv").write_text(OLD, encoding="utf-8")
    yield tmp_path
    assert not [p for p in tmp_path.iterdir() if store.TEMPORARY in p.name]


def forecast(desk: Path, *more: str) -> Result:
    """Forecast a week."""
    args = ["forecast", desk / "calls.csv", "--days", "7", "--model", "weekday_mean", "--out", desk / "out.csv", *more]
    return CliRunner().invoke(app, [str(a) for a in args])


def backtest(desk: Path, *more: str) -> Result:
    """Forecast from the origins."""
    model = ("--model", "weekday_mean")
    args = ["backtest", desk / "calls.csv", "--origins", desk / "origins.csv", *model, "--out", desk / "out.csv", *more]
    return CliRunner().invoke(app, [str(a) for a in args])


def refused(result: Result, desk: Path, *says: str) -> None:
    """Assert exit code 3, one message with these words, no traceback, and the earlier result as it was."""
    assert result.exit_code == 3, result.output
    assert result.output.count("busyhour: ") == 1
    for text in says:
        assert text in result.output, result.output
    assert (desk / "out.csv").read_text(encoding="utf-8") == OLD


FAULTS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], tuple[str, ...]]] = {
    "header only": (lambda f: f.iloc[:0], ("calls.csv", "no row of calls", "below the header")),
    "all zeros": (lambda f: f.assign(offered="0"), ("no calls in its opening hours",)),
    "all unknown": (lambda f: f.assign(offered=""), ("offered", "no known number of calls")),
    "negative": (with_cell(7, "offered", "-3"), ("calls.csv, row 9, column offered", "below 0", "-3")),
    "NaN": (with_cell(7, "offered", "NaN"), ("calls.csv, row 9, column offered", "NaN", "leave it blank")),
    "infinite": (with_cell(7, "offered", "inf"), ("calls.csv, row 9, column offered", "inf")),
    "text": (with_cell(7, "offered", "many"), ("calls.csv, row 9, column offered", "many", "leave it blank")),
    "no time": (with_cell(7, "start", "05.01.2026 11:30"), ("row 9, column start", "05.01.2026", "date_format")),
    "off the grid": (with_cell(7, "start", "2026-01-05T11:37"), ("calls.csv, row 9, column start", "11:37")),
    "duplicate": (lambda f: pd.concat([f, f.iloc[[5]]]), ("row 602", "same queue and start as row 7", "Keep one")),
    "contradiction": (lambda f: pd.concat([f, f.iloc[[5]].assign(offered="999")]), ("row 602", "row 7")),
    "wrong header": (lambda f: f.rename(columns={"offered": "anrufe"}), ("'offered' is missing", "anrufe", "Map it")),
    "no start": (lambda f: f.rename(columns={"start": "begin"}), ("'start' is missing", "begin")),
    "coarser": (lambda _: history(step=60), ("intervals of 60 min", "interval_min = 60")),
}


@pytest.mark.parametrize("command", [forecast, backtest])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_refused_with_its_place(desk: Path, fault: str, command: Callable[..., Result]) -> None:
    """File, row, column, value and how to mend it, as far as there are any."""
    spoil, says = FAULTS[fault]
    spoil(history()).to_csv(desk / "calls.csv", index=False)
    refused(command(desk), desk, *says)


@pytest.mark.parametrize("command", [forecast, backtest])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", ("calls.csv", "empty")),
        (b"start,offered\n2026-01-05T08:00\n", ("calls.csv, row 2", "breaks off")),
        (bytes(range(256)), ("calls.csv", "encoding")),
    ],
)
def test_what_is_no_table_is_refused(
    desk: Path, content: bytes, says: tuple[str, ...], command: Callable[..., Result]
) -> None:
    (desk / "calls.csv").write_bytes(content)
    refused(command(desk), desk, *says)


@pytest.mark.parametrize("command", [forecast, backtest])
@pytest.mark.parametrize(
    ("option", "says"),
    [
        (("--zone", "Europe/Nowhere"), ("unknown time zone", "Europe/Nowhere", "Europe/Berlin")),
        (("--country", "XX"), ("unknown country", "XX", "ISO code")),
        (("--open", "7-21"), ("--open", "not a time of day", "07:00")),
        (("--queue", "vip"), ("calls.csv, column queue", "vip")),
        (("--interval", "7"), ("not an interval",)),
        (("--closed", "nowhere.csv"), ("nowhere.csv", "not found")),
    ],
)
def test_a_bad_option_is_refused(
    desk: Path, option: tuple[str, str], says: tuple[str, ...], command: Callable[..., Result]
) -> None:
    refused(command(desk, *option), desk, *says)


@pytest.mark.parametrize("day", ["today", "2026", "01/02/2026", "3026-01-02"])
def test_closed_days_are_dates_that_nobody_can_read_in_two_ways(desk: Path, day: str) -> None:
    closed = desk / "closed.csv"
    closed.write_text(f"date\n2026-01-01\n{day}\n", encoding="utf-8")
    refused(forecast(desk, "--closed", str(closed)), desk, "closed.csv, row 3, column date", day)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", ("origins.csv", "empty")),
        ("origin,horizon_days\n", ("no origins",)),
        ("day,horizon_days\n2026-01-30,5\n", ("origins.csv", "'origin' is missing")),
        ("origin,horizon_days\nsoon,5\n", ("origins.csv, row 2, column origin", "soon")),
        ("origin,horizon_days\ntoday,5\n", ("origins.csv, row 2, column origin", "today")),
        ("origin,horizon_days\n01/02/2026,5\n", ("origins.csv, row 2, column origin", "01/02/2026")),
        ("origin,horizon_days\n2026-01-30,0\n", ("row 2, column horizon_days", "at least one day")),
        ("origin,horizon_days\n2027-01-30,5\n", ("outside the history", "2026-01-05 to 2026-02-13")),
        ("origin,horizon_days\n2020-01-30,5\n", ("outside the history", "2026-01-05 to 2026-02-13")),
    ],
)
def test_bad_origins_are_refused(desk: Path, rows: str, says: tuple[str, ...]) -> None:
    (desk / "origins.csv").write_text(rows, encoding="utf-8")
    refused(backtest(desk), desk, *says)


def test_one_day_is_too_little_to_forecast(desk: Path) -> None:
    history().iloc[:20].to_csv(desk / "calls.csv", index=False)
    refused(forecast(desk), desk, "one day only", "two weeks")


def test_less_than_two_weeks_fall_back_and_say_so(desk: Path) -> None:
    history(days=10).to_csv(desk / "calls.csv", index=False)
    result = forecast(desk, "--model", "auto")
    assert result.exit_code == 0, result.output
    assert "10 days of history, 8 with calls, are too few" in result.stderr
    assert "the simple model weekday_mean is used" in result.stderr
    assert set(pd.read_csv(desk / "out.csv")["model"]) == {"weekday_mean"}


def test_rows_in_any_order_give_the_same_forecast(desk: Path) -> None:
    assert forecast(desk).exit_code == 0
    sorted_ = (desk / "out.csv").read_bytes()
    history().sample(frac=1.0, random_state=1).to_csv(desk / "calls.csv", index=False)
    assert forecast(desk).exit_code == 0
    assert (desk / "out.csv").read_bytes() == sorted_


def test_steps_that_change_are_summed_and_the_days_are_named(desk: Path) -> None:
    fine, coarse = history(step=5), history()
    pd.concat([fine[fine["start"] < "2026-01-19"], coarse[coarse["start"] >= "2026-01-19"]]).to_csv(
        desk / "calls.csv", index=False
    )
    result = forecast(desk)
    assert result.exit_code == 0, result.output
    assert "2026-01-05 08:00 to 2026-01-16 18:" in result.stderr
    assert "steps of 5 minutes, not 30" in result.stderr
    assert pd.read_csv(desk / "out.csv")["calls"].between(25, 55).all()


def test_an_unknown_count_is_named_and_not_zero(desk: Path) -> None:
    with_cell(7, "offered", "")(history()).to_csv(desk / "calls.csv", index=False)
    result = forecast(desk)
    assert result.exit_code == 0, result.output
    assert "2026-01-05 11:30 to 2026-01-05 12:00" in result.stderr
    assert "not as zero" in result.stderr


OVERRIDES: dict[str, tuple[str, tuple[str, ...]]] = {
    "overlap": ("2026-02-16,,500,\n2026-02-16T09:00,,,1.2\n", ("row 3, column start", "overlaps", "row 2")),
    "closed": ("2026-02-15,,500,\n", ("row 2, column start", "closed all through")),
    "off the grid": ("2026-02-16T09:10,,50,\n", ("row 2, column start", "30-minute grid")),
    "both": ("2026-02-16,,500,1.2\n", ("row 2, column calls", "either calls or factor")),
    "neither": ("2026-02-16,,,\n", ("row 2, column calls", "either calls or factor")),
    "negative": ("2026-02-16,,-5,\n", ("row 2, column calls", "below 0")),
    "backwards": ("2026-02-17,2026-02-16,5,\n", ("row 2, column end", "ends before it begins")),
    "past the end": ("2026-02-20,2026-02-24,5,\n", ("row 2, column end", "leaves the forecast")),
    "no time": ("monday,,5,\n", ("row 2, column start", "monday")),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", OVERRIDES)
def test_bad_overrides_are_refused(desk: Path, fault: str) -> None:
    rows, says = OVERRIDES[fault]
    path = desk / "own.csv"
    path.write_text("start,end,calls,factor\n" + rows, encoding="utf-8")
    refused(forecast(desk, "--overrides", str(path), "--quiet"), desk, "own.csv", *says)


def test_an_override_stands_beside_the_models_number(desk: Path) -> None:
    path = desk / "own.csv"
    path.write_text("start,calls,note\n2026-02-16,1000,mailing\n", encoding="utf-8")
    result = forecast(desk, "--overrides", str(path))
    assert result.exit_code == 0, result.output
    assert "override: 1,000 calls in place of the model's" in result.stderr
    volume = pd.read_csv(desk / "out.csv")
    monday = volume["start"].str.startswith("2026-02-16")
    assert volume.loc[monday, "calls"].sum() == pytest.approx(1000)
    assert (volume.loc[monday, "model_calls"] < 60).all()
    assert (volume.loc[~monday, "calls"] == volume.loc[~monday, "model_calls"]).all()
    assert volume.loc[monday, "calls"].between(volume.loc[monday, "q0.1"], volume.loc[monday, "q0.9"]).all()


def test_a_backtest_says_whether_own_numbers_came_nearer(desk: Path) -> None:
    calls = pd.read_csv(desk / "calls.csv")
    day = calls["start"].str.startswith("2026-02-04")
    calls.loc[day, "offered"] *= 2
    calls.to_csv(desk / "calls.csv", index=False)
    (desk / "own.csv").write_text("start,factor,made\n2026-02-04,2.0,2026-02-02\n", encoding="utf-8")
    result = backtest(desk, "--overrides", str(desk / "own.csv"))
    assert result.exit_code == 0, result.output
    head, row = (line.split() for line in result.stdout.splitlines()[-2:])
    figures = dict(zip(head, row, strict=True))
    assert figures["intervals"] == "20" and float(figures["added"]) > 0.3 and float(figures["wape_override"]) < 0.2


def test_what_auto_chose_and_how_models_are_told_apart_is_said(desk: Path) -> None:
    args = ["backtest", desk / "calls.csv", "--origins", desk / "origins.csv", "--out", desk / "out.csv"]
    chosen = CliRunner().invoke(app, [str(a) for a in (*args, "--model", "auto")])
    assert chosen.exit_code == 0 and "calls: auto chose " in chosen.stderr
    every = CliRunner().invoke(app, [str(a) for a in (*args, "--model", "all")])
    assert every.exit_code == 0 and "its column model tells them apart" in every.stderr
    assert "wall clock" in every.stderr


def test_details_hold_what_a_forecast_rests_on(desk: Path) -> None:
    result = forecast(desk, "--details", str(desk / "why"))
    assert result.exit_code == 0, result.output
    tables = {p.stem: pd.read_csv(p) for p in (desk / "why").iterdir()}
    assert set(tables) == {"quality", "days", "volume_parts", "past_weeks", "backtest", "handle_backtest"}
    parts = tables["volume_parts"].drop(columns=["queue", "start"]).sum(axis=1)
    assert parts.to_numpy() == pytest.approx(pd.read_csv(desk / "out.csv")["calls"].to_numpy(), abs=1e-5)
    assert tables["backtest"]["chosen"].sum() == 1
