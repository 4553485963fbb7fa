"""Scores and accuracy against sums made by hand with pandas, on both kinds of store."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from busyhour.app.accuracy import found_in
from busyhour.app.store.accuracy import BY, accuracy
from busyhour.app.store.calls import take
from busyhour.app.store.entries import queue_ids, site_id
from busyhour.app.store.open import Store
from busyhour.app.store.schema import NIGHTLY, PUBLISHED, forecast, queue, run
from busyhour.app.store.schema import score as table
from busyhour.app.store.schema import site as sites
from busyhour.app.store.scores import score
from busyhour.app.store.snapshots import write_snapshot
from busyhour.app.store.times import days_of, midnight_s
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError

ZONE = "Europe/Berlin"
DAY = dt.timedelta(days=1)


def grid(first: str, days: int, zone: str | None = ZONE) -> pd.DatetimeIndex:
    """Return half-hours of local days."""
    return Grid(dt.date.fromisoformat(first), days, 30, zone).starts


def calls_of(starts: pd.DatetimeIndex, seed: int = 1, queue: str = "sales") -> pd.DataFrame:
    """Return calls that vary from interval to interval."""
    rng = np.random.default_rng(seed)
    offered = rng.poisson(20, len(starts)).astype(float)
    frame = {"queue": queue, "start": starts, "offered": offered, "answered": offered - 2.0}
    return pd.DataFrame({**frame, "handle_s": rng.normal(200, 20, len(starts)).round()})


def volume_of(starts: pd.DatetimeIndex, calls: float = 21.0, queue: str = "sales") -> pd.DataFrame:
    """Return a forecast whose overrides took a tenth off every second interval."""
    model = np.full(len(starts), calls)
    own = np.where(np.arange(len(starts)) % 2, model, 0.9 * model)
    bands = {"q0.1": 0.75 * own, "q0.9": 1.25 * own}
    return pd.DataFrame(
        {
            "queue": queue,
            "start": starts,
            "calls": own,
            **bands,
            "handle_s": 190.0,
            "model": "mean",
            "model_calls": model,
        }
    )


def filled(store: Store, first: str, days: int, zone: str | None = ZONE, name: str = "lisbon") -> int:
    """Take calls of `days` days, and keep forecasts of the last of them 1 and 7 days ahead; return the site."""
    starts = grid(first, days, zone)
    with store.write() as c:
        site = site_id(c, name, zone)
        take(c, site, f"{name}.csv", name, calls_of(starts))
        last = dt.date.fromisoformat(first) + (days - 1) * DAY
        for lead in (1, 7):
            origin = last - (lead - 1) * DAY
            write_snapshot(c, site, midnight_s(origin, zone), NIGHTLY, volume_of(grid(str(origin), 8, zone)), (lead,))
    return site


def scored(
    store: Store, site: int, before: dt.date, days: tuple[dt.date, ...] = (), zone: str | None = ZONE
) -> list[dt.date]:
    """Score what is due."""
    with store.write() as c:
        return score(c, site, days, zone, before=before)


def rows(store: Store) -> pd.DataFrame:
    """Return all scores."""
    with store.read() as c:
        return pd.read_sql(sa.select(table).order_by(table.c.queue, table.c.lead, table.c.day), c)


def test_a_score_is_the_sum_of_its_day(store: Store) -> None:
    site = filled(store, "2026-03-02", 9)
    assert scored(store, site, dt.date(2026, 3, 11)) == [dt.date(2026, 3, 10)]
    calls = calls_of(grid("2026-03-02", 9)).set_index("start")
    day, before = (calls.loc[d] for d in ("2026-03-10", "2026-03-03"))
    told = volume_of(grid("2026-03-10", 1)).set_index("start")
    error = told["calls"] - day["offered"]
    found = rows(store)
    assert found["lead"].tolist() == [1, 7]
    one = found.iloc[0]
    assert (one["day"], one["n"], one["unknown"], one["model"]) == ("2026-03-10", 48, 0, "mean")
    expected = {
        "actual": day["offered"].sum(), "error": error.sum(), "abs_error": error.abs().sum(),
        "squared_error": (error**2).sum(), "naive_n": 48,
        "inside_80": ((told["q0.1"] <= day["offered"]) & (day["offered"] <= told["q0.9"])).sum(),
        "naive_abs": np.abs(before["offered"].to_numpy() - day["offered"].to_numpy()).sum(),
        "own_abs": error.abs().sum(), "model_abs": (told["model_calls"] - day["offered"]).abs().sum(),
        "handle_n": day["answered"].sum(), "handle_actual": (day["answered"] * day["handle_s"]).sum(),
        "handle_error": (day["answered"] * (190.0 - day["handle_s"])).sum(),
        "handle_abs": (day["answered"] * (190.0 - day["handle_s"]).abs()).sum(),
    }  # fmt: skip
    for name, value in expected.items():
        assert one[name] == pytest.approx(value), name


def test_nothing_is_scored_before_its_day_is_over_or_twice(store: Store) -> None:
    site = filled(store, "2026-03-02", 9)
    assert scored(store, site, dt.date(2026, 3, 10)) == []
    assert scored(store, site, dt.date(2026, 3, 11)) == [dt.date(2026, 3, 10)]
    assert scored(store, site, dt.date(2026, 3, 11)) == []
    assert scored(store, site, dt.date(2026, 3, 30)) == []


def test_unknown_intervals_are_left_out_and_counted(store: Store) -> None:
    starts = grid("2026-03-02", 9)
    calls = calls_of(starts)
    calls.loc[starts == starts[-1], "offered"] = np.nan  # blank
    calls = calls[starts != starts[-3]]  # missing
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls)
        write_snapshot(
            c, site, midnight_s(dt.date(2026, 3, 10), ZONE), NIGHTLY, volume_of(grid("2026-03-10", 2)), (1, 2)
        )
        score(c, site, (), ZONE, before=dt.date(2026, 3, 12), leads=(1, 2))
    found = rows(store)
    assert found[["lead", "n", "unknown"]].to_numpy().tolist() == [[1, 46, 2], [2, 0, 48]]
    known = calls.set_index("start").loc["2026-03-10", "offered"].dropna()
    assert found["actual"].tolist() == [known.sum(), 0.0]
    with store.read() as c:
        told = accuracy(c, ())
    assert told[["intervals", "unknown", "calls"]].to_numpy().tolist() == [[46, 50, known.sum()]]


def test_finer_calls_are_added_up_and_a_missing_quarter_makes_its_half_hour_unknown(store: Store) -> None:
    fine = Grid(dt.date(2026, 3, 10), 1, 15, ZONE).starts
    calls = pd.DataFrame({"queue": "sales", "start": fine, "offered": 5.0})
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls.drop(index=3))
        write_snapshot(c, site, midnight_s(dt.date(2026, 3, 10), ZONE), NIGHTLY, volume_of(grid("2026-03-10", 1)))
        score(c, site, (), ZONE, before=dt.date(2026, 3, 11))
    assert rows(store)[["n", "unknown", "actual"]].to_numpy().tolist() == [[47, 1, 470.0]]


def test_longer_calls_than_the_forecast_are_unknown(store: Store) -> None:
    calls = pd.DataFrame({"queue": "sales", "start": grid("2026-03-10", 1)[::2], "offered": 5.0})
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls)
        write_snapshot(c, site, midnight_s(dt.date(2026, 3, 10), ZONE), NIGHTLY, volume_of(grid("2026-03-10", 1)))
        score(c, site, (), ZONE, before=dt.date(2026, 3, 11))
    assert rows(store)[["n", "unknown"]].to_numpy().tolist() == [[0, 48]]


@pytest.mark.parametrize(
    ("day", "zone", "intervals", "compared"),
    [
        ("2026-03-29", "Europe/Berlin", 46, 46),
        ("2026-04-05", "Europe/Berlin", 48, 46),  # a week before, an hour was skipped
        ("2026-10-25", "Europe/Berlin", 50, 50),
        ("2026-11-01", "America/New_York", 50, 50),
        ("2026-04-05", "Australia/Lord_Howe", 49, 49),
        ("2026-03-10", "Asia/Kathmandu", 48, 48),
        ("2026-03-29", None, 48, 48),
    ],
)
def test_days_of_clock_changes_are_whole(
    store: Store, day: str, zone: str | None, intervals: int, compared: int
) -> None:
    first = dt.date.fromisoformat(day) - 8 * DAY
    site = filled(store, str(first), 9, zone)
    before = dt.date.fromisoformat(day) + DAY
    assert scored(store, site, before, zone=zone) == [before - DAY]
    found = rows(store)
    assert found["day"].tolist() == [day, day]
    assert found["n"].tolist() == [intervals] * 2
    assert found["naive_n"].tolist() == [compared] * 2
    starts = grid(str(first), 9, zone)
    calls = calls_of(starts)
    mine = calls[[t.date() == before - DAY for t in starts]]
    assert found["actual"].tolist() == [mine["offered"].sum()] * 2
    wall = {}
    for t, n in zip(starts, calls["offered"], strict=True):
        wall.setdefault(t.replace(tzinfo=None, fold=0), n)  # of an hour that comes twice, the first
    naive = [abs(wall[w] - n) for t, n in zip(mine["start"], mine["offered"], strict=True)
             if (w := t.replace(tzinfo=None, fold=0) - 7 * DAY) in wall]  # fmt: skip
    assert len(naive) == compared
    assert found["naive_abs"].tolist() == pytest.approx([sum(naive)] * 2)


def test_sites_in_different_zones_have_their_own_days(store: Store) -> None:
    """At one moment it is Tuesday in Berlin and still Monday in New York."""
    ids = {zone: filled(store, "2026-02-02", 9, zone, zone) for zone in ("Europe/Berlin", "America/New_York")}
    for zone, site in ids.items():
        assert scored(store, site, dt.date(2026, 2, 11), zone=zone) == [dt.date(2026, 2, 10)]
    with store.read() as c:
        told = accuracy(c, ("site", "lead"))
    assert told["intervals"].tolist() == [48] * 4
    assert len(set(told["wape"])) == 1  # the same calls at the same time of day


def test_a_correction_scores_its_day_and_the_day_it_is_the_yardstick_of(store: Store) -> None:
    starts = grid("2026-03-02", 20)
    days = [dt.date(2026, 3, 9) + i * DAY for i in range(12)]
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls_of(starts))
        for day in days:
            write_snapshot(c, site, midnight_s(day, ZONE), NIGHTLY, volume_of(grid(str(day), 1)), (1,))
        score(c, site, (), ZONE, before=dt.date(2026, 3, 21), leads=(1,))
    before = rows(store)
    assert len(before) == 12
    calls = calls_of(starts)
    calls.loc[[t.date() == dt.date(2026, 3, 10) for t in starts], "offered"] += 3.0
    with store.write() as c:
        changed = take(c, site, "b.csv", "b", calls).days_changed
        assert changed == (dt.date(2026, 3, 10),)
        assert score(c, site, changed, ZONE, before=dt.date(2026, 3, 21), leads=(1,)) == [
            dt.date(2026, 3, 10), dt.date(2026, 3, 17),
        ]  # fmt: skip
    after = rows(store)
    differ = (before != after).any(axis=1)
    assert before["day"][differ].tolist() == ["2026-03-10", "2026-03-17"]
    assert after["actual"].iloc[1] == before["actual"].iloc[1] + 3.0 * 48
    assert after["actual"].iloc[8] == before["actual"].iloc[8]
    assert after["naive_abs"].iloc[8] != before["naive_abs"].iloc[8]


def test_a_corrected_day_is_scored_by_every_lead_and_whatever_day_is_told(store: Store) -> None:
    """Lead 7 is no longer kept, and the correction comes with a day that lies before the scored one."""
    site, last = filled(store, "2026-03-02", 9), dt.date(2026, 3, 10)
    scored(store, site, last + DAY)
    calls = calls_of(grid("2026-03-02", 9))
    calls.loc[[t.date() == last for t in calls["start"]], "offered"] += 3.0
    before = rows(store)
    with store.write() as c:
        changed = take(c, site, "b.csv", "b", calls).days_changed
        assert score(c, site, changed, ZONE, before=last - 3 * DAY, leads=(1,)) == [last]
    assert (rows(store)["actual"] - before["actual"]).tolist() == [3.0 * 48] * 2


def test_a_forecast_of_a_day_before_the_last_score_is_scored_when_it_is_asked_for(store: Store) -> None:
    """Recorded as of an earlier day: no later run would look there again."""
    site, late = filled(store, "2026-03-02", 9), dt.date(2026, 3, 5)
    scored(store, site, dt.date(2026, 3, 11))
    with store.write() as c:
        write_snapshot(c, site, midnight_s(late, ZONE), NIGHTLY, volume_of(grid(str(late), 8)), (1,))
    assert scored(store, site, dt.date(2026, 3, 11)) == []
    assert scored(store, site, late, (late,)) == [late]


def test_what_is_over_is_not_forecast_again(store: Store) -> None:
    """A snapshot may be written again on its day; later it stays as it was."""
    day = dt.date(2026, 3, 10)
    origin, starts = midnight_s(day, ZONE), grid("2026-03-10", 8)

    def write(calls: float, at_s: int) -> set[float]:
        with store.write() as c:
            site = site_id(c, "lisbon", ZONE)
            queue_ids(c, site, ["sales"])
            write_snapshot(c, site, origin, NIGHTLY, volume_of(starts, calls), (1, 7), at_s=at_s)
            return set(c.scalars(sa.select(forecast.c.model_calls).where(forecast.c.lead == 1)))

    assert write(10.0, origin + 3600) == {10.0}
    assert write(11.0, origin + 7200) == {11.0}
    assert write(12.0, origin + 86_400) == {11.0}
    with store.read() as c:
        assert set(c.scalars(sa.select(forecast.c.model_calls).where(forecast.c.lead == 7))) == {12.0}


def test_what_a_new_plan_no_longer_opens_is_not_forecast_any_more(store: Store) -> None:
    """Published on Monday and again on Wednesday, with Thursday closed: Monday stays as it was worked."""
    monday = dt.date(2026, 3, 9)
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        queue_ids(c, site, ["sales"])
        whole = volume_of(grid(str(monday), 7))
        for number, (day, closed) in enumerate(((monday, ()), (monday + 2 * DAY, (0, 3, 6))), start=1):
            told = {"site": site, "week": str(monday), "scenario": "", "input_hash": str(number), "folder": "f"}
            c.execute(sa.insert(run).values(id=number, status="optimal", at_s=0, **told))
            open_ = whole[[(t.date() - monday).days not in closed for t in whole["start"]]]
            write_snapshot(c, site, midnight_s(day, ZONE), PUBLISHED, open_, run=number, at_s=midnight_s(day, ZONE))
        kept = c.scalars(sa.select(forecast.c.start_s)).all()
    days = days_of(np.array(kept), ZONE).astype(object)
    assert sorted(set(days)) == [monday + i * DAY for i in (0, 1, 2, 4, 5)]


def test_a_nightly_forecast_leaves_the_days_of_others_alone(store: Store) -> None:
    monday = dt.date(2026, 3, 9)
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        queue_ids(c, site, ["sales"])
        for day, closed in ((monday, None), (monday + DAY, None), (monday + DAY, monday + 7 * DAY)):
            whole = volume_of(grid(str(day), 8))
            open_ = whole[[t.date() != closed for t in whole["start"]]]
            write_snapshot(c, site, midnight_s(day, ZONE), NIGHTLY, open_, (1, 7), at_s=midnight_s(day, ZONE))
        kept = c.execute(sa.select(forecast.c.lead, forecast.c.start_s)).all()
    days = {(lead, days_of(np.array([s]), ZONE)[0].astype(object)) for lead, s in kept}
    assert days == {(1, monday), (1, monday + DAY), (7, monday + 6 * DAY)}


def test_a_published_forecast_has_lead_0_and_tells_whose_queue_is_known(store: Store) -> None:
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls_of(grid("2026-03-10", 1)))
        both = pd.concat([volume_of(grid("2026-03-09", 7)), volume_of(grid("2026-03-09", 7), queue="new")])
        write_snapshot(c, site, midnight_s(dt.date(2026, 3, 9), ZONE), PUBLISHED, both)
        assert score(c, site, (), ZONE, before=dt.date(2026, 3, 16)) == [
            dt.date(2026, 3, 9) + i * DAY for i in range(7)
        ]
    found = rows(store)
    assert (found["lead"] == 0).all()
    assert found["n"].tolist() == [0, 48, 0, 0, 0, 0, 0]


# Accuracy -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(store: Store) -> Store:
    """A store with made-up scores of two sites, two queues, three leads and forty days."""
    rng = np.random.default_rng(3)
    with store.write() as c:
        ids = []
        for zone, name in ((ZONE, "lisbon"), ("America/New_York", "york")):
            site = site_id(c, name, zone)
            take(
                c,
                site,
                name,
                name,
                pd.concat(calls_of(grid("2026-03-02", 1, zone), queue=q) for q in ("sales", "help")),
            )
        ids = list(c.scalars(sa.select(queue.c.id).order_by(queue.c.id)))
        made = []
        for number in ids:
            for lead in (0, 1, 7):
                for i in range(40):
                    x = rng.uniform(1, 100, 13)
                    made.append(
                        {
                            "queue": number, "lead": lead, "day": str(dt.date(2026, 3, 2) + i * DAY), "n": 30 + i,
                            "unknown": i % 3, "actual": 500 + x[0], "error": x[1] - 50, "abs_error": x[2],
                            "squared_error": x[3], "inside_80": None if i % 5 == 0 else x[4] / 4, "naive_n": 20.0,
                            "naive_abs": x[5], "own_abs": x[6], "model_abs": None if i % 11 == 0 else x[7],
                            "handle_n": x[8], "handle_actual": 200 * x[8], "handle_error": x[9] - 50,
                            "handle_abs": x[10], "model": "mean" if i % 2 else "factor",
                        }
                    )  # fmt: skip
        c.execute(sa.insert(table), made)
    return store


@pytest.mark.parametrize(
    "by",
    [(), ("lead",), ("queue",), ("site", "queue"), ("lead", "weekday"), ("week", "queue"), ("model", "week", "lead")],
)
def test_accuracy_is_made_of_sums(many: Store, by: tuple[str, ...]) -> None:
    with many.read() as c:
        found = accuracy(c, by)
        names = c.execute(sa.select(queue.c.id, queue.c.name, sites.c.name).join(sites)).all()
    every = rows(many).astype({"inside_80": float, "model_abs": float})
    every["site"] = every["queue"].map({i: s for i, _, s in names})
    every["queue"] = every["queue"].map({i: q for i, q, _ in names})
    day = pd.to_datetime(every["day"])
    every["weekday"] = day.dt.day_name()
    every["week"] = [str((d - d.weekday() * DAY).date()) for d in day]
    groups = every.groupby(list(by)) if by else [((), every)]
    assert len(found) == len(groups)
    for key, part in groups:
        mine = found
        for name, value in zip(by, key, strict=True):
            mine = mine[mine[name] == value]
        (one,) = mine.to_dict("records")
        banded, modelled = part[part["inside_80"].notna()], part[part["model_abs"].notna()]
        calls = part["actual"].sum()
        assert (one["intervals"], one["unknown"]) == (part["n"].sum(), part["unknown"].sum())
        expected = {
            "calls": calls, "wape": part["abs_error"].sum() / calls, "bias": part["error"].sum() / calls,
            "rmse": np.sqrt(part["squared_error"].sum() / part["n"].sum()),
            "coverage_80": banded["inside_80"].sum() / banded["n"].sum(),
            "skill": 1 - part["own_abs"].sum() / part["naive_abs"].sum(),
            "model_wape": modelled["model_abs"].sum() / modelled["actual"].sum(),
            "overrides_value": modelled["model_abs"].sum() - modelled["abs_error"].sum(),
            "handle_wape": part["handle_abs"].sum() / part["handle_actual"].sum(),
            "handle_bias": part["handle_error"].sum() / part["handle_actual"].sum(),
        }  # fmt: skip
        for name, value in expected.items():
            assert one[name] == pytest.approx(value), (key, name)


@pytest.mark.parametrize(("by", "told"), [((), ("lead",)), (("queue",), ("queue", "lead")), (("lead", "week"),) * 2])
def test_what_is_told_never_adds_leads_up(many: Store, by: tuple[str, ...], told: tuple[str, ...]) -> None:
    with many.read() as c:
        found = found_in(c, "all", by, None, None, page=False)
        assert found.table.equals(accuracy(c, told))
    assert found.by == told


def test_accuracy_since_a_day_of_one_site_in_the_order_of_the_week(many: Store) -> None:
    with many.read() as c:
        whole = accuracy(c, ("weekday",), dt.date(2026, 4, 6), 2)
    assert whole["weekday"].tolist() == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    every = rows(many)
    mine = every[(every["day"] >= "2026-04-06") & every["queue"].isin([3, 4])]
    assert whole["intervals"].sum() == mine["n"].sum()


@pytest.mark.parametrize("by", [("hour",), ("lead", "lead")])
def test_accuracy_knows_its_words(store: Store, by: tuple[str, ...]) -> None:
    with store.read() as c, pytest.raises(InputError, match="lead"):
        accuracy(c, by)
    assert "hour" not in BY


def test_a_store_without_scores_has_no_accuracy(store: Store) -> None:
    with store.read() as c:
        assert accuracy(c, ("queue", "week")).empty
        assert accuracy(c, ()).empty
